"""Revoking many awards over HTTP: nobody does it alone, and no crash makes it half or double."""

import asyncio
from uuid import uuid4

import pytest

from services.issuer.operations import changes, revocations
from services.issuer.repository import status_lists
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import CANARY_EMAIL, NHL, an_award_request

pytestmark = pytest.mark.anyio
PATH = "/v1/revocation-batches"


async def awarded(issuer: Issuer, count: int) -> list[str]:
    answers = [await issuer.award(an_award_request()) for _ in range(count)]
    return [str(answer.json()["awardId"]) for answer in answers]


async def ask(issuer: Issuer, award_ids: list[str], **more: str) -> str:
    answer = await issuer.post(
        PATH, {"awardIds": award_ids, "reason": "assessment-invalid"}, **more
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["revocationBatchId"])


async def approve(
    issuer: Issuer, batch_id: str, awards: int, *, subject: str = "somebody-else", **more: str
) -> tuple[int, str]:
    answer = await issuer.post(
        f"{PATH}/{batch_id}/approvals",
        {"awards": awards},
        scope="awards:approve",
        subject=subject,
        **more,
    )
    return answer.status_code, answer.json().get("code") or answer.json()["state"]


async def progress(issuer: Issuer, batch_id: str) -> dict[str, object]:
    read: dict[str, object] = (await issuer.read(f"{PATH}/{batch_id}")).json()
    return {
        name: read[name] for name in ("state", "revoked", "alreadyRevoked", "erased", "waiting")
    }


async def run(issuer: Issuer) -> int:
    return await revocations.revoke_approved(issuer.desk, now=issuer.clock.now)


async def test_nothing_happens_before_somebody_else_agrees(issuer: Issuer) -> None:
    batch_id = await ask(issuer, await awarded(issuer, 3))

    assert await run(issuer) == 0
    assert await progress(issuer, batch_id) == {
        "state": "waiting-for-approval",
        "revoked": 0,
        "alreadyRevoked": 0,
        "erased": 0,
        "waiting": 3,
    }
    assert await approve(issuer, batch_id, 3, subject="tests") == (403, "asked-yourself")
    assert await approve(issuer, batch_id, 2) == (409, "other-number")
    assert await run(issuer) == 0
    assert await issuer.ask("SELECT DISTINCT state FROM award") == [("granted",)]


async def test_what_two_people_want_is_done_and_told_once_for_each_award(issuer: Issuer) -> None:
    award_ids = await awarded(issuer, 5)
    batch_id = await ask(issuer, award_ids)

    assert await approve(issuer, batch_id, 5) == (201, "running")
    assert await approve(issuer, batch_id, 5) == (409, "already-approved")
    assert await run(issuer) == 5
    assert await run(issuer) == 0

    assert (await progress(issuer, batch_id))["state"] == "finished"
    assert await issuer.ask("SELECT DISTINCT state, reason FROM award") == [
        ("revoked", "assessment-invalid")
    ]
    assert await issuer.ask("SELECT DISTINCT is_revoked FROM credential") == [(True,)]
    told = [one["subject"] for one in await issuer.announced("awards")][5:]
    assert sorted(map(str, told)) == sorted(award_ids)


async def test_what_became_of_awards_meanwhile_is_told_apart(issuer: Issuer) -> None:
    [revoked, suspended, plain, *erased] = await awarded(issuer, 3)
    other = an_award_request(learner={"eduId": "urn:uuid:0b0b0b0b-0000-4000-8000-000000000001"})
    erased = [str((await issuer.award(other)).json()["awardId"])]
    batch_id = await ask(issuer, [revoked, suspended, plain, *erased])
    await issuer.revoke(revoked)
    await issuer.post(f"/v1/awards/{suspended}/suspensions", {"reason": "administrative-check"})
    await issuer.post(
        "/v1/learner-erasures",
        {"eduId": "urn:uuid:0b0b0b0b-0000-4000-8000-000000000001", "reason": "learner-request"},
        scope="learners:erase",
    )

    await approve(issuer, batch_id, 4)
    await run(issuer)

    assert await progress(issuer, batch_id) == {
        "state": "finished",
        "revoked": 2,
        "alreadyRevoked": 1,
        "erased": 1,
        "waiting": 0,
    }


