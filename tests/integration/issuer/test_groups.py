"""Awards asked for at the same moment: together where that can be, each by itself in the end."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.issuer.operations.granting import finish_intents, grant_award
from services.issuer.operations.groups import gathering
from shared.errors import UnavailableError
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import NHL, an_award_request

pytestmark = pytest.mark.anyio


def asked(number: int, **changes: object) -> dict[str, object]:
    learner = {"email": f"l{number}@example.nl", "givenName": "Jo", "familyName": "Voorbeeld"}
    wish: dict[str, object] = {"enrolmentReference": f"2026-{number}", "learner": learner}
    return an_award_request(**(wish | changes))


async def ask_all(
    issuer: Issuer, bodies: list[dict[str, object]], *, keys: list[str] | None = None
) -> list[httpx.Response]:
    """Send all of it at the same moment."""
    under = keys or [uuid4().hex for _ in bodies]
    return await asyncio.gather(
        *(issuer.award(body, key=key) for body, key in zip(bodies, under, strict=True))
    )


async def count(issuer: Issuer, what: str, **values: object) -> int:
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        found = await session.scalar(text(f"SELECT count(*) FROM {what}"), values)
    return int(found or 0)


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note when a group is taken apart; a test that expects none looks here."""
    noted: list[str] = []
    kept = gathering.log.warning

    def note(event: str, **about: object) -> None:
        noted.append(str(about.get("reason")))
        kept(event, **about)

    monkeypatch.setattr(gathering.log, "warning", note)
    return noted


async def test_forty_at_once_are_forty_awards_in_far_fewer_commits(
    issuer: Issuer, apart: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone: list[object] = []
    granting = grant_award

    async def noted(*given: object, **named: object) -> object:
        alone.append(given)
        return await granting(*given, **named)  # type: ignore[arg-type] # as it was asked

    monkeypatch.setattr(gathering, "grant_award", noted)

    answers = await ask_all(issuer, [asked(number) for number in range(40)])

    assert {answer.status_code for answer in answers} == {201}
    awards = {answer.json()["awardId"] for answer in answers}
    assert len(awards) == 40
    assert {event["subject"] for event in await issuer.announced("awards")} == awards
    assert await count(issuer, "award WHERE state = 'granted'") == 40
    assert await count(issuer, "signature WHERE request_id IS NOT NULL") == 40
    assert await count(issuer, "(SELECT DISTINCT list_id, status_index FROM credential) p") == 40
    assert await count(issuer, "idempotency WHERE state = 'done'") == 40
    assert len(alone) < 5
    assert apart == []


async def test_each_award_of_a_group_is_as_good_as_one_that_came_alone(issuer: Issuer) -> None:
    answers = await ask_all(issuer, [asked(number) for number in range(9)])

    for answer in answers:
        body = answer.json()
        assert answer.headers["location"] == body["links"]["self"]
        assert (await issuer.read(f"/v1/awards/{body['awardId']}")).json() == body
        credential = await issuer.read(f"/v1/awards/{body['awardId']}/credential")
        assert credential.status_code == 200
        assert credential.text.count(".") == 2


async def test_what_is_repeated_gets_the_first_answer(issuer: Issuer) -> None:
    keys = [f"key-{number}" for number in range(12)]
    bodies = [asked(number) for number in range(12)]
    first = await ask_all(issuer, bodies, keys=keys)

    again = await ask_all(issuer, bodies, keys=keys)

    assert [one.content for one in again] == [one.content for one in first]
    assert await count(issuer, "award") == 12


async def test_ten_equal_requests_among_others_are_one_award(issuer: Issuer) -> None:
    bodies = [asked(1)] * 10 + [asked(number) for number in range(2, 12)]
    keys = ["the-same"] * 10 + [f"other-{number}" for number in range(10)]

    answers = await ask_all(issuer, bodies, keys=keys)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers[:10]}) == 1
    assert await count(issuer, "award") == 11


async def test_one_enrolment_under_ten_keys_is_awarded_once(issuer: Issuer) -> None:
    answers = await ask_all(issuer, [asked(1)] * 10 + [asked(2)])

    assert sorted(answer.status_code for answer in answers) == [201, 201, *([409] * 9)]
    [first] = {answer.json()["awardId"] for answer in answers[:10] if answer.is_success}
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["code"] for problem in refused} == {"already-awarded"}
    assert all(first in problem["detail"] for problem in refused)


