"""Dying at any moment of an award: never nothing half, never a second id or index."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.issuer.domain import SealedKey, Signatures
from services.issuer.operations import granting
from services.issuer.signing import Signer, SigningRefusedError
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import an_award_request

pytestmark = pytest.mark.anyio
PLACES = "SELECT award_id, list_id, status_index FROM credential"


class KilledError(Exception):
    pass


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Die after the intent is durable, before anything is signed; `undo` to be restarted."""

    def die(*_args: object, **_kwargs: object) -> Signatures:
        raise KilledError

    monkeypatch.setattr(Signer, "sign_credential", die)
    return monkeypatch


async def sweep(issuer: Issuer) -> int:
    return await granting.finish_intents(
        issuer.desk, older_than=timedelta(seconds=30), now=issuer.clock.now
    )


async def test_the_same_request_goes_on_after_the_lease(
    issuer: Issuer, dying: pytest.MonkeyPatch
) -> None:
    request, key = an_award_request(), uuid4().hex
    assert (await issuer.award(request, key=key)).status_code == 500
    intended = await issuer.ask(PLACES)
    dying.undo()

    at_once = await issuer.award(request, key=key)
    issuer.clock.now += timedelta(seconds=11)
    later = await issuer.award(request, key=key)
    again = await issuer.award(request, key=key)

    assert (at_once.status_code, at_once.json()["code"]) == (409, "still-running")
    assert later.status_code == 201
    assert again.content == later.content
    assert await issuer.ask(PLACES) == intended
    assert later.json()["awardId"] == str(intended[0][0])
    assert len(await issuer.announced("awards")) == 1


async def test_the_sweeper_finishes_what_nobody_asks_for_again(
    issuer: Issuer, dying: pytest.MonkeyPatch
) -> None:
    request, key = an_award_request(), uuid4().hex
    await issuer.award(request, key=key)
    intended = await issuer.ask(PLACES)
    dying.undo()

    early = await sweep(issuer)
    issuer.clock.now += timedelta(seconds=31)
    late = await sweep(issuer)
    answer = await issuer.award(request, key=key)

    assert (early, late) == (0, 1)
    assert answer.status_code == 201
    assert await issuer.ask(PLACES) == intended
    assert await issuer.ask("SELECT state, record_version FROM award") == [("granted", 1)]
    assert len(await issuer.announced("awards")) == 1
    credential = await issuer.read(f"/v1/awards/{intended[0][0]}/credential")
    assert credential.status_code == 200


async def test_sweepers_and_the_request_at_once_grant_once(
    issuer: Issuer, dying: pytest.MonkeyPatch
) -> None:
    request, key = an_award_request(), uuid4().hex
    await issuer.award(request, key=key)
    dying.undo()
    issuer.clock.now += timedelta(seconds=31)

    sweeping = asyncio.gather(*(sweep(issuer) for _ in range(4)))
    answer, _swept = await asyncio.gather(issuer.award(request, key=key), sweeping)

    assert answer.status_code == 201
    assert len(await issuer.announced("awards")) == 1
    assert await issuer.ask("SELECT state, record_version FROM award") == [("granted", 1)]


async def test_an_intent_is_no_award_yet(issuer: Issuer, dying: pytest.MonkeyPatch) -> None:
    await issuer.award()
    [(award_id, *_place)] = await issuer.ask(PLACES)

    for path in (f"/v1/awards/{award_id}", f"/v1/awards/{award_id}/credential"):
        assert (await issuer.read(path)).status_code == 404
    assert (await issuer.read("/v1/awards")).json()["items"] == []
    assert (await issuer.revoke(str(award_id))).status_code == 404
    assert await issuer.announced("awards") == []


async def test_an_intent_keeps_its_enrolment(issuer: Issuer, dying: pytest.MonkeyPatch) -> None:
    request = an_award_request()
    await issuer.award(request)
    dying.undo()

    other_key = await issuer.award(request)

    assert other_key.json()["code"] == "already-awarded"


