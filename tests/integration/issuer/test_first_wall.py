"""The token alone keeps organisations apart: row-level security is off here, and no signer asked.

That the second wall and the third each stand alone is in `test_walls`.
"""

from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.integration.issuer.conftest import Issuer
from tests.integration.issuer.test_walls import TENANT_TABLES
from tests.support.issuing import NHL, UTWENTE, an_award_request

pytestmark = pytest.mark.anyio


@pytest.fixture
async def unwalled(issuer: Issuer) -> Issuer:
    """Give an issuer whose tables everybody who owns them may read."""
    async with issuer.database.transaction() as session:
        for table in TENANT_TABLES:
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
