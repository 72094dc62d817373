"""What lay on desks before there were reviews goes the same way to publication."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.catalog.settings import Settings
from shared.runtime import migrations
from shared.runtime.database import act_for
from tests.integration.catalog.conftest import NOW, PROVIDER, Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

OLD_DESK = """
    INSERT INTO desk (microcredential_id, organisation, draft, versions, changed_at)
    VALUES (:id, :organisation, CAST(:draft AS jsonb), 0, :now)
    """


async def test_a_draft_of_before_is_a_draft_without_a_known_editor(
    empty: Catalogue, settings: Settings
) -> None:
    await migrations.downgrade(settings.database_url, "services.catalog", "0001")
    microcredential_id = uuid4()
    async with empty.database.transaction() as session:
        await act_for(session, PROVIDER)
        await session.execute(
            text(OLD_DESK),
            {
                "id": microcredential_id,
                "organisation": PROVIDER,
                "draft": json.dumps(content()),
                "now": NOW,
            },
        )
    await migrations.upgrade(settings.database_url, "services.catalog")
    await empty.database.dispose()
    await empty.record()
    await empty.publish_policy()

    read = await empty.http.get(
        f"/v1/microcredentials/{microcredential_id}", headers=empty.headers()
    )
    at_once = await empty.publish_approved(str(microcredential_id))
    published = await empty.publish(str(microcredential_id))

    assert read.headers["etag"] == '"1"'
    assert read.json()["draft"]["state"] == "draft"
    assert at_once.json()["code"] == "not-approved"
    assert published.status_code == 201