async def test_anothers_award_or_none_is_refused_with_its_place_and_nothing_is_kept(
    issuer: Issuer,
) -> None:
    own = await awarded(issuer, 2)

    strange = await issuer.post(
        PATH, {"awardIds": [own[0], str(uuid4()), own[1]], "reason": "fraud"}
    )
    another = await issuer.post(PATH, {"awardIds": own, "reason": "fraud"}, organisation=NHL)

    assert (strange.status_code, strange.json()["code"]) == (400, "awards-unknown")
    assert [fault["pointer"] for fault in strange.json()["errors"]] == ["/awardIds/1"]
    assert len(another.json()["errors"]) == 2
    assert await issuer.ask("SELECT count(*) FROM revocation_batch") == [(0,)]


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "fraud"},
        {"awardIds": [], "reason": "fraud"},
        {"awardIds": [str(uuid4())], "awardBatchId": str(uuid4()), "reason": "fraud"},
        {"awardIds": [CANARY_EMAIL], "reason": "fraud"},
    ],
)
async def test_a_request_means_awards_one_way(issuer: Issuer, body: dict[str, object]) -> None:
    answer = await issuer.post(PATH, body)

    assert answer.status_code == 400
    assert CANARY_EMAIL not in answer.text


async def test_a_batch_that_awarded_nothing_has_nothing_to_revoke(issuer: Issuer) -> None:
    answer = await issuer.post(PATH, {"awardBatchId": str(uuid4()), "reason": "fraud"})

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-revoke")


async def test_another_organisation_cannot_see_or_approve_it(issuer: Issuer) -> None:
    batch_id = await ask(issuer, await awarded(issuer, 1))

    read = await issuer.read(f"{PATH}/{batch_id}", organisation=NHL)

    assert read.status_code == 404
    assert await approve(issuer, batch_id, 1, organisation=NHL) == (
        404,
        "revocation-batch-not-found",
    )


async def test_who_may_award_may_not_therefore_approve(issuer: Issuer) -> None:
    batch_id = await ask(issuer, await awarded(issuer, 1))

    answer = await issuer.post(
        f"{PATH}/{batch_id}/approvals", {"awards": 1}, subject="somebody-else"
    )

    assert answer.status_code == 403


async def test_a_run_that_dies_goes_on_where_it_was(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "AT_ONCE", 2)
    batch_id = await ask(issuer, await awarded(issuer, 7))
    await approve(issuer, batch_id, 7)
    mark, left = status_lists.mark_changed, iter([True, True])

    async def die_at_the_third(*args: object) -> None:
        if next(left, None) is None:
            raise ConnectionResetError
        await mark(*args)  # type: ignore[arg-type] # handed on

    monkeypatch.setattr(status_lists, "mark_changed", die_at_the_third)
    with pytest.raises(ConnectionResetError):
        await run(issuer)
    half = await progress(issuer, batch_id)
    monkeypatch.setattr(status_lists, "mark_changed", mark)
    await run(issuer)

    assert (half["revoked"], half["waiting"], half["state"]) == (4, 3, "running")
    assert (await progress(issuer, batch_id))["revoked"] == 7
    assert len(await issuer.announced("awards")) == 14
    assert await issuer.ask("SELECT DISTINCT record_version FROM award") == [(2,)]


async def test_two_workers_at_once_revoke_each_award_once(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "AT_ONCE", 3)
    batch_id = await ask(issuer, await awarded(issuer, 12))
    await approve(issuer, batch_id, 12)

    await asyncio.gather(*(run(issuer) for _ in range(4)))
    await run(issuer)

    assert (await progress(issuer, batch_id))["revoked"] == 12
    assert len(await issuer.announced("awards")) == 24


async def test_a_repeated_request_asks_once(issuer: Issuer) -> None:
    award_ids, key = await awarded(issuer, 1), uuid4().hex

    first = await ask(issuer, award_ids, key=key)
    again = await ask(issuer, award_ids * 1, key=key)

    assert again == first
    assert await issuer.ask("SELECT count(*) FROM revocation_batch") == [(1,)]


async def test_an_expired_award_is_revoked_too(issuer: Issuer) -> None:
    ends = issuer.clock.now.replace(microsecond=0, minute=5)
    award_id = (await issuer.award(an_award_request(validUntil=ends.isoformat()))).json()["awardId"]
    await changes.expire_awards(issuer.desk, now=ends)
    batch_id = await ask(issuer, [award_id])
    await approve(issuer, batch_id, 1)

    await run(issuer)

    assert (await progress(issuer, batch_id))["revoked"] == 1
