"""The token alone keeps organisations apart: row-level security is off here, and no signer asked.

That the second wall and the third each stand alone is in `test_walls`.
"""

from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.integration.issuer.conftest import PUBLIC_URL, Issuer
from tests.integration.issuer.sending import RESULT, put
from tests.integration.issuer.test_walls import TENANT_TABLES
from tests.support.issuing import NHL, UTWENTE, an_award_request

pytestmark = pytest.mark.anyio
READING: Final = "awards:read learners:erase"


@pytest.fixture
async def unwalled(issuer: Issuer) -> Issuer:
    """Give an issuer whose tables everybody who owns them may read."""
    walled = await issuer.ask("SELECT relname FROM pg_class WHERE relforcerowsecurity")
    async with issuer.database.transaction() as session:
        for (table,) in walled:
            await session.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
    async with issuer.database.transaction() as session:
        await session.execute(text("SELECT set_config('waarmerk.organisation', 'nobody', true)"))
        for table in TENANT_TABLES:
            await session.execute(text(f"SELECT * FROM {table}"))
    return issuer


async def test_nobody_reads_an_award_of_another(unwalled: Issuer) -> None:
    award_id = (await unwalled.award()).json()["awardId"]

    answers = [
        await unwalled.read(path, organisation=NHL)
        for path in (f"/v1/awards/{award_id}", f"/v1/awards/{award_id}/credential")
    ]
    listed = await unwalled.read("/v1/awards", organisation=NHL)

    assert [answer.status_code for answer in answers] == [404, 404]
    assert listed.json()["items"] == []
    assert (await unwalled.read(f"/v1/awards/{award_id}")).status_code == 200


async def test_nobody_revokes_an_award_of_another(unwalled: Issuer) -> None:
    award_id = (await unwalled.award()).json()["awardId"]

    refused = await unwalled.revoke(award_id, organisation=NHL)

    assert (refused.status_code, refused.json()["code"]) == (404, "award-not-found")
    assert (await unwalled.read(f"/v1/awards/{award_id}")).json()["status"] == "granted"


async def test_nobody_awards_in_anothers_name(unwalled: Issuer) -> None:
    named = await unwalled.award(an_award_request(organisation=UTWENTE), organisation=NHL)
    anothers = await unwalled.award(an_award_request(), organisation=NHL)

    assert named.status_code == 400
    assert anothers.status_code in {403, 404, 409}


async def test_one_key_of_two_organisations_is_two_requests(unwalled: Issuer) -> None:
    key = uuid4().hex
    first = await unwalled.award(key=key)

    other = await unwalled.award(key=key, organisation=NHL)

    assert first.status_code == 201
    assert first.json()["awardId"] not in other.text


async def one_of_everything(issuer: Issuer) -> list[str]:
    """Let there be one of whatever has an id; return where each is read."""
    award_id = (await issuer.award()).json()["awardId"]
    many = await issuer.post("/v1/revocation-batches", {"reason": "fraud", "awardIds": [award_id]})
    assert many.status_code == 201, many.text
    gone = await issuer.post(
        "/v1/learner-erasures",
        {"email": "nobody@example.nl", "reason": "learner-request"},
        scope="learners:erase",
    )
    assert gone.status_code == 201, gone.text
    await put(issuer)
    return [
        f"/v1/awards/{award_id}/versions",
        f"/v1/awards/{award_id}/versions/1",
        f"/v1/awards/{award_id}/versions/1/credential",
        gone.headers["location"].removeprefix(PUBLIC_URL),
        f"/v1/revocation-batches/{many.headers['location'].rpartition('/')[2]}",
        RESULT,
    ]


async def test_nobody_reads_anything_of_another(unwalled: Issuer) -> None:
    places = await one_of_everything(unwalled)

    theirs, own = [
        [
            await unwalled.client.get(path, headers=unwalled.headers(organisation, READING))
            for path in places
        ]
        for organisation in (NHL, UTWENTE)
    ]

    assert {path: answer.status_code for path, answer in zip(places, theirs, strict=True)} == (
        dict.fromkeys(places, 404)
    )
    assert {answer.status_code for answer in own} == {200}


async def test_nobody_is_shown_results_of_another(unwalled: Issuer) -> None:
    await one_of_everything(unwalled)

    assert (await unwalled.read("/v1/association-results")).json()["items"]
    assert (await unwalled.read("/v1/association-results", organisation=NHL)).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ("corrections", {"reason": "reassessed", "result": {"grade": "9"}}),
        ("suspensions", {"reason": "under-investigation"}),
        ("reinstatements", {"reason": "cleared"}),
        ("revocations", {"reason": "fraud"}),
    ],
)
async def test_nobody_changes_an_award_of_another(
    unwalled: Issuer, change: str, body: dict[str, object]
) -> None:
    award_id = (await unwalled.award()).json()["awardId"]

    refused = await unwalled.post(f"/v1/awards/{award_id}/{change}", body, organisation=NHL)

    assert (refused.status_code, refused.json()["code"]) == (404, "award-not-found")


async def test_nobody_revokes_many_awards_of_another_or_agrees_to_it(unwalled: Issuer) -> None:
    award_id = (await unwalled.award()).json()["awardId"]
    wish = {"reason": "fraud", "awardIds": [award_id]}
    asked = await unwalled.post("/v1/revocation-batches", wish)

    refused = await unwalled.post("/v1/revocation-batches", wish, organisation=NHL)
    agreed = await unwalled.post(
        f"/v1/revocation-batches/{asked.headers['location'].rpartition('/')[2]}/approvals",
        {"awards": 1},
        organisation=NHL,
        scope="awards:approve",
    )

    assert (refused.status_code, refused.json()["code"]) == (400, "awards-unknown")
    assert (agreed.status_code, agreed.json()["code"]) == (404, "revocation-batch-not-found")


async def a_batch(issuer: Issuer) -> str:
    sent = await issuer.client.post(
        "/v1/award-batches",
        json=[an_award_request(enrolmentReference="2026-QC-2")],
        headers=issuer.headers() | {"Idempotency-Key": uuid4().hex},
    )
    assert sent.status_code == 202, sent.text
    return f"/v1/award-batches/{sent.json()['batchId']}"


async def test_nobody_reads_a_batch_of_another(unwalled: Issuer) -> None:
    batch = await a_batch(unwalled)
    parts = ("", "/rows", "/failures", "/results", "/events", "/credentials")

    theirs = [await unwalled.read(f"{batch}{part}", organisation=NHL) for part in parts]
    listed = await unwalled.read("/v1/award-batches", organisation=NHL)

    assert {answer.status_code for answer in theirs} == {404}
    assert listed.json()["items"] == []
    assert (await unwalled.read(batch)).status_code == 200
    assert (await unwalled.read("/v1/award-batches")).json()["items"]


@pytest.mark.parametrize("decision", ["runs", "approvals", "rejections", "recalls"])
async def test_nobody_decides_on_a_batch_of_another(unwalled: Issuer, decision: str) -> None:
    batch = await a_batch(unwalled)
    bodies: dict[str, dict[str, object]] = {
        "runs": {"corrections": False},
        "recalls": {"rows": [1]},
    }

    refused = await unwalled.post(
        f"{batch}/{decision}",
        bodies.get(decision, {"digest": "0" * 64}),
        organisation=NHL,
        scope="awards:approve" if decision in {"approvals", "rejections"} else "awards:write",
    )

    assert (refused.status_code, refused.json()["code"]) == (404, "batch-not-found")
