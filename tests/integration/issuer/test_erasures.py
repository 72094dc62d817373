"""Erasing a learner over HTTP: what is gone, what stays, and that nobody comes back."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

import pytest

from services.issuer.domain import Signatures
from services.issuer.operations import corrections, granting
from services.issuer.signing import Signer
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import (
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    CANARY_GIVEN_NAME,
    NHL,
    an_award_request,
)

pytestmark = pytest.mark.anyio
CANARY: Mapping[str, object] = {"email": CANARY_EMAIL, "reason": "learner-request"}
OTHER = {"email": "mus@student.example.nl", "givenName": "Mus", "familyName": "Mees"}
PATH = "/v1/learner-erasures"


class KilledError(Exception):
    pass


async def erase(issuer: Issuer, **more: str) -> tuple[int, Mapping[str, object]]:
    answer = await issuer.post(PATH, CANARY, scope="learners:erase", **more)
    return answer.status_code, answer.json()


async def an_awarded(issuer: Issuer, **wishes: object) -> str:
    award_id: str = (await issuer.award(an_award_request(**wishes))).json()["awardId"]
    return award_id


async def everything(issuer: Issuer) -> str:
    """Return every row there is, as text."""
    tables = await issuer.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return "".join([str(await issuer.ask(f"SELECT * FROM {table}")) for (table,) in tables])


async def test_an_erasure_destroys_the_key_and_everything_it_sealed(issuer: Issuer) -> None:
    one, two = await an_awarded(issuer, result={"grade": "7"}), await an_awarded(issuer)
    await issuer.post(
        f"/v1/awards/{one}/corrections",
        {"reason": "reassessed", "result": {"grade": "8"}, "note": "a note"},
    )
    await issuer.post(
        f"/v1/awards/{two}/suspensions", {"reason": "under-investigation", "note": "a note"}
    )
    [(pseudonym,)] = await issuer.ask("SELECT pseudonym FROM learner")
    for award_id in (one, two):
        embedded = await issuer.read(f"/v1/awards/{award_id}/credential", accept="application/vc")
        assert embedded.status_code == 200

    status, answer = await erase(issuer)

    assert (status, answer["awards"]) == (201, 2)
    assert await issuer.ask("SELECT count(*) FROM embedded_proof") == [(0,)]
    assert await issuer.ask("SELECT count(*) FROM learner") == [(0,)]
    assert await issuer.ask(
        "SELECT count(*) FROM credential WHERE sealed_payload IS NOT NULL"
        " OR jwt_signature IS NOT NULL OR enveloped_signature IS NOT NULL"
    ) == [(0,)]
    assert await issuer.ask("SELECT count(*) FROM award_change WHERE sealed_note IS NOT NULL") == [
        (0,)
    ]
    for table in ("award", "credential", "correction", "award_change"):
        assert str(pseudonym) not in str(await issuer.ask(f"SELECT * FROM {table}"))
    states = await issuer.ask("SELECT state, learner_id FROM award")
    assert states == [("erased", None), ("erased", None)]


async def test_each_award_is_told_as_erased_and_nothing_says_of_whom(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)
    issuer.clock.now += timedelta(minutes=1)

    _status, answer = await erase(issuer)

    told = (await issuer.announced("awards"))[-1]
    assert told["type"] == "nl.microcredentials.award-erased.v1"
    assert told["data"] == {
        "recordVersion": 2,
        "awardId": award_id,
        "erasedAt": answer["erasedAt"],
    }
    for text in (str(told), str(answer), await everything(issuer)):
        for canary in (CANARY_EMAIL, CANARY_GIVEN_NAME, CANARY_FAMILY_NAME):
            assert canary not in text
    assert answer["backupsGoneAt"] == "2026-12-22T12:01:00.250000Z"


async def test_the_bits_of_what_is_erased_are_raised_and_stay_raised(issuer: Issuer) -> None:
    await an_awarded(issuer)

    await erase(issuer)

    assert await issuer.ask("SELECT is_revoked FROM credential") == [(True,)]


async def test_what_is_erased_is_known_as_erased_and_can_be_read_no_more(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)
    await erase(issuer)

    award = await issuer.read(f"/v1/awards/{award_id}")
    credential = await issuer.read(f"/v1/awards/{award_id}/credential")
    versions = await issuer.read(f"/v1/awards/{award_id}/versions")
    revoking = await issuer.revoke(award_id)
    correcting = await issuer.post(
        f"/v1/awards/{award_id}/corrections", {"reason": "reassessed", "result": {"grade": "9"}}
    )

    assert award.json()["status"] == "erased"
    assert (credential.status_code, credential.json()["code"]) == (404, "credential-erased")
    assert [one["version"] for one in versions.json()["items"]] == [1]
    assert (revoking.status_code, revoking.json()["code"]) == (409, "award-erased")
    assert (correcting.status_code, correcting.json()["code"]) == (409, "award-erased")


async def test_a_repeated_request_says_it_again_and_a_new_one_finds_nobody(
    issuer: Issuer,
) -> None:
    await an_awarded(issuer)
    key = uuid4().hex

    first = await erase(issuer, key=key)
    repeated = await erase(issuer, key=key)
    anew = await erase(issuer)

    assert repeated == first
    assert (anew[0], anew[1]["awards"]) == (201, 0)
    read = await issuer.client.get(
        f"{PATH}/{first[1]['erasureId']}", headers=issuer.headers(scope="learners:erase")
    )
    assert read.json() == first[1]
    others = await issuer.client.get(
        f"{PATH}/{first[1]['erasureId']}", headers=issuer.headers(NHL, "learners:erase")
    )
    assert (others.status_code, others.json()["code"]) == (404, "erasure-not-found")


async def test_the_next_award_of_the_same_enrolment_starts_afresh(issuer: Issuer) -> None:
    request = an_award_request()
    first = (await issuer.award(request)).json()["awardId"]
    await erase(issuer)

    second = await issuer.award(request)

    assert second.status_code == 201
    assert second.json()["awardId"] != first
    assert await issuer.ask("SELECT count(*) FROM learner") == [(1,)]


async def test_another_organisations_learner_of_the_same_name_stays(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)

    answer = await erase(issuer, organisation=NHL)

    assert answer[1]["awards"] == 0
    assert (await issuer.read(f"/v1/awards/{award_id}/credential")).status_code == 200


async def test_only_who_may_erase_learners_can(issuer: Issuer) -> None:
    answer = await issuer.post(PATH, CANARY, scope="awards:write")

    assert answer.status_code == 403


async def test_who_was_awarded_by_mistake_is_erased_and_the_award_of_the_other_stays(
    issuer: Issuer,
) -> None:
    award_id = await an_awarded(issuer)
    await issuer.post(
        f"/v1/awards/{award_id}/corrections",
        {"reason": "administrative-error", "learner": OTHER, "note": "mixed up"},
    )

    _status, answer = await erase(issuer)

    assert answer["awards"] == 0
    assert (await issuer.read(f"/v1/awards/{award_id}/credential")).status_code == 200
    old = await issuer.read(f"/v1/awards/{award_id}/versions/1/credential")
    differences = await issuer.read(f"/v1/awards/{award_id}/versions/2/differences")
    assert (old.status_code, old.json()["code"]) == (404, "credential-erased")
    assert differences.json()["code"] == "credential-erased"
    assert (await issuer.read(f"/v1/awards/{award_id}/versions")).status_code == 200


@pytest.mark.parametrize("what", ["award", "correction"])
async def test_an_intent_of_who_is_erased_never_becomes_one(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def die(*_args: object, **_kwargs: object) -> Signatures:
        raise KilledError

    award_id = await an_awarded(issuer)
    monkeypatch.setattr(Signer, "sign_credential", die)
    if what == "award":
        await issuer.award()
    else:
        await issuer.post(
            f"/v1/awards/{award_id}/corrections", {"reason": "reassessed", "result": {"grade": "9"}}
        )
    monkeypatch.undo()

    await erase(issuer)
    issuer.clock.now += timedelta(minutes=1)
    for finish in (granting.finish_intents, corrections.finish_corrections):
        await finish(issuer.desk, older_than=timedelta(seconds=30), now=issuer.clock.now)

    states = await issuer.ask("SELECT state, learner_id FROM award ORDER BY number")
    assert states == [("erased", None), ("voided", None)][: len(states)]
    assert {state for (state,) in await issuer.ask("SELECT state FROM correction")} <= {"voided"}
    kinds = [str(one["type"]).split(".")[2] for one in await issuer.announced("awards")]
    assert kinds == ["award-granted", "award-erased"]


async def test_awards_and_the_erasure_at_once_leave_nobody_half_erased(issuer: Issuer) -> None:
    await asyncio.gather(
        *(issuer.award() for _ in range(8)), erase(issuer), *(issuer.award() for _ in range(8))
    )

    left = await issuer.ask(
        "SELECT a.state, c.sealed_payload IS NULL, l.learner_id IS NULL FROM award a"
        " JOIN credential c USING (award_id) LEFT JOIN learner l ON l.learner_id = a.learner_id"
    )
    assert set(left) <= {
        ("granted", False, False),
        ("erased", True, True),
        ("voided", True, True),
    }
