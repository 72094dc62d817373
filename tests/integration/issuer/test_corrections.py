"""Correcting over HTTP: versions, what changed, and dying at any moment of it."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.issuer.domain import Signatures
from services.issuer.operations import corrections
from services.issuer.signing import Signer
from shared.proofs import jws
from shared.runtime.database import EVERY_ORGANISATION, act_for
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


async def claims_of(issuer: Issuer, path: str) -> dict[str, object]:
    answer = await issuer.read(path)
    assert answer.status_code == 200, answer.text
    claims: dict[str, object] = json.loads(jws.parse(answer.text, types=["JWT"]).payload)
    return claims


async def sweep(issuer: Issuer) -> int:
    return await corrections.finish_corrections(
        issuer.desk, older_than=timedelta(seconds=30), now=issuer.clock.now
    )


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
    assert subject["result"][0]["value"] == "9.0"  # type: ignore[index] # JSON
    assert subject["identifier"] == earlier["identifier"]  # type: ignore[index] # JSON
    assert subject["id"] == earlier["id"]  # type: ignore[index] # JSON
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
    assert data["recordVersion"] == 2  # type: ignore[index] # JSON
    assert data["correction"]["changed"] == ["learnerName", "grade"]  # type: ignore[index] # JSON
    assert data["award"]["learner"] == granted["data"]["award"]["learner"]  # type: ignore[index] # JSON
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
    assert before["credentialSubject"]["id"] != after["credentialSubject"]["id"]  # type: ignore[index] # JSON
    differences = (await issuer.read(f"/v1/awards/{award_id}/versions/2/differences")).json()
    assert differences["items"][0] == {"element": "learnerIdentifier"}
    events = await issuer.announced("awards")
    assert len({one["data"]["award"]["learner"] for one in events}) == 2  # type: ignore[index] # JSON


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
    assert "result" not in claims["credentialSubject"]  # type: ignore[operator] # JSON
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


async def change(issuer: Issuer, *statements: str) -> None:
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for statement in statements:
            await session.execute(text(statement))