async def test_what_was_not_linted_is_voided_and_can_be_awarded_anew(
    issuer: Issuer, dying: pytest.MonkeyPatch
) -> None:
    request, key = an_award_request(), uuid4().hex
    await issuer.award(request, key=key)
    dying.undo()
    await change(
        issuer,
        "UPDATE award SET decision = regexp_replace(decision, '[0-9a-f]{64}', repeat('0', 64))",
    )
    issuer.clock.now += timedelta(seconds=31)

    await sweep(issuer)
    same_key = await issuer.award(request, key=key)
    new_key = await issuer.award(request)

    assert (same_key.status_code, same_key.json()["code"]) == (409, "award-voided")
    assert new_key.status_code == 201
    states = await issuer.ask("SELECT state FROM award ORDER BY number")
    assert states == [("voided",), ("granted",)]
    assert await issuer.ask("SELECT count(DISTINCT status_index) FROM credential") == [(2,)]


@pytest.mark.parametrize("table", ["learner", "award", "credential", "outbox"])
async def test_a_table_that_fails_leaves_nothing_half(issuer: Issuer, table: str) -> None:
    """As Boulder does it: a trigger that refuses one INSERT, then life goes on."""
    request, key = an_award_request(), uuid4().hex
    before = len(await issuer.announced("awards"))
    await change(
        issuer,
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'disk on fire' USING ERRCODE = '58030'; END $$
        """,
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()",
    )

    broken = await issuer.award(request, key=key)
    states = await issuer.ask("SELECT state FROM award")
    await change(issuer, f"DROP TRIGGER refuse ON {table}", "DROP FUNCTION refuse")
    issuer.clock.now += timedelta(seconds=11)
    mended = await issuer.award(request, key=key)

    assert broken.status_code == 503
    assert states == ([("intended",)] if table == "outbox" else [])
    assert mended.status_code == 201
    assert await issuer.ask("SELECT state FROM award") == [("granted",)]
    assert await issuer.ask("SELECT count(*) FROM credential") == [(1,)]
    assert len(await issuer.announced("awards")) == before + 1


async def test_no_transaction_is_open_while_signing(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    sign = Signer.sign_credential

    def look_and_sign(
        self: Signer, key: SealedKey, *, organisation: str, payload: bytes, digest: str
    ) -> Signatures:
        seen.append(issuer.database.engine.pool.checkedout())  # type: ignore[attr-defined] # no types there
        return sign(self, key, organisation=organisation, payload=payload, digest=digest)

    monkeypatch.setattr(Signer, "sign_credential", look_and_sign)
    await issuer.award()

    assert seen == [0]


async def test_without_a_key_nothing_is_intended(issuer: Issuer) -> None:
    await change(issuer, "UPDATE signing_key SET compromised_at = now(), state = 'compromised'")

    answer = await issuer.award()

    assert (answer.status_code, answer.json()["code"]) == (503, "no-signing-key")
    assert await issuer.ask("SELECT count(*) FROM award") == [(0,)]


async def test_after_a_move_nothing_is_intended_until_there_are_keys_for_the_new_address(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer.desk.signer, "public_url", "https://elsewhere.example.nl")

    answer = await issuer.award()

    assert (answer.status_code, answer.json()["code"]) == (503, "no-signing-key")
    assert await issuer.ask("SELECT count(*) FROM award") == [(0,)]


async def test_an_intent_waits_for_a_key(issuer: Issuer, dying: pytest.MonkeyPatch) -> None:
    await issuer.award()
    dying.undo()
    await change(issuer, "UPDATE signing_key SET retired_at = now(), state = 'retired'")
    issuer.clock.now += timedelta(seconds=31)

    await sweep(issuer)

    assert await issuer.ask("SELECT state FROM award") == [("intended",)]


async def test_the_signer_refuses_bytes_that_were_not_intended(issuer: Issuer) -> None:
    [key] = [
        SealedKey(kid=str(kid), organisation=str(oin), wrapped_key=b"", sealed_private=b"")
        for kid, oin in await issuer.ask(
            "SELECT kid, organisation FROM signing_key ORDER BY organisation LIMIT 1"
        )
    ]

    with pytest.raises(SigningRefusedError):
        issuer.desk.signer.sign_credential(
            key, organisation=key.organisation, payload=b"{}", digest="0" * 64
        )


async def change(issuer: Issuer, *statements: str) -> None:
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for statement in statements:
            await session.execute(text(statement))
