"""Dying at any moment of a correction: never nothing half, never a second version or place."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.issuer.domain import Signatures
from services.issuer.operations import corrections
from services.issuer.signing import Signer
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import Issuer
from tests.integration.issuer.test_corrections import PLACES, REGRADED, RENAMED
from tests.support.issuing import an_award_request

pytestmark = pytest.mark.anyio


class KilledError(Exception):
    pass


@pytest.fixture
async def award_id(issuer: Issuer) -> str:
    """Give an award with a grade."""
    answer = await issuer.award(an_award_request(result={"grade": "7.0"}))
    return str(answer.json()["awardId"])


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch, award_id: str) -> pytest.MonkeyPatch:
    """Die after the intent is durable, before anything is signed; `undo` to be restarted."""

    def die(*_args: object, **_kwargs: object) -> Signatures:
        raise KilledError

    monkeypatch.setattr(Signer, "sign_credential", die)
    return monkeypatch


async def sweep(issuer: Issuer) -> int:
    return await corrections.finish_corrections(
        issuer.desk, older_than=timedelta(seconds=30), now=issuer.clock.now
    )


async def test_who_dies_before_signing_is_followed_by_the_same_request(
    issuer: Issuer, award_id: str, dying: pytest.MonkeyPatch
) -> None:
    path, key = f"/v1/awards/{award_id}/corrections", uuid4().hex
    assert (await issuer.post(path, REGRADED, key=key)).status_code == 500
    intended = await issuer.ask(PLACES)
    dying.undo()

    at_once = await issuer.post(path, REGRADED, key=key)
    another = await issuer.post(path, RENAMED)
    issuer.clock.now += timedelta(seconds=11)
    later = await issuer.post(path, REGRADED, key=key)
    again = await issuer.post(path, REGRADED, key=key)

    assert at_once.json()["code"] == "still-running"
    assert another.json()["code"] == "correction-under-way"
    assert later.status_code == 201
    assert again.content == later.content
    assert set(await issuer.ask(PLACES)) == set(intended)
    assert len(await issuer.announced("awards")) == 2


async def test_who_dies_before_signing_is_followed_by_the_sweeper(
    issuer: Issuer, award_id: str, dying: pytest.MonkeyPatch
) -> None:
    path, key = f"/v1/awards/{award_id}/corrections", uuid4().hex
    await issuer.post(path, REGRADED, key=key)
    dying.undo()

    early = await sweep(issuer)
    issuer.clock.now += timedelta(seconds=31)
    swept = await sweep(issuer)
    answer = await issuer.post(path, REGRADED, key=key)

    assert (early, swept) == (0, 1)
    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    assert len(await issuer.announced("awards")) == 2
    assert await issuer.ask("SELECT state, sealed_payload FROM correction") == [("granted", None)]


async def test_sweepers_and_the_request_at_once_correct_once(
    issuer: Issuer, award_id: str, dying: pytest.MonkeyPatch
) -> None:
    path, key = f"/v1/awards/{award_id}/corrections", uuid4().hex
    await issuer.post(path, REGRADED, key=key)
    dying.undo()
    issuer.clock.now += timedelta(seconds=31)

    sweeping = asyncio.gather(*(sweep(issuer) for _ in range(4)))
    answer, _swept = await asyncio.gather(issuer.post(path, REGRADED, key=key), sweeping)

    assert answer.status_code == 201
    assert len(await issuer.announced("awards")) == 2
    assert await issuer.ask("SELECT record_version FROM award") == [(2,)]


@pytest.mark.parametrize("table", ["credential", "award_change", "outbox"])
async def test_one_insert_that_fails_after_signing_leaves_an_intent_that_settles(
    issuer: Issuer, award_id: str, table: str
) -> None:
    """As Boulder does it: a trigger that refuses one INSERT, then life goes on."""
    path, key = f"/v1/awards/{award_id}/corrections", uuid4().hex
    await change(
        issuer,
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'disk on fire' USING ERRCODE = '58030'; END $$
        """,
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()",
    )

    broken = await issuer.post(path, REGRADED, key=key)
    bits = await issuer.ask("SELECT version, is_revoked FROM credential")
    states = await issuer.ask("SELECT state FROM correction")
    await change(issuer, f"DROP TRIGGER refuse ON {table}", "DROP FUNCTION refuse")
    issuer.clock.now += timedelta(seconds=31)
    await sweep(issuer)
    mended = await issuer.post(path, REGRADED, key=key)

    assert broken.status_code == 503
    assert (bits, states) == ([(1, False)], [("intended",)])
    assert mended.status_code == 201
    assert await issuer.ask("SELECT version, is_revoked FROM credential ORDER BY version") == [
        (1, True),
        (2, False),
    ]
    assert len(await issuer.announced("awards")) == 2


async def test_a_correction_under_way_of_what_is_revoked_is_given_up(
    issuer: Issuer, award_id: str, dying: pytest.MonkeyPatch
) -> None:
    path, key = f"/v1/awards/{award_id}/corrections", uuid4().hex
    await issuer.post(path, REGRADED, key=key)
    dying.undo()
    await issuer.revoke(award_id)
    issuer.clock.now += timedelta(seconds=31)

    refused = await issuer.post(path, REGRADED, key=key)
    issuer.clock.now += timedelta(seconds=31)
    again = await issuer.post(path, REGRADED, key=key)
    await sweep(issuer)

    assert (refused.status_code, refused.json()["code"]) == (409, "already-revoked")
    assert (again.status_code, again.json()["code"]) == (409, "award-voided")
    assert await issuer.ask("SELECT state, sealed_payload FROM correction") == [("voided", None)]
    assert await issuer.ask("SELECT version, is_revoked FROM credential") == [(1, True)]
    assert await issuer.ask("SELECT state, record_version FROM award") == [("revoked", 2)]


async def change(issuer: Issuer, *statements: str) -> None:
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for statement in statements:
            await session.execute(text(statement))
