"""A stranger with the OpenAPI document and time to try finds no answer that is not in it.

Schemathesis asks every operation of the catalogue what its document allows and what it forbids, on
a real database and over a real socket, with a token that may do everything: no 5xx, no status or
body that is not declared, and nothing accepted that the document refuses.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Final

import anyio
import pytest
import uvicorn
from anyio import to_thread
from httpx import AsyncClient

from services.catalog.app import create_app
from services.catalog.settings import Settings
from shared.runtime.access import SCOPES
from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import Catalogue, Clock
from tests.integration.catalog.offers import Provider
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

MAX_EXAMPLES: Final = int(os.environ.get("WAARMERK_FUZZ_EXAMPLES", "6"))
PHASES: Final = "examples,coverage,fuzzing,stateful"
# What a schema allows can still break a rule, such as a text with HTML; 400 is a right answer then.
NOT_ASKED: Final = "positive_data_acceptance"
WHOLE: Final = content()


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Catalogue]:
    """Serve a catalogue on a free port, from a thread, with something of everything in it."""
    app = create_app(settings)
    clock = Clock()
    app.state.clock = clock
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            await anyio.sleep(0.02)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with AsyncClient(base_url=address) as http:
            yield Catalogue(http, app, app.state.database, clock)
        server.should_exit = True
        await to_thread.run_sync(thread.join)


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


def fuzz(address: str, token: str, folder: Path, known: dict[str, str]) -> str:
    """Let schemathesis ask everything, the same questions on every run; return what it found."""
    config = folder / "schemathesis.toml"
    lines = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in known.items()]
    config.write_text("\n".join(["[parameters]", *lines]))
    found = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            f"--config-file={config}",
            "run",
            f"{address}/v1/openapi.json",
            f"--url={address}/v1",
            f"--header=Authorization: Bearer {token}",
            f"--phases={PHASES}",
            f"--exclude-checks={NOT_ASKED}",
            f"--max-examples={MAX_EXAMPLES}",
            # What is known replaces what is forbidden too, so only what is allowed is asked then.
            *(["--include-path-regex={", "--mode=positive"] if known else []),
            "--generation-deterministic",
            "--suppress-health-check=all",
            "--continue-on-failure",
            "--warnings=off",
            "--no-color",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if found.returncode == 0 else found.stdout + found.stderr


@pytest.mark.parametrize("is_known", [False, True], ids=["strangers' ids", "ids that are there"])
async def test_no_question_gets_an_answer_that_is_not_declared(
    served: Catalogue, tmp_path: Path, *, is_known: bool
) -> None:
    known = await fill(served)
    token = served.token(TEST_OIN, sorted(SCOPES))
    address = str(served.http.base_url).rstrip("/")

    found = await to_thread.run_sync(fuzz, address, token, tmp_path, known if is_known else {})

    assert not found, found
