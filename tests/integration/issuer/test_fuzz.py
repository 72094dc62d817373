"""A stranger with the issuer's OpenAPI document and time to try finds no answer that is not in it.

No 5xx, no status or body that is not declared, and nothing accepted that the document refuses; on a
real database and over a real socket, with a token that may do everything, and with an award, a
batch and a key that are there as well as with ids that are not. Two operations are left to tests
of their own: the upload, because no fuzzer writes workbooks (`test_batches_uploads`, and the unit
tests of reading), and events that are sent as they come (`test_batches_following`).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from anyio import to_thread

from services.issuer.app import create_app
from shared.runtime.access import SCOPES, mint_token
from tests.integration.issuer.conftest import KEY, TOKENS, an_issuer, issuer_settings
from tests.support.fuzzing import fuzz, served_on_a_socket
from tests.support.issuing import UTWENTE, an_award_request
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio
LEFT_OUT: Final = ("sendAwardBatch", "followAwardBatch")


@dataclass(frozen=True, slots=True)
class Served:
    """An issuer at an address, and a token for everything of an organisation."""

    address: str
    token: str

    async def fill(self) -> dict[str, str]:
        """Let there be an award, a batch and a key; return their ids as the document names them."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=f"{self.address}/v1", headers=headers) as http:
            awarded = await http.post(
                "/awards", json=an_award_request(), headers={"Idempotency-Key": "1"}
            )
            assert awarded.status_code == 201, awarded.text
            uploaded = await http.post(
                "/award-batches",
                json=[an_award_request()],
                headers={"Idempotency-Key": "1"},
            )
            assert uploaded.status_code == 202, uploaded.text
            keys: list[dict[str, Any]] = (await http.get("/keys")).json()["items"]
        return {
            "path.awardId": awarded.json()["awardId"],
            "path.version": "1",
            "path.batchId": uploaded.json()["batchId"],
            "path.thumbprint": keys[0]["thumbprint"],
            "path.entityId": "mc_test_badge",
        }


@pytest.fixture
async def served(make_database: MakeDatabase) -> AsyncIterator[Served]:
    """Serve an issuer that has heard of a provider and what it offers."""
    url = make_database("services.issuer")
    async with an_issuer(url):
        pass
    token = mint_token(
        KEY.as_dict(private=True),
        issuer=TOKENS,
        audience="urn:waarmerk",
        organisation=UTWENTE,
        scopes=sorted(SCOPES),
        client="tests",
        now=datetime.now(UTC),
    )
    async with served_on_a_socket(create_app(issuer_settings(url))) as address:
        yield Served(address, token)


@pytest.mark.parametrize("is_known", [False, True], ids=["strangers' ids", "ids that are there"])
async def test_no_question_gets_an_answer_that_is_not_declared(
    served: Served, tmp_path: Path, *, is_known: bool
) -> None:
    known = await served.fill()

    found = await to_thread.run_sync(
        lambda: fuzz(
            served.address, served.token, tmp_path, known if is_known else {}, left_out=LEFT_OUT
        )
    )

    assert not found, found
