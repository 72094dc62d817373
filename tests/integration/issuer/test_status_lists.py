"""Status lists as the world reads them: two forms of the same places, never half, never lowered."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.issuer.operations.status_lists import publish_status_lists
from services.issuer.signing import SigningRefusedError
from shared.proofs import jws, status_lists, token_status_lists, vc_jwt
from shared.proofs.keys import parse_public_jwk
from shared.proofs.token_status_lists import Status, TokenList
from shared.runtime.database import act_for
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer
from tests.support.issuing import UTWENTE

pytestmark = pytest.mark.anyio
TOKENS = f"/token-status-lists/{UTWENTE}"


async def publish(issuer: Issuer) -> int:
    return await publish_status_lists(issuer.desk, now=issuer.clock.now)


async def an_awarded(issuer: Issuer) -> tuple[str, int, int]:
    """Award, and return the award with its list's number and its place."""
    award_id = (await issuer.award()).json()["awardId"]
    [(number, index)] = await issuer.ask(
        "SELECT number, status_index FROM credential JOIN status_list USING (list_id)"
        f" WHERE award_id = '{award_id}'"
    )
    return award_id, int(str(number)), int(str(index))


async def read_token(issuer: Issuer, number: int) -> TokenList:
    answer = await issuer.client.get(f"{TOKENS}/{number}")
    _token, claims = token_status_lists.read(answer.text)
    return token_status_lists.decode(claims["status_list"])


async def read_bit(issuer: Issuer, number: int, index: int) -> bool:
    answer = await issuer.client.get(f"/status-lists/{UTWENTE}/{number}")
    return status_lists.read(status_lists.read_bits(vc_jwt.read(answer.text)[1]), index)


async def test_both_forms_say_revoked_and_suspended_only_the_token(issuer: Issuer) -> None:
    revoked, number, index = await an_awarded(issuer)
    suspended, other_number, other_index = await an_awarded(issuer)
    await issuer.revoke(revoked)
    await issuer.ask(
        f"UPDATE award SET state = 'suspended' WHERE award_id = '{suspended}' RETURNING award_id"
    )
    await issuer.ask("UPDATE status_list SET changed_at = now() RETURNING list_id")

    await publish(issuer)

    assert await read_bit(issuer, number, index)
    assert not await read_bit(issuer, other_number, other_index)
    assert (await read_token(issuer, number)).read(index) == Status.INVALID
    assert (await read_token(issuer, other_number)).read(other_index) == Status.SUSPENDED


async def test_what_is_reinstated_is_valid_again(issuer: Issuer) -> None:
    award_id, number, index = await an_awarded(issuer)
    for state, status in (("suspended", Status.SUSPENDED), ("granted", Status.VALID)):
        await issuer.ask(
            f"UPDATE award SET state = '{state}' WHERE award_id = '{award_id}' RETURNING award_id"
        )
        await issuer.ask("UPDATE status_list SET changed_at = now() RETURNING list_id")
        await publish(issuer)
        assert (await read_token(issuer, number)).read(index) == status


async def test_the_token_is_signed_by_the_same_issuer_and_may_be_kept(issuer: Issuer) -> None:
    answer = await issuer.client.get(f"{TOKENS}/1")
    head = await issuer.client.head(f"{TOKENS}/1")
    again = await issuer.client.get(f"{TOKENS}/1", headers={"If-None-Match": head.headers["etag"]})
    token, claims = token_status_lists.read(answer.text)
    [key] = [
        one
        for one in (await issuer.client.get("/.well-known/jwks.json")).json()["keys"]
        if one["kid"] == token.key_id
    ]

    jws.verify(token, key=parse_public_jwk({name: key[name] for name in ("kty", "crv", "x", "y")}))
    assert claims["sub"] == f"{PUBLIC_URL}{TOKENS}/1"
    assert claims["iss"] == token.key_id.partition("#")[0]
    assert answer.headers["content-type"] == "application/statuslist+jwt"
    assert answer.headers["cache-control"] == "public, max-age=240, stale-if-error=86400"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == answer.headers["etag"]
    assert (again.status_code, again.content) == (304, b"")


