"""Suspending, reinstating and expiring over HTTP, and every order that is refused."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

import pytest

from services.issuer.operations import changes, status_lists
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import CANARY_FAMILY_NAME, NHL, an_award_request

pytestmark = pytest.mark.anyio
BODIES: Mapping[str, Mapping[str, object]] = {
    "suspensions": {"reason": "under-investigation"},
    "reinstatements": {"reason": "cleared"},
    "revocations": {"reason": "fraud"},
    "corrections": {"reason": "reassessed", "result": {"grade": "9"}},
}


async def an_awarded(issuer: Issuer, **wishes: object) -> str:
    award_id: str = (await issuer.award(an_award_request(**wishes))).json()["awardId"]
    return award_id


async def change(issuer: Issuer, award_id: str, kind: str, **more: str) -> tuple[int, str]:
    answer = await issuer.post(f"/v1/awards/{award_id}/{kind}", BODIES[kind], **more)
    return answer.status_code, answer.json().get("code") or answer.json().get("status", "")


async def kinds(issuer: Issuer) -> list[tuple[str, int]]:
    told = await issuer.announced("awards")
    return [(str(one["type"]).split(".")[2], one["data"]["recordVersion"]) for one in told]


async def test_a_suspension_is_told_and_can_be_taken_back(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)

    suspended = await issuer.post(
        f"/v1/awards/{award_id}/suspensions", {"reason": "objection-pending"}
    )
    reinstated = await issuer.post(f"/v1/awards/{award_id}/reinstatements", {"reason": "cleared"})

    assert suspended.json()["status"] == "suspended"
    assert suspended.json()["suspension"]["reason"] == "objection-pending"
    assert (reinstated.status_code, reinstated.json()["status"]) == (201, "granted")
    assert "suspension" not in reinstated.json()
    assert await kinds(issuer) == [
        ("award-granted", 1),
        ("award-suspended", 2),
        ("award-reinstated", 3),
    ]
    history = "SELECT kind, record_version, reason FROM award_change ORDER BY record_version"
    assert await issuer.ask(history) == [
        ("suspended", 2, "objection-pending"),
        ("reinstated", 3, "cleared"),
    ]


async def test_a_suspension_raises_no_bit_and_has_its_lists_signed_anew(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)
    await status_lists.publish_status_lists(issuer.desk, now=issuer.clock.now)

    await change(issuer, award_id, "suspensions")

    assert await issuer.ask("SELECT is_revoked FROM credential") == [(False,)]
    assert await status_lists.publish_status_lists(issuer.desk, now=issuer.clock.now) == 1


async def test_the_note_of_a_suspension_is_kept_under_seal_and_told_to_nobody(
    issuer: Issuer,
) -> None:
    award_id = await an_awarded(issuer)

    answer = await issuer.post(
        f"/v1/awards/{award_id}/suspensions",
        {"reason": "under-investigation", "note": f"{CANARY_FAMILY_NAME} was seen twice"},
    )

    [(note, learner)] = await issuer.ask("SELECT sealed_note, learner_id FROM award_change")
    assert isinstance(note, bytes)
    assert CANARY_FAMILY_NAME.encode() not in note
    assert learner is not None
    assert CANARY_FAMILY_NAME not in answer.text
    assert CANARY_FAMILY_NAME not in str(await issuer.announced("awards"))


@pytest.mark.parametrize(
    ("before", "then", "code"),
    [
        (["revocations"], "suspensions", "already-revoked"),
        (["revocations"], "reinstatements", "already-revoked"),
        (["revocations"], "corrections", "already-revoked"),
        (["revocations"], "revocations", "already-revoked"),
        (["suspensions"], "suspensions", "already-suspended"),
        ([], "reinstatements", "not-suspended"),
        (["suspensions", "reinstatements"], "reinstatements", "not-suspended"),
        (["suspensions", "revocations"], "reinstatements", "already-revoked"),
    ],
)
async def test_a_wrong_order_is_refused_and_changes_nothing(
    issuer: Issuer, before: list[str], then: str, code: str
) -> None:
    award_id = await an_awarded(issuer)
    for kind in before:
        assert (await change(issuer, award_id, kind))[0] == 201
    told = await kinds(issuer)

    assert await change(issuer, award_id, then) == (409, code)
    assert await kinds(issuer) == told


@pytest.mark.parametrize("kind", BODIES)
async def test_anothers_award_is_not_there(issuer: Issuer, kind: str) -> None:
    award_id = await an_awarded(issuer)

    assert await change(issuer, award_id, kind, organisation=NHL) == (404, "award-not-found")
    assert await change(issuer, str(uuid4()), kind) == (404, "award-not-found")


@pytest.mark.parametrize("kind", BODIES)
async def test_the_same_request_gets_the_first_answer_also_after_other_changes(
    issuer: Issuer, kind: str
) -> None:
    award_id, key = await an_awarded(issuer), uuid4().hex
    if kind == "reinstatements":
        await change(issuer, award_id, "suspensions")
    path = f"/v1/awards/{award_id}/{kind}"

    first = await issuer.post(path, BODIES[kind], key=key)
    await issuer.revoke(award_id)
    again = await issuer.post(path, BODIES[kind], key=key)
    other = await issuer.post(path, {"reason": "learner-request"}, key=key)

    assert first.status_code == 201
    assert again.content == first.content
    assert other.json()["code"] == "idempotency-key-reused"


@pytest.mark.parametrize("kind", ["suspensions", "corrections"])
async def test_ten_at_once_under_one_key_do_it_once(issuer: Issuer, kind: str) -> None:
    award_id, key = await an_awarded(issuer), uuid4().hex
    path = f"/v1/awards/{award_id}/{kind}"

    answers = await asyncio.gather(*(issuer.post(path, BODIES[kind], key=key) for _ in range(10)))

    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.json().get("code") for answer in answers if answer not in done} <= {
        "still-running"
    }
    assert len({answer.content for answer in done}) == 1
    assert len(await kinds(issuer)) == 2


async def test_what_ends_expires_by_itself_and_is_not_revived(issuer: Issuer) -> None:
    ends = issuer.clock.now + timedelta(days=1)
    award_id = await an_awarded(issuer, validUntil=ends.isoformat())
    lasting = await an_awarded(issuer)

    early = await changes.expire_awards(issuer.desk, now=ends - timedelta(seconds=2))
    due = await changes.expire_awards(issuer.desk, now=ends)
    again = await changes.expire_awards(issuer.desk, now=ends)

    assert (early, due, again) == (0, 1, 0)
    told = (await issuer.announced("awards"))[-1]
    assert told["type"] == "nl.microcredentials.award-expired.v1"
    assert told["data"] == {
        "recordVersion": 2,
        "awardId": award_id,
        "expiredAt": ends.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    }
    assert (await issuer.read(f"/v1/awards/{award_id}")).json()["status"] == "expired"
    assert (await issuer.read(f"/v1/awards/{lasting}")).json()["status"] == "granted"
    for kind in ("suspensions", "reinstatements", "corrections"):
        assert await change(issuer, award_id, kind) == (409, "award-expired")
    assert await change(issuer, award_id, "revocations") == (201, "revoked")


async def test_a_suspended_award_expires_too(issuer: Issuer) -> None:
    ends = issuer.clock.now + timedelta(days=1)
    award_id = await an_awarded(issuer, validUntil=ends.isoformat())
    await change(issuer, award_id, "suspensions")

    await changes.expire_awards(issuer.desk, now=ends)

    assert await change(issuer, award_id, "reinstatements") == (409, "award-expired")


async def test_many_expire_in_slices_and_each_once(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_EXPIRED_AT_ONCE", 3)
    ends = issuer.clock.now + timedelta(days=1)
    for _ in range(7):
        await an_awarded(issuer, validUntil=ends.isoformat())

    counts = await asyncio.gather(*(changes.expire_awards(issuer.desk, now=ends) for _ in range(3)))
    await changes.expire_awards(issuer.desk, now=ends)

    assert sum(counts) <= 7
    assert await issuer.ask("SELECT count(*) FROM award WHERE state = 'expired'") == [(7,)]
    assert [kind for kind, _version in await kinds(issuer)].count("award-expired") == 7


async def test_a_raised_bit_cannot_be_lowered_by_anybody(issuer: Issuer) -> None:
    await issuer.revoke(await an_awarded(issuer))

    for statement in (
        "UPDATE credential SET is_revoked = false",
        "UPDATE credential SET status_index = status_index + 1",
        "DELETE FROM credential",
    ):
        with pytest.raises(Exception, match="stays raised"):
            await issuer.ask(statement + " RETURNING 1")
