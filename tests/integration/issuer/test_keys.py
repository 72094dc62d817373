"""The life of an organisation's keys on real PostgreSQL: rotation, and two workers at it."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.issuer.domain.keys import KeyState
from services.issuer.operations import keys
from services.issuer.operations.desk import Desk
from services.issuer.operations.groups import Groups
from services.issuer.repository import issuers
from services.issuer.settings import KeyStoreKind
from services.issuer.signing import TokenPlace
from shared.contracts.identifiers import did_web
from shared.proofs import vc_jwt
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer, recorded
from tests.support.issuing import NHL, UTWENTE, a_provider

pytestmark = pytest.mark.anyio
DID = did_web(PUBLIC_URL, UTWENTE)
YEAR, PUBLICATION = timedelta(days=365), timedelta(hours=48)


async def states(issuer: Issuer, algorithm: str = "ES256") -> list[object]:
    rows = await issuer.ask(
        f"SELECT state FROM signing_key WHERE organisation = '{UTWENTE}'"
        f" AND algorithm = '{algorithm}' ORDER BY signs_from, published_at"
    )
    return [state for (state,) in rows]


async def work(issuer: Issuer, *, after: timedelta = timedelta()) -> int:
    move(issuer, after)
    return await keys.rotate_keys(issuer.desk, now=issuer.clock.now)


def move(issuer: Issuer, after: timedelta) -> None:
    """Let time pass; an access token is good for ten minutes of it."""
    issuer.clock.now += after
    issuer.tokens.clear()


async def kid_of_new_award(issuer: Issuer) -> str:
    award_id = (await issuer.award()).json()["awardId"]
    signed = (await issuer.read(f"/v1/awards/{award_id}/credential")).text
    return str(vc_jwt.read(signed)[0].header["kid"])


async def events(issuer: Issuer) -> list[tuple[str, dict[str, Any]]]:
    return [
        (str(event["type"]).split(".")[2], event["data"]["key"])
        for event in await issuer.announced("issuer-keys")
    ]


async def test_nothing_is_due_while_the_key_is_young(issuer: Issuer) -> None:
    assert await work(issuer, after=YEAR - PUBLICATION - timedelta(hours=1)) == 0
    assert await states(issuer) == ["current"]


async def test_a_year_goes_by(issuer: Issuer) -> None:
    first = await kid_of_new_award(issuer)

    await work(issuer, after=YEAR - PUBLICATION)
    assert await states(issuer) == ["current", "next"]
    assert await kid_of_new_award(issuer) == first
    published = [key for name, key in await events(issuer) if name == "issuer-key-published"]
    assert published[-1]["signsFrom"] > published[-1]["publishedAt"]

    await work(issuer, after=PUBLICATION - timedelta(minutes=1))
    assert await kid_of_new_award(issuer) == first

    await work(issuer, after=timedelta(minutes=1))
    assert await states(issuer) == await states(issuer, "Ed25519") == ["retired", "current"]
    second = await kid_of_new_award(issuer)
    assert second != first

    document = (await issuer.client.get(f"/issuers/{UTWENTE}/did.json")).json()
    ids = [method["id"] for method in document["verificationMethod"]]
    assert {first, second} < set(ids)
    assert len(ids) == 4
    assert sorted(document["assertionMethod"]) == sorted(ids)
    bare = (await issuer.client.get(f"/issuers/{UTWENTE}/keys/{first.rpartition('#')[2]}")).json()
    assert bare["retiredAt"].startswith("2027-")
    retired = [key["kid"] for name, key in await events(issuer) if name == "issuer-key-retired"]
    assert first in retired


async def test_the_published_next_key_is_everywhere_before_it_signs(issuer: Issuer) -> None:
    await work(issuer, after=YEAR - PUBLICATION)

    living = await issuer.ask(f"SELECT kid FROM signing_key WHERE organisation = '{UTWENTE}'")
    document = (await issuer.client.get(f"/issuers/{UTWENTE}/did.json")).json()
    key_set = (await issuer.client.get("/.well-known/jwks.json")).json()["keys"]

    kids = {kid for (kid,) in living}
    assert len(kids) == 4
    assert {method["id"] for method in document["verificationMethod"]} == kids
    assert {key["kid"] for key in key_set if key["iss"] == DID} == kids
    for kid in kids:
        path = f"/issuers/{UTWENTE}/keys/{str(kid).rpartition('#')[2]}"
        assert (await issuer.client.get(path)).status_code == 200


async def test_did_json_is_what_the_1edtech_validator_asks_for(issuer: Issuer) -> None:
    document = (await issuer.client.get(f"/issuers/{UTWENTE}/did.json")).json()

    assert document["id"] == DID
    assert all(isinstance(one, str) for one in document["assertionMethod"])
    tokens, proofs = document["verificationMethod"]
    for method in (tokens, proofs):
        assert method["id"].startswith(f"{DID}#")
        assert method["id"] in document["assertionMethod"]
        assert method["controller"] == DID
    assert (tokens["type"], tokens["publicKeyJwk"]["crv"]) == ("JsonWebKey", "P-256")
    assert proofs["type"] == "Multikey"
    assert proofs["publicKeyMultibase"].startswith("z6Mk")


async def test_two_workers_at_once_make_each_step_once(issuer: Issuer) -> None:
    other = Desk.of(issuer.settings, issuer.database)
    for after in (YEAR - PUBLICATION, PUBLICATION):
        move(issuer, after)
        # Both have decided that something is due before either may act: the barrier is the lock.
        async with issuer.database.transaction() as holder:
            for organisation in (NHL, UTWENTE):
                await issuers.lock_organisation(holder, organisation)
            racing = [
                asyncio.create_task(keys.rotate_keys(desk, now=issuer.clock.now))
                for desk in (issuer.desk, other, issuer.desk)
            ]
            async with asyncio.timeout(20):
                while await waiting(issuer) < len(racing):
                    await asyncio.sleep(0.01)
        await asyncio.gather(*racing)

    assert await states(issuer) == await states(issuer, "Ed25519") == ["retired", "current"]
    assert len(await events(issuer)) == 4 + 4 + 4


async def waiting(issuer: Issuer) -> int:
    [(count,)] = await issuer.ask("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return int(str(count))


async def test_a_worker_that_dies_halfway_leaves_nothing_behind(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await events(issuer)

    async def die(*_: object, **__: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as dying:
        dying.setattr("services.issuer.operations.keys.announce", die)
        with pytest.raises(ConnectionResetError):
            await work(issuer, after=YEAR - PUBLICATION)
    assert await events(issuer) == before
    assert await states(issuer) == ["current"]

    await work(issuer)
    assert await states(issuer) == ["current", "next"]


async def test_a_worker_that_slept_for_two_years_still_publishes_before_it_switches(
    issuer: Issuer,
) -> None:
    await work(issuer, after=2 * YEAR)
    assert await states(issuer) == ["current", "next"]

    await work(issuer, after=PUBLICATION)
    assert await states(issuer) == ["retired", "current"]


async def test_the_database_holds_one_current_and_one_next_key(issuer: Issuer) -> None:
    await keys_on_demand(issuer)
    for state in ("current", "next"):
        with pytest.raises(DBAPIError):
            async with issuer.database.transaction() as session:
                await session.execute(
                    text(
                        "INSERT INTO signing_key SELECT kid || 'x', organisation,"
                        " thumbprint || 'x',"
                        " public_jwk, wrapped_key, sealed_private, record_version, published_at,"
                        " retired_at, compromised_at, algorithm, state, signs_from"
                        f" FROM signing_key WHERE state = '{state}' LIMIT 1"
                    )
                )


async def keys_on_demand(issuer: Issuer) -> list[dict[str, Any]]:
    answer = await issuer.client.post(
        "/v1/key-rotations",
        headers=issuer.headers(scope="keys:write") | {"Idempotency-Key": f"r-{time.time_ns()}"},
    )
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_rotation_on_demand_publishes_the_next_keys_once(issuer: Issuer) -> None:
    first, again = await keys_on_demand(issuer), await keys_on_demand(issuer)

    assert first == again
    assert [key["state"] for key in first] == ["next", "next"]
    assert await states(issuer) == ["current", "next"]
    await work(issuer, after=PUBLICATION)
    assert await states(issuer) == ["retired", "current"]


async def test_an_organisation_sees_and_renews_its_own_keys_only(issuer: Issuer) -> None:
    await keys_on_demand(issuer)

    async def listed(organisation: str) -> list[dict[str, Any]]:
        headers = issuer.headers(organisation, "keys:write")
        items: list[dict[str, Any]] = (await issuer.client.get("/v1/keys", headers=headers)).json()[
            "items"
        ]
        return items

    assert len(await listed(UTWENTE)) == 4
    assert {key["state"] for key in await listed(NHL)} == {"current"}
    assert "private" not in str(await listed(UTWENTE)).lower()
    refused = await issuer.client.get("/v1/keys", headers=issuer.headers(scope="awards:write"))
    assert refused.status_code == 403


async def test_an_issuer_may_keep_its_keys_in_a_token_and_goes_over_at_the_next_rotation(
    issuer: Issuer, token_place: TokenPlace
) -> None:
    settings = issuer.settings.model_copy(
        update={
            "key_store": KeyStoreKind.PKCS11,
            "hsm_module": token_place.module,
            "hsm_token": token_place.label,
            "hsm_pin": issuer.settings.key_encryption_key.__class__(token_place.pin),
        }
    )
    desk = Desk.of(settings, issuer.database)
    old = await kid_of_new_award(issuer)
    for after in (YEAR - PUBLICATION, PUBLICATION):
        move(issuer, after)
        await keys.rotate_keys(desk, now=issuer.clock.now)
    state = issuer.client._transport.app.state  # type: ignore[attr-defined] # noqa: SLF001
    state.desk, state.groups = desk, Groups(desk)

    kid = await kid_of_new_award(issuer)

    assert kid != old
    assert await issuer.ask(
        f"SELECT sealed_private IS NULL, wrapped_key IS NULL FROM signing_key WHERE kid = '{kid}'"
    ) == [(True, True)]
    async with issuer.database.transaction() as session:
        known = await keys.find_by_name(session, kid)
    assert (known.is_in_token, known.state) == (True, KeyState.CURRENT)


async def test_a_token_that_is_away_keeps_an_organisation_from_signing_not_from_being_known(
    issuer: Issuer,
) -> None:
    signer = issuer.desk.signer
    broken = type(signer)(
        key_encryption_key=signer._wrapping,  # noqa: SLF001
        public_url=signer.public_url,
        token=TokenPlace(module="no-such-library.so", label="away", pin="mc-test"),
        makes_in_token=True,
    )
    newcomer = a_provider("00000099000000770000", brin="99XX")
    here = replace(issuer, desk=replace(issuer.desk, signer=broken))

    await here.hear(recorded(newcomer))
    assert await issuer.ask(
        "SELECT count(*) FROM organisation WHERE oin = '00000099000000770000'"
    ) == [(1,)]

    await work(issuer)
    assert await issuer.ask(
        "SELECT count(*) FROM signing_key WHERE organisation = '00000099000000770000'"
    ) == [(2,)]