async def test_one_learner_with_many_enrolments_is_kept_once(issuer: Issuer) -> None:
    learner = asked(1)["learner"]

    answers = await ask_all(issuer, [asked(n, learner=learner) for n in range(20)])

    assert {answer.status_code for answer in answers} == {201}
    assert await count(issuer, "learner") == 1


async def test_a_fault_is_its_own_senders_only(issuer: Issuer, apart: list[str]) -> None:
    wrong: list[dict[str, object]] = [
        {"awardedOn": "2199-01-01"},
        {"microcredentialId": str(UUID(int=7))},
        {"result": {"grade": "4,0"}},
        {"microcredentialVersion": 99},
    ]
    bodies = [asked(number, **change) for number, change in enumerate(wrong)]
    bodies += [asked(number) for number in range(10, 20)]

    answers = await ask_all(issuer, bodies)

    assert [answer.status_code for answer in answers] == [400, 409, 400, 409] + [201] * 10
    assert await count(issuer, "idempotency") == 10
    assert apart == []


async def test_what_was_refused_may_be_mended_under_its_key(issuer: Issuer) -> None:
    keys = [f"key-{number}" for number in range(3)]
    wrong = asked(0, awardedOn="2199-01-01")
    await ask_all(issuer, [wrong, asked(1), asked(2)], keys=keys)

    mended = await issuer.award(asked(0), key="key-0")

    assert mended.status_code == 201


async def test_organisations_do_not_wait_for_each_other(issuer: Issuer) -> None:
    ours = [issuer.award(asked(number)) for number in range(6)]
    theirs = [issuer.award(asked(number), organisation=NHL) for number in range(6)]

    answers = await asyncio.gather(*ours, *theirs)

    assert [answer.status_code for answer in answers[:6]] == [201] * 6
    assert {answer.json()["code"] for answer in answers[6:]} == {"microcredential-not-known-yet"}


async def test_a_group_the_database_refuses_is_answered_one_by_one(
    issuer: Issuer, apart: list[str]
) -> None:
    async with issuer.database.transaction() as session:
        await session.execute(
            text(
                "CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF NEW.enrolment_reference = '2026-3' THEN RAISE EXCEPTION 'no'"
                " USING ERRCODE = 'data_exception'; END IF; RETURN NEW; END $$"
            )
        )
        await session.execute(
            text(
                "CREATE TRIGGER refuse_one BEFORE INSERT ON award"
                " FOR EACH ROW EXECUTE FUNCTION refuse_one()"
            )
        )

    answers = await ask_all(issuer, [asked(number) for number in range(8)])

    codes = [answer.status_code for answer in answers]
    assert codes == [201] * 3 + [400] + [201] * 4
    assert apart


async def test_a_group_that_falls_after_its_intents_is_finished_one_by_one(
    issuer: Issuer, apart: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_given: object, **_named: object) -> None:
        raise UnavailableError

    monkeypatch.setattr(gathering, "settle_group", fail)

    answers = await ask_all(issuer, [asked(number) for number in range(8)])

    assert {answer.status_code for answer in answers} == {201}
    assert await count(issuer, "award WHERE state = 'granted'") == 8
    assert await count(issuer, "credential") == 8
    assert apart


async def test_who_dies_between_the_two_commits_leaves_intents_that_settle(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_given: object, **_named: object) -> None:
        raise UnavailableError

    monkeypatch.setattr(gathering, "settle_group", die)
    monkeypatch.setattr(gathering, "grant_intent", die)
    keys = [f"key-{number}" for number in range(6)]
    bodies = [asked(number) for number in range(6)]
    lost = await ask_all(issuer, bodies, keys=keys)
    monkeypatch.undo()
    issuer.clock.now += timedelta(minutes=5)
    await finish_intents(issuer.desk, older_than=timedelta(seconds=30), now=issuer.clock.now)

    again = await ask_all(issuer, bodies, keys=keys)

    assert {answer.status_code for answer in lost} <= {201, 503}
    assert {answer.status_code for answer in again} == {201}
    assert await count(issuer, "award WHERE state = 'granted'") == 6
    assert await count(issuer, "award") == 6


async def test_a_sender_who_leaves_takes_nobody_along(issuer: Issuer) -> None:
    leaving = asyncio.create_task(issuer.award(asked(0)))
    others = [asyncio.create_task(issuer.award(asked(number))) for number in range(1, 8)]
    await asyncio.sleep(0.005)
    leaving.cancel()

    answers = await asyncio.gather(*others)

    assert {answer.status_code for answer in answers} == {201}
