"""Results that are refused, wait, or are of somebody who was erased; and who may see any of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.issuer.domain.triggers import AssociationKind
from services.issuer.operations.triggers import settling
from services.issuer.operations.triggers.contents import open_association
from services.issuer.operations.triggers.receiving import LEFT_ALONE, read_content_of
from tests.integration.issuer.conftest import Issuer, archived
from tests.integration.issuer.sending import COURSE, RESULT, awards, outcome, patch, put
from tests.support.issuing import (
    CANARY_EDU_ID,
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    NHL,
    UTWENTE,
    a_microcredential,
)
from tests.support.results import (
    ASSOCIATION,
    AUTUMN_CODE,
    a_person,
    a_result,
    an_association,
    an_offering,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"result": a_result(score="4")}, "/result/score", "grade-insufficient"),
        (
            {"result": a_result(resultDateTime="2026-12-01T08:00:00Z")},
            "/result/resultDateTime",
            "awarded-in-future",
        ),
        ({"role": "lecturer"}, "/role", "not-a-student"),
        ({"person": a_person(email=None)}, "/person", "person-unknown"),
        ({"person": a_person(surname="")}, "/person", "person-incomplete"),
        ({"person": a_person(email="nobody")}, "/person/email", "person-incomplete"),
        ({"courseOfferingId": None}, "", "offering-missing"),
    ],
)
async def test_what_can_be_no_award_is_refused_with_every_reason(
    issuer: Issuer, changes: dict[str, object], pointer: str, code: str
) -> None:
    await issuer.hear(an_offering())

    answer = await put(issuer, an_association(**changes))

    assert answer.status_code == 201, answer.text
    told = await outcome(issuer)
    assert told["outcome"] == "refused"
    assert [(one["pointer"], one["code"]) for one in told["faults"]] == [(pointer, code)]
    assert told["faults"][0]["detail"].keys() == {"en", "nl"}
    assert await awards(issuer) == []


async def test_what_is_refused_can_be_sent_again_and_awarded(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer, an_association(result=a_result(score="4")))

    await patch(issuer, {"result": {"score": "6"}})

    assert (await outcome(issuer))["outcome"] == "awarded"


async def test_an_archived_microcredential_is_refused(issuer: Issuer) -> None:
    await issuer.hear(an_offering(), archived(a_microcredential()))

    await put(issuer)

    told = await outcome(issuer)
    assert (told["outcome"], told["reason"]) == ("refused", "microcredential-archived")


async def test_an_offering_we_have_not_heard_of_waits_until_we_have(issuer: Issuer) -> None:
    await put(issuer)
    told = await outcome(issuer)
    assert (told["outcome"], told["reason"]) == ("waiting", "offering-not-known-yet")
    await issuer.hear(an_offering())

    settled = await settling.settle_due(issuer.desk, now=issuer.clock.now + timedelta(seconds=6))

    assert settled == 1
    assert (await outcome(issuer))["outcome"] == "awarded"


async def test_who_died_in_between_is_followed_by_the_worker(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await issuer.hear(an_offering())

    async def die(*_args: object, **_more: object) -> None:
        raise OSError

    with monkeypatch.context() as dying:
        dying.setattr("services.issuer.repository.triggers.keep_outcome", die)
        answer = await put(issuer)
    assert answer.status_code == 503
    assert len(await awards(issuer)) == 1
    later = issuer.clock.now + LEFT_ALONE

    assert await settling.settle_due(issuer.desk, now=later) == 1

    told = await outcome(issuer)
    [award] = await awards(issuer)
    assert (told["outcome"], told["awardId"]) == ("awarded", award["awardId"])


async def test_one_that_cannot_be_settled_does_not_hold_up_the_others(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(issuer)
    other = str(uuid4())
    path = COURSE.replace(str(ASSOCIATION), other)
    await put(issuer, an_association(associationId=other), path=path)
    await issuer.hear(an_offering())

    def fail_at_first(desk: Any, kept: Any) -> object:
        if kept.association_id == ASSOCIATION:
            raise ValueError
        return open_association(desk, kept)

    monkeypatch.setattr(settling, open_association.__name__, fail_at_first)
    later = issuer.clock.now + timedelta(seconds=6)

    assert await settling.settle_due(issuer.desk, now=later) == 2
    assert await settling.settle_due(issuer.desk, now=later) == 0

    assert (await outcome(issuer, f"/v1/association-results/{other}"))["outcome"] == "awarded"
    assert (await outcome(issuer))["reason"] == "under-way"


async def test_what_came_of_an_earlier_revision_does_not_hide_the_later_one(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await issuer.hear(an_offering())
    real = settling._follow  # noqa: SLF001 - the moment between deciding and keeping

    async def follow_late(*args: Any, **more: Any) -> object:
        settled = await real(*args, **more)
        monkeypatch.setattr(settling, "_follow", real)
        await put(issuer, an_association(state="cancelled"))
        return settled

    monkeypatch.setattr(settling, "_follow", follow_late)

    await put(issuer)

    told = await outcome(issuer)
    assert (told["revision"], told["outcome"], told["reason"]) == (2, "waiting", "under-way")
    await settling.settle_due(issuer.desk, now=issuer.clock.now)
    told = await outcome(issuer)
    assert (told["outcome"], told["reason"]) == ("needs-decision", "result-withdrawn")
    assert told["awardStatus"] == "granted"


async def test_an_offering_is_found_by_what_the_institution_calls_it(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    whole = {
        "courseOfferingId": str(uuid4()),
        "primaryCode": {"codeType": "offering_code", "code": AUTUMN_CODE},
        "name": [{"language": "nl-NL", "value": "Najaar"}],
    }

    await put(issuer, an_association(courseOfferingId=None, courseOffering=whole))

    assert (await outcome(issuer))["outcome"] == "awarded"


async def test_a_programme_s_association_is_taken_too(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    body = an_association()
    body["programmeOfferingId"] = body.pop("courseOfferingId")
    path = COURSE.replace("course", "programme")

    await put(issuer, body, path=path)

    told = await outcome(issuer)
    assert (told["outcome"], told["kind"]) == ("awarded", "programme")


async def test_an_edu_id_comes_before_an_address(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    codes = [{"codeType": "x-eduid", "code": CANARY_EDU_ID}]

    await put(issuer, an_association(person=a_person(otherCodes=codes)))

    [(pseudonym,)] = await issuer.ask("SELECT pseudonym FROM learner")
    assert pseudonym == issuer.desk.pseudonym_of(CANARY_EDU_ID)


async def test_another_organisation_sees_nothing_and_changes_nothing(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)

    seen = await issuer.read(RESULT, organisation=NHL)
    await put(issuer, an_association(result=a_result(final=False)), organisation=NHL)

    assert seen.status_code == 404
    assert (await outcome(issuer))["outcome"] == "awarded"
    theirs = (await issuer.read("/v1/association-results", organisation=NHL)).json()["items"]
    assert [one["reason"] for one in theirs] == ["not-final"]


async def test_no_row_and_no_event_says_who_it_is_about(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)
    await put(issuer, an_association(person=a_person(email="nobody")))

    tables = await issuer.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = "".join([str(await issuer.ask(f"SELECT * FROM {table}")) for (table,) in tables])

    for told in (CANARY_EMAIL, CANARY_FAMILY_NAME, "1999-04-05", "s1234567"):
        assert told not in rows


async def test_what_is_none_of_our_business_is_not_even_kept_under_seal(issuer: Issuer) -> None:
    await put(issuer)

    kept = await read_content_of(
        issuer.desk, ASSOCIATION, organisation=UTWENTE, kind=AssociationKind.COURSE
    )
    assert "dateOfBirth" not in str(kept)


async def test_an_erased_learner_is_not_awarded_again_by_a_system_that_repeats_itself(
    issuer: Issuer,
) -> None:
    await issuer.hear(an_offering())
    await put(issuer)
    [(awarded,)] = await issuer.ask("SELECT state FROM award")
    await issuer.post(
        "/v1/learner-erasures",
        {"email": CANARY_EMAIL, "reason": "learner-request"},
        scope="learners:erase",
    )

    answer = await put(issuer, an_association(result=a_result(score="9")))

    assert awarded == "granted"
    assert answer.status_code == 200
    told = await outcome(issuer)
    assert (told["outcome"], told["reason"]) == ("needs-decision", "learner-erased")
    assert "awardId" not in told
    assert await issuer.ask("SELECT state FROM award") == [("erased",)]
    assert await issuer.ask("SELECT sealed_content, wrapped_key FROM association") == [(None, None)]


async def test_who_waits_for_a_result_can_be_erased_too(issuer: Issuer) -> None:
    await put(issuer, an_association(state="associated"))

    await issuer.post(
        "/v1/learner-erasures",
        {"email": CANARY_EMAIL, "reason": "learner-request"},
        scope="learners:erase",
    )

    assert await issuer.ask("SELECT sealed_content, wrapped_key FROM association") == [(None, None)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (an_association(result={"state": "completed"}), "/result/resultDateTime"),
        (an_association(state=None), "/state"),
        (an_association(associationId=str(uuid4())), "/associationId"),
    ],
)
async def test_what_is_no_association_is_refused_and_not_kept(
    issuer: Issuer, body: dict[str, object], pointer: str
) -> None:
    answer = await put(issuer, body)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert (await issuer.read(RESULT)).status_code == 404


async def test_another_version_of_oeapi_is_not_spoken(issuer: Issuer) -> None:
    answer = await put(issuer, accept="application/vnd.oeapi+json;version=5")

    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")


async def test_results_are_listed_by_pages(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    for _ in range(3):
        one = str(uuid4())
        path = COURSE.replace(str(ASSOCIATION), one)
        await put(issuer, an_association(associationId=one), path=path)

    first = (await issuer.read("/v1/association-results?limit=2")).json()
    cursor = first["next"]
    second = (await issuer.read(f"/v1/association-results?limit=2&cursor={cursor}")).json()

    assert [len(first["items"]), len(second["items"])] == [2, 1]
