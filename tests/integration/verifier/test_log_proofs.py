"""A log proof beside a credential, over HTTP: what it saves, what not, and what is bad form."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import AnyHttpUrl, SecretStr

from services.verifier.app import create_app
from services.verifier.settings import Settings
from shared.contracts.events import IssuerKeyCompromised, IssuerKeyPublished, StatusListPublished
from shared.runtime.database import Database
from tests.integration.verifier.conftest import Hear
from tests.support.cosigners import LOG, QUANTUM, WITNESS
from tests.support.log_proofs import a_log_proof
from tests.unit.verifier.forge import DID, LIST_URL, NOW, OIN, OTHER_KEY, a_list, payload_of
from tests.unit.verifier.world import a_registration, an_issuer_key

pytestmark = pytest.mark.anyio

LOST = NOW - timedelta(days=3)
BEFORE = LOST - timedelta(hours=1)
NEW_KID = f"{DID}#{OTHER_KEY.public.thumbprint}"


@pytest.fixture
async def watcher(settings: Settings, database: Database, receipt_key: str) -> AsyncIterator[Any]:
    """Give a verifier that believes the log and two witnesses, and signs receipts."""
    told = {
        "log_keys": (LOG.key.vkey,),
        "log_witnesses": (WITNESS.key.vkey, QUANTUM.key.vkey),
        "log_quorum": 2,
        "receipt_key": SecretStr(receipt_key),
    }
    app = create_app(settings.model_copy(update=told), database)
    app.state.clock = lambda: NOW
    async with AsyncClient(transport=ASGITransport(app), base_url="https://v.example") as client:
        yield client


@pytest.fixture
async def lost(token: str, hear: Hear) -> str:
    """Give an honest credential of which the key was lost since, and the list signed anew."""
    new = an_issuer_key().model_copy(update={"kid": NEW_KID, "public_jwk": OTHER_KEY.public.jwk})
    old = an_issuer_key(compromised_at=NOW).model_copy(update={"compromised_since": LOST})
    await hear(
        IssuerKeyPublished(record_version=1, key=new),
        IssuerKeyCompromised(record_version=2, key=old),
        StatusListPublished(
            record_version=9,
            url=AnyHttpUrl(LIST_URL),
            organisation=OIN,
            signed=a_list(key=OTHER_KEY, kid=NEW_KID),
        ),
    )
    return token


def a_proof(token: str, *, late: bool = False) -> str:
    at = NOW if late else BEFORE
    held = a_registration(payload_of(token))
    return a_log_proof(held, {WITNESS: at, QUANTUM: at}).to_bytes().decode()


def at_the_key(answer: dict[str, Any]) -> tuple[str, str, str]:
    key = answer["checks"][4]
    return answer["verdict"]["state"], key["outcome"], key["code"]


async def test_a_proof_from_before_saves_it_and_nothing_else_does(
    watcher: AsyncClient, lost: str
) -> None:
    async def ask(**beside: str) -> dict[str, Any]:
        answer = await watcher.post("/v1/verifications", json={"credential": lost} | beside)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    told = await ask(logProof=a_proof(lost))
    assert at_the_key(told) == ("valid", "ok", "key-lost-later")
    assert "logboek" in told["checks"][4]["explanation"]["nl"]
    assert told["credential"] is not None

    for beside in ({}, {"logProof": a_proof(lost, late=True)}, {"logProof": "nonsense"}):
        told = await ask(**beside)
        assert at_the_key(told) == ("altered", "failed", "key-compromised")
        assert told["credential"] is None


async def test_a_receipt_is_given_of_what_a_proof_saved(watcher: AsyncClient, lost: str) -> None:
    asked = {"credential": lost, "logProof": a_proof(lost)}
    answer = await watcher.post("/v1/verifications/receipts", json=asked)

    content = answer.json()["content"]
    assert content["verdict"]["state"] == "valid"
    assert "key-lost-later" in answer.text


async def test_a_verifier_that_was_told_no_log_says_so(verifier: AsyncClient, lost: str) -> None:
    asked = {"credential": lost, "logProof": a_proof(lost)}
    told = (await verifier.post("/v1/verifications", json=asked)).json()

    assert at_the_key(told) == ("altered", "failed", "key-compromised")
    assert "hier niet controleren" in told["checks"][4]["explanation"]["nl"]


@pytest.mark.parametrize(
    "wrong", ["", 7, ["c2sp.org"], "x" * 400_001], ids=["empty", "a number", "a list", "too long"]
)
async def test_what_is_no_text_is_refused_as_the_request_it_is(
    verifier: AsyncClient, token: str, wrong: object
) -> None:
    answer = await verifier.post("/v1/verifications", json={"credential": token, "logProof": wrong})

    assert answer.status_code == 400
    assert "/logProof" in answer.text
