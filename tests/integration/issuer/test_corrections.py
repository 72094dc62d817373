"""Correcting over HTTP: versions, what changed, and dying at any moment of it."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from shared.proofs import jws
from tests.integration.issuer.conftest import Issuer, archived, published
from tests.support.issuing import (
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    CANARY_GIVEN_NAME,
    NHL,
    a_microcredential,
    an_award_request,
)

pytestmark = pytest.mark.anyio
REGRADED = {"reason": "reassessed", "result": {"grade": "9,0"}}
RENAMED = {
    "reason": "personal-details",
    "learner": {
        "email": CANARY_EMAIL,
        "givenName": CANARY_GIVEN_NAME,
        "familyName": f"{CANARY_FAMILY_NAME}-Jansen",
    },
}
PLACES = """
    SELECT list_id, status_index FROM credential
    UNION ALL SELECT list_id, status_index FROM correction WHERE state <> 'granted'
    """


@pytest.fixture
async def award_id(issuer: Issuer) -> str:
    """Give an award with a grade."""
    answer = await issuer.award(an_award_request(result={"grade": "7.0"}))
    return str(answer.json()["awardId"])


async def claims_of(issuer: Issuer, path: str) -> dict[str, Any]:
    answer = await issuer.read(path)
    assert answer.status_code == 200, answer.text
    claims: dict[str, Any] = json.loads(jws.parse(answer.text, types=["JWT"]).payload)
    return claims


async def test_a_correction_is_a_new_credential_and_raises_the_bit_of_the_old(
    issuer: Issuer, award_id: str
) -> None:
    issuer.clock.now += timedelta(minutes=1)
    answer = await issuer.post(f"/v1/awards/{award_id}/corrections", REGRADED)

    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"/v1/awards/{award_id}/versions/2")
    assert answer.json()["changed"] == ["grade"]
    bits = await issuer.ask("SELECT version, is_revoked FROM credential ORDER BY version")
    assert bits == [(1, True), (2, False)]
    assert len(set(await issuer.ask(PLACES))) == 2
    before = await claims_of(issuer, f"/v1/awards/{award_id}/versions/1/credential")
    after = await claims_of(issuer, f"/v1/awards/{award_id}/credential")
    assert before["id"] != after["id"]
    subject, earlier = after["credentialSubject"], before["credentialSubject"]
    assert subject["result"][0]["value"] == "9.0"
    assert subject["identifier"] == earlier["identifier"]
    assert subject["id"] == earlier["id"]
    assert before["credentialStatus"] != after["credentialStatus"]
    assert (await issuer.read(f"/v1/awards/{award_id}")).json()["status"] == "granted"


async def test_the_event_tells_the_new_award_and_names_what_changed(
    issuer: Issuer, award_id: str
) -> None:
    await issuer.post(
        f"/v1/awards/{award_id}/corrections",
        RENAMED | {"result": {"grade": "8"}, "note": f"{CANARY_FAMILY_NAME} asked"},
    )

    granted, told = await issuer.announced("awards")
    data = told["data"]
    assert told["type"] == "nl.microcredentials.award-corrected.v1"
    assert data["recordVersion"] == 2
    assert data["correction"]["changed"] == ["learnerName", "grade"]
    assert data["award"]["learner"] == granted["data"]["award"]["learner"]
    assert CANARY_FAMILY_NAME not in str(told)
    assert '"8"' not in json.dumps(told)


async def test_versions_tell_when_and_why_and_the_difference_tells_what(
    issuer: Issuer, award_id: str
) -> None:
    path = f"/v1/awards/{award_id}/versions"
    issuer.clock.now += timedelta(minutes=1)
    await issuer.post(f"/v1/awards/{award_id}/corrections", REGRADED)
    issuer.clock.now += timedelta(minutes=1)
    await issuer.post(f"/v1/awards/{award_id}/corrections", RENAMED)

    first, second, third = (await issuer.read(path)).json()["items"]
    assert [one["version"] for one in (first, second, third)] == [1, 2, 3]
    assert first["replacedAt"] == second["recordedAt"]
    assert second["replacedAt"] == third["recordedAt"]
    assert "replacedAt" not in third
    assert (second["reason"], third["changed"]) == ("reassessed", ["learnerName"])
    assert CANARY_FAMILY_NAME not in (await issuer.read(path)).text
    assert (await issuer.read(f"{path}/2")).json() == second
    assert (await issuer.read(f"{path}/2/differences")).json() == {
        "before": 1,
        "after": 2,
        "items": [{"element": "grade", "before": "7.0", "after": "9.0"}],
    }
    both = (await issuer.read(f"{path}/3/differences?before=1")).json()["items"]
    assert [one["element"] for one in both] == ["learnerName", "grade"]
    assert both[0]["after"] == f"{CANARY_GIVEN_NAME} {CANARY_FAMILY_NAME}-Jansen"
    for missing in (f"{path}/4", f"{path}/4/credential", f"{path}/4/differences"):
        answer = await issuer.read(missing)
        assert (answer.status_code, answer.json()["code"]) == (404, "award-version-not-found")
    assert (await issuer.read(path, organisation=NHL)).status_code == 404
    assert (await issuer.read(f"{path}/2/differences", organisation=NHL)).status_code == 404


async def test_what_says_the_same_is_no_correction(issuer: Issuer, award_id: str) -> None:
    same = {
        "reason": "administrative-error",
        "result": {"grade": "7,0"},
        "learner": {
            "email": CANARY_EMAIL.upper(),
            "givenName": CANARY_GIVEN_NAME,
            "familyName": CANARY_FAMILY_NAME,
        },
    }

    answer = await issuer.post(f"/v1/awards/{award_id}/corrections", same)

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-changed")
    assert await issuer.ask("SELECT count(*) FROM correction") == [(0,)]


async def test_a_correction_to_somebody_else_is_sealed_under_their_own_key(
    issuer: Issuer, award_id: str
) -> None:
    other = {"email": "mus@student.example.nl", "givenName": "Mus", "familyName": "Mees"}

    answer = await issuer.post(
        f"/v1/awards/{award_id}/corrections", {"reason": "administrative-error", "learner": other}
    )

    assert answer.json()["changed"] == ["learnerIdentifier", "learnerName"]
    assert await issuer.ask("SELECT count(DISTINCT learner_id) FROM learner") == [(2,)]
    [(old, present)] = await issuer.ask(
        "SELECT c.learner_id, a.learner_id FROM credential c JOIN award a USING (award_id)"
        " WHERE c.version = 1"
    )
    assert old is not None
    assert old != present
    before = await claims_of(issuer, f"/v1/awards/{award_id}/versions/1/credential")
    after = await claims_of(issuer, f"/v1/awards/{award_id}/credential")
    assert before["credentialSubject"]["id"] != after["credentialSubject"]["id"]
    differences = (await issuer.read(f"/v1/awards/{award_id}/versions/2/differences")).json()
    assert differences["items"][0] == {"element": "learnerIdentifier"}
    events = await issuer.announced("awards")
    assert len({one["data"]["award"]["learner"] for one in events}) == 2


async def test_dates_and_the_version_of_the_microcredential_can_be_corrected(
    issuer: Issuer, award_id: str
) -> None:
    await issuer.hear(published(a_microcredential(version=2)))
    ends = issuer.clock.now + timedelta(days=365)

    answer = await issuer.post(
        f"/v1/awards/{award_id}/corrections",
        {
            "reason": "administrative-error",
            "awardedOn": "2026-11-19",
            "validUntil": ends.isoformat(),
            "microcredentialVersion": 2,
        },
    )
    without = await issuer.post(
        f"/v1/awards/{award_id}/corrections",
        {"reason": "administrative-error", "validUntil": None, "result": None},
    )

    assert answer.json()["changed"] == ["awardedOn", "validUntil", "microcredentialVersion"]
    assert (await issuer.ask("SELECT valid_until FROM award")) == [(None,)]
    assert without.json()["changed"] == ["grade", "validUntil"]
    claims = await claims_of(issuer, f"/v1/awards/{award_id}/credential")
    assert "result" not in claims["credentialSubject"]
    assert "exp" not in claims


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"awardedOn": "2026-12-24"}, 400, "award-not-allowed"),
        ({"result": {"grade": "5.0"}}, 400, "award-not-allowed"),
        ({"microcredentialVersion": 9}, 409, "microcredential-not-known-yet"),
        ({"learner": None}, 400, "invalid-request"),
        ({"learner": {"email": "a@example.nl"}}, 400, "invalid-request"),
        ({"enrolmentReference": "x"}, 400, "invalid-request"),
    ],
)
async def test_a_correction_is_judged_as_an_award_is(
    issuer: Issuer, award_id: str, body: dict[str, object], status: int, code: str
) -> None:
    answer = await issuer.post(
        f"/v1/awards/{award_id}/corrections", {"reason": "administrative-error", **body}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await issuer.ask("SELECT count(*) FROM correction") == [(0,)]


async def test_what_was_archived_since_can_still_be_corrected(
    issuer: Issuer, award_id: str
) -> None:
    await issuer.hear(archived(a_microcredential()))

    answer = await issuer.post(f"/v1/awards/{award_id}/corrections", REGRADED)

    assert answer.status_code == 201


async def test_a_suspended_award_can_be_corrected_and_stays_suspended(
    issuer: Issuer, award_id: str
) -> None:
    await issuer.post(f"/v1/awards/{award_id}/suspensions", {"reason": "under-investigation"})

    answer = await issuer.post(f"/v1/awards/{award_id}/corrections", REGRADED)

    assert answer.status_code == 201
    assert (await issuer.read(f"/v1/awards/{award_id}")).json()["status"] == "suspended"
    assert await issuer.ask("SELECT record_version FROM award") == [(3,)]


async def test_the_same_may_be_signed_anew_when_a_key_leaked(issuer: Issuer, award_id: str) -> None:
    answer = await issuer.post(f"/v1/awards/{award_id}/corrections", {"reason": "key-compromised"})

    assert (answer.status_code, answer.json()["changed"]) == (201, [])


async def test_a_revocation_raises_the_bits_of_every_version(issuer: Issuer, award_id: str) -> None:
    await issuer.post(f"/v1/awards/{award_id}/corrections", REGRADED)

    await issuer.revoke(award_id)

    assert await issuer.ask("SELECT is_revoked FROM credential") == [(True,), (True,)]


async def test_five_corrections_at_once_of_one_award_follow_each_other_or_wait(
    issuer: Issuer, award_id: str
) -> None:
    path = f"/v1/awards/{award_id}/corrections"
    bodies = [{"reason": "reassessed", "result": {"grade": f"8.{n}"}} for n in range(5)]

    answers = await asyncio.gather(*(issuer.post(path, body) for body in bodies))

    done = [answer for answer in answers if answer.status_code == 201]
    refused = {answer.json()["code"] for answer in answers if answer not in done}
    assert refused <= {"correction-under-way"}
    versions = await issuer.ask("SELECT version, is_revoked FROM credential ORDER BY version")
    assert versions == [(n, n <= len(done)) for n in range(1, len(done) + 2)]
    assert await issuer.ask("SELECT record_version FROM award") == [(1 + len(done),)]