async def test_all_token_lists_of_an_issuer_are_listed(issuer: Issuer) -> None:
    answer = await issuer.client.get(TOKENS)

    listed = [f"{PUBLIC_URL}{TOKENS}/1", f"{PUBLIC_URL}{TOKENS}/2"]
    assert answer.json() == {"status_lists": listed}
    _token, claims = token_status_lists.read((await issuer.client.get(f"{TOKENS}/1")).text)
    assert isinstance(claims["status_list"], dict)
    assert claims["status_list"]["aggregation_uri"] == f"{PUBLIC_URL}{TOKENS}"


async def test_a_token_list_that_is_not_there_is_not_found(issuer: Issuer) -> None:
    await issuer.ask("UPDATE status_list SET token = NULL WHERE number = 2 RETURNING list_id")
    stranger = "/token-status-lists/00000099000000770000"

    for path in (f"{TOKENS}/2", f"{TOKENS}/3", f"{stranger}/1", stranger):
        assert (await issuer.client.get(path)).status_code == 404, path


async def test_a_bit_seen_raised_is_never_lowered_whatever_our_rows_say(issuer: Issuer) -> None:
    award_id, number, index = await an_awarded(issuer)
    await issuer.revoke(award_id)
    await publish(issuer)
    async with issuer.database.transaction() as session:
        await act_for(session, UTWENTE)
        await session.execute(text("ALTER TABLE credential DISABLE TRIGGER USER"))
        await session.execute(text("DELETE FROM credential"))
        await session.execute(text("ALTER TABLE credential ENABLE TRIGGER USER"))
    later, other_number, other_index = await an_awarded_in(issuer, number)
    await issuer.revoke(later)

    for _edition in range(2):
        await issuer.ask("UPDATE status_list SET changed_at = now() RETURNING list_id")
        await publish(issuer)

    assert await read_bit(issuer, number, index)
    assert (await read_token(issuer, number)).read(index) == Status.INVALID
    assert await read_bit(issuer, other_number, other_index), "and others do not wait for it"


async def an_awarded_in(issuer: Issuer, number: int) -> tuple[str, int, int]:
    while True:
        awarded = await an_awarded(issuer)
        if awarded[1] == number:
            return awarded


async def test_an_edition_is_kept_whole_or_not_at_all(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    award_id, number, index = await an_awarded(issuer)
    await issuer.revoke(award_id)
    before = (await issuer.client.get(f"/status-lists/{UTWENTE}/{number}")).text

    def fail(*_args: object, **_named: object) -> str:
        raise SigningRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(type(issuer.desk.signer), "sign_token_list", fail)
        with pytest.raises(SigningRefusedError):
            await publish(issuer)
    assert (await issuer.client.get(f"/status-lists/{UTWENTE}/{number}")).text == before

    assert await publish(issuer) == 1
    assert await read_bit(issuer, number, index)


async def test_a_list_that_cannot_be_signed_holds_up_no_other(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.clock.now += timedelta(hours=13)
    signed: list[str] = []
    sign = issuer.desk.signer.sign_list

    def sign_some(*args: object, organisation: str, **named: object) -> str:
        if organisation == UTWENTE:
            raise SigningRefusedError
        signed.append(organisation)
        return sign(*args, organisation=organisation, **named)  # type: ignore[arg-type] # as given

    with monkeypatch.context() as broken:
        broken.setattr(issuer.desk.signer, "sign_list", sign_some)
        with pytest.raises(SigningRefusedError):
            await publish(issuer)

    assert len(signed) == 2
    assert await publish(issuer) == 2


async def test_two_who_publish_at_once_make_one_edition(issuer: Issuer) -> None:
    award_id, _number, _index = await an_awarded(issuer)
    await issuer.revoke(award_id)

    await asyncio.gather(*(publish(issuer) for _ in range(4)))

    assert sorted(await issuer.ask("SELECT record_version FROM status_list")) == [
        *[(1,)] * 3,
        (2,),
    ]


async def test_what_is_announced_is_what_is_served(issuer: Issuer) -> None:
    events = await issuer.announced("status-lists")

    for event in events:
        data = event["data"]
        assert isinstance(data, dict)
        path = str(event["subject"]).removeprefix(PUBLIC_URL)
        assert (await issuer.client.get(path)).text == data["signed"]
    assert len(events) == 4
    json.dumps(events)
