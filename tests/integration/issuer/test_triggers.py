"""Results that systems send as OEAPI v6 associations: what follows, once, and what never does."""

import asyncio

import pytest

from tests.integration.issuer.conftest import Issuer
from tests.integration.issuer.sending import awards, outcome, patch, put, versions
from tests.support.issuing import (
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    a_microcredential,
)
from tests.support.results import (
    ASSOCIATION,
    a_person,
    a_result,
    an_association,
    an_offering,
)

pytestmark = pytest.mark.anyio
OEAPI = "application/vnd.oeapi+json;version=6"


async def test_a_final_pass_becomes_an_award(issuer: Issuer) -> None:
    await issuer.hear(an_offering())

    answer = await put(issuer, accept=OEAPI)

    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"] == OEAPI
    assert answer.json()["state"] == "finished"
    assert answer.json()["message"][0] == {"language": "en-GB", "value": "Awarded."}
    [award] = await awards(issuer)
    assert award["awardedOn"] == "2026-11-20"
    told = await outcome(issuer)
    assert told["outcome"] == "awarded"
    assert told["awardId"] == award["awardId"]
    assert told["awardStatus"] == "granted"
    assert told["links"]["award"] == award["links"]["self"]


async def test_what_is_sent_again_awards_once(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)

    again = await put(issuer)
    other = await put(issuer, an_association(remoteState="pending", person=a_person(office="B1")))

    assert [again.status_code, other.status_code] == [200, 200]
    [award] = await awards(issuer)
    assert len(await versions(issuer, award["awardId"])) == 1
    assert (await outcome(issuer))["revision"] == 1


async def test_ten_at_the_same_time_award_once(issuer: Issuer) -> None:
    await issuer.hear(an_offering())

    answers = await asyncio.gather(*(put(issuer) for _ in range(10)))

    assert sorted(one.status_code for one in answers) == [*[200] * 9, 201]
    assert len(await awards(issuer)) == 1
    assert (await outcome(issuer))["outcome"] == "awarded"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "associated"}, "not-finished"),
        ({"result": None}, "no-result"),
        ({"result": a_result(state="in_progress")}, "not-completed"),
        ({"result": a_result(**{"pass": "failed"})}, "not-passed"),
        ({"result": a_result(**{"pass": None})}, "not-passed"),
        ({"result": a_result(final=False)}, "not-final"),
        ({"result": a_result(final=None)}, "not-final"),
    ],
)
async def test_anything_less_than_a_final_pass_waits(
    issuer: Issuer, changes: dict[str, object], reason: str
) -> None:
    await issuer.hear(an_offering())

    await put(issuer, an_association(**changes))

    told = await outcome(issuer)
    assert (told["outcome"], told["reason"]) == ("waiting", reason)
    assert await awards(issuer) == []


async def test_a_patch_that_makes_it_final_awards(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer, an_association(state="associated", result=a_result(final=False)))
    await patch(issuer, {"state": "finished"})

    answer = await patch(issuer, {"result": {"final": True}})

    assert answer.status_code == 200
    assert answer.json().keys() >= {"associationId", "message", "state"}
    assert (await outcome(issuer))["outcome"] == "awarded"


async def test_a_patch_of_what_was_never_sent_is_refused(issuer: Issuer) -> None:
    answer = await patch(issuer, {"state": "finished"})

    assert (answer.status_code, answer.json()["code"]) == (404, "association-not-found")


async def test_a_patch_names_what_is_wrong_with_it(issuer: Issuer) -> None:
    await put(issuer)

    answer = await patch(issuer, {"result": {"final": "yes", "resultDateTime": None}})

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "/result/final",
        "/result/resultDateTime",
    ]


async def test_a_later_result_corrects_the_award(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)
    [award] = await awards(issuer)

    await patch(issuer, {"result": {"score": "9", "resultDateTime": "2026-11-21T10:00:00Z"}})

    told = await outcome(issuer)
    assert (told["outcome"], told["awardId"]) == ("corrected", award["awardId"])
    first, second = await versions(issuer, award["awardId"])
    assert "reason" not in first
    assert second["reason"] == "reassessed"
    assert set(second["changed"]) == {"grade", "awardedOn"}


async def test_another_name_is_corrected_as_a_personal_detail(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)

    await put(issuer, an_association(person=a_person(surname="Ander")))

    [award] = await awards(issuer)
    second = (await versions(issuer, award["awardId"]))[1]
    assert (second["reason"], second["changed"]) == ("personal-details", ["learnerName"])


@pytest.mark.parametrize(
    "result",
    [
        a_result(**{"pass": "failed"}),
        a_result(state="in_progress"),
        a_result(final=False),
    ],
)
async def test_a_result_that_is_withdrawn_revokes_nothing_and_asks(
    issuer: Issuer, result: dict[str, object]
) -> None:
    await issuer.hear(an_offering())
    await put(issuer)

    await put(issuer, an_association(result=result))

    assert [one["status"] for one in await awards(issuer)] == ["granted"]
    [told] = (await issuer.read("/v1/association-results?outcome=needs-decision")).json()["items"]
    assert (told["reason"], told["awardStatus"]) == ("result-withdrawn", "granted")
    assert (await issuer.read("/v1/association-results?outcome=awarded")).json()["items"] == []


async def test_a_result_that_comes_back_as_it_was_is_an_award_again(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)
    await put(issuer, an_association(result=a_result(final=False)))

    await put(issuer)

    [award] = await awards(issuer)
    assert len(await versions(issuer, award["awardId"])) == 1
    assert (await outcome(issuer))["outcome"] == "awarded"


async def test_another_learner_is_a_question_and_no_correction(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)

    await put(issuer, an_association(person=a_person(email="mus@student.example.nl")))

    told = await outcome(issuer)
    assert (told["outcome"], told["reason"]) == ("needs-decision", "learner-changed")
    [award] = await awards(issuer)
    assert len(await versions(issuer, award["awardId"])) == 1


async def test_what_was_revoked_by_hand_is_not_corrected(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer)
    [award] = await awards(issuer)
    await issuer.revoke(award["awardId"])

    await patch(issuer, {"result": {"score": "9"}})

    told = await outcome(issuer)
    assert (told["outcome"], told["reason"]) == ("needs-decision", "already-revoked")
    assert told["awardStatus"] == "revoked"


async def test_an_award_made_by_hand_for_it_is_not_made_twice(issuer: Issuer) -> None:
    await issuer.hear(an_offering())
    await put(issuer, an_association(state="associated"))
    body = {
        "microcredentialId": str(a_microcredential().microcredential_id),
        "enrolmentReference": str(ASSOCIATION),
        "awardedOn": "2026-11-20",
        "learner": {
            "email": CANARY_EMAIL,
            "givenName": "Kanariëtje",
            "familyName": CANARY_FAMILY_NAME,
        },
        "result": {"grade": "8"},
    }
    by_hand = (await issuer.award(body)).json()

    await patch(issuer, {"state": "finished"})

    told = await outcome(issuer)
    assert (told["outcome"], told["awardId"]) == ("awarded", by_hand["awardId"])
    assert len(await awards(issuer)) == 1
