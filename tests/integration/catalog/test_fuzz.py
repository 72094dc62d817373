"""A stranger with the OpenAPI document and time to try finds no answer that is not in it.

Schemathesis asks every operation of the catalogue what its document allows and what it forbids, on
a real database and over a real socket, with a token that may do everything: no 5xx, no status or
body that is not declared, and nothing accepted that the document refuses.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from anyio import to_thread
from httpx import AsyncClient

from services.catalog.app import create_app
from services.catalog.settings import Settings
from shared.runtime.access import SCOPES
from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import Catalogue, Clock
from tests.integration.catalog.offers import Provider
from tests.support.fuzzing import fuzz, served_on_a_socket
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

WHOLE: Final = content()


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Catalogue]:
    """Serve a catalogue on a free port, from a thread, with something of everything in it."""
    app = create_app(settings)
    clock = Clock()
    app.state.clock = clock
    async with (
        served_on_a_socket(app) as address,
        AsyncClient(base_url=address) as http,
    ):
        yield Catalogue(http, app, app.state.database, clock)


async def fill(catalogue: Catalogue) -> dict[str, str]:
    """Let the caller have drafts, and a published microcredential with a run and a new draft."""
    assert (await catalogue.record(TEST_OIN)).status_code == 201
    assert (await catalogue.publish_policy()).status_code == 201
    drafted = (await catalogue.draft(WHOLE, by=TEST_OIN)).json()["microcredentialId"]
    assert (await catalogue.submit(drafted, by=TEST_OIN)).status_code == 201
    published = await catalogue.approved(WHOLE, by=TEST_OIN)
    assert (await catalogue.publish_approved(published, by=TEST_OIN)).status_code == 201
    assert (await catalogue.put(published, WHOLE, by=TEST_OIN)).status_code == 200
    offered = await Provider(catalogue, published).offer(by=TEST_OIN)
    assert offered.status_code == 201, offered.text
    return {
        "path.microcredentialId": published,
        "path.offeringId": offered.json()["offeringId"],
        "path.oin": TEST_OIN,
        "path.policyId": "wo",
        "path.version": "1",
        "header.If-Match": "*",
    }


@pytest.mark.parametrize("is_known", [False, True], ids=["strangers' ids", "ids that are there"])
async def test_no_question_gets_an_answer_that_is_not_declared(
    served: Catalogue, tmp_path: Path, *, is_known: bool
) -> None:
    known = await fill(served)
    token = served.token(TEST_OIN, sorted(SCOPES))
    address = str(served.http.base_url).rstrip("/")

    found = await to_thread.run_sync(fuzz, address, token, tmp_path, known if is_known else {})

    assert not found, found
