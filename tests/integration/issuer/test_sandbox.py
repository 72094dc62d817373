"""Each magic value of a sandbox leads to its outcome, and to nothing anywhere else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.issuer.app import create_app
from services.issuer.domain.sandbox import TOLD, Magic, magic_of, table
from services.issuer.operations import sandbox
from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer, issuer_settings
from tests.integration.issuer.sending import outcome, put
from tests.support.batches import Institution, a_row
from tests.support.issuing import CANARY_FAMILY_NAME, CANARY_GIVEN_NAME, a_wish, an_award_request
from tests.support.material import ROOT
from tests.support.results import a_person, an_association, an_offering

pytestmark = pytest.mark.anyio


@pytest.fixture
async def playing(issuer: Issuer) -> AsyncIterator[Issuer]:
    """Give the same issuer as a sandbox."""
    settings = issuer.settings.model_copy(update={"sandbox": True})
    app = create_app(settings, issuer.database)
    app.state.clock = issuer.clock
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        client.base_url = httpx.URL("https://issuer.example.nl")
        yield replace(issuer, client=client, desk=app.state.desk, settings=settings)


async def by_reference(issuer: Issuer, magic: str, **more: Any) -> httpx.Response:
    reference = f"sandbox-{magic}-{uuid4().hex[:8]}"
    return await issuer.award(an_award_request(enrolmentReference=reference), **more)


async def by_address(issuer: Issuer, magic: str) -> httpx.Response:
    learner = {
        "email": f"{magic}@sandbox.example",
        "givenName": CANARY_GIVEN_NAME,
        "familyName": CANARY_FAMILY_NAME,
    }
    return await issuer.award(an_award_request(learner=learner))


async def status_of(issuer: Issuer, answer: httpx.Response) -> str:
    told: str = (await issuer.read(f"/v1/awards/{answer.json()['awardId']}")).json()["status"]
    return told


@pytest.mark.parametrize("magic", ["revoked", "suspended", "erased"])
async def test_what_becomes_of_an_award_happens_at_once(playing: Issuer, magic: str) -> None:
    for ask in (by_reference, by_address):
        answer = await ask(playing, magic)

        assert (answer.status_code, answer.json()["status"]) == (201, "granted")
        assert await status_of(playing, answer) == magic


async def test_a_repeated_request_gets_the_first_answer_and_nothing_twice(playing: Issuer) -> None:
    body = an_award_request(enrolmentReference="sandbox-revoked-1")

    first, second = await playing.award(body, key="one"), await playing.award(body, key="one")

    assert first.json() == second.json()
    assert len(await playing.ask("SELECT * FROM award_change")) == 1


@pytest.mark.parametrize(
    ("magic", "status", "code", "retry_after"),
    [
        ("archived", 409, "microcredential-archived", None),
        ("not-known-yet", 409, "microcredential-not-known-yet", "5"),
        ("no-signing-key", 503, "no-signing-key", "5"),
        ("still-running", 409, "still-running", "1"),
        ("row-fails", 400, "sandbox-row-fails", None),
    ],
)
async def test_a_refusal_can_be_had_for_sure(
    playing: Issuer, magic: str, status: int, code: str, retry_after: str | None
) -> None:
    for ask in (by_reference, by_address):
        answer = await ask(playing, magic)

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers.get("retry-after") == retry_after
    assert await playing.ask("SELECT * FROM award") == []


async def test_a_slow_answer_comes_in_the_end(
    playing: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", wait)

    answer = await by_reference(playing, "slow")

    assert answer.status_code == 201
    assert sandbox.SLOW_SECONDS in waited


async def test_a_row_of_a_batch_fails_when_it_is_signed(playing: Issuer) -> None:
    institution = Institution(playing, Workshop(playing.desk))
    rows = [a_row(1), a_row(2, Kenmerk="sandbox-row-fails-2"), a_row(3)]
    batch = await institution.sent_and_checked(rows, mode="run")

    await institution.run()

    results = await institution.results(batch["batchId"])
    assert [one["state"] for one in results] == ["signed", "failed", "signed"]
    assert results[1]["code"] == "sandbox-row-fails"


async def test_a_row_of_a_batch_is_a_row_as_any_without_the_setting(issuer: Issuer) -> None:
    institution = Institution(issuer, Workshop(issuer.desk))
    rows = [a_row(1, Kenmerk="sandbox-row-fails-1")]
    batch = await institution.sent_and_checked(rows, mode="run")

    await institution.run()

    assert [one["state"] for one in await institution.results(batch["batchId"])] == ["signed"]


@pytest.mark.parametrize(("is_sandbox", "becomes"), [(True, "suspended"), (False, "granted")])
async def test_a_result_that_is_sent_can_have_a_magic_address_too(
    issuer: Issuer, playing: Issuer, becomes: str, *, is_sandbox: bool
) -> None:
    at = playing if is_sandbox else issuer
    await at.hear(an_offering())

    await put(at, an_association(person=a_person(email="suspended@sandbox.example")))

    assert (await outcome(at))["awardStatus"] == becomes


async def test_every_answer_of_a_sandbox_says_so(playing: Issuer, issuer: Issuer) -> None:
    for answer in (
        await playing.award(),
        await playing.client.get("/v1/awards"),
        await playing.client.get("/v1/nothing"),
        await playing.client.get("/health/live"),
    ):
        assert answer.headers["sandbox"] == "true"
    assert "sandbox" not in (await issuer.award()).headers


@pytest.mark.parametrize("magic", [one for one in Magic if one is not Magic.SLOW])
async def test_without_the_setting_a_magic_value_is_a_value_as_any(
    issuer: Issuer, magic: Magic
) -> None:
    for ask in (by_reference, by_address):
        answer = await ask(issuer, magic)

        assert answer.status_code == 201
        assert await status_of(issuer, answer) == "granted"


def test_the_setting_is_off_unless_somebody_sets_it() -> None:
    assert issuer_settings("postgresql://nobody@127.0.0.1:1/nothing").sandbox is False


@pytest.mark.parametrize("magic", Magic)
def test_every_magic_value_is_found_and_told(magic: Magic) -> None:
    assert magic_of(a_wish(enrolment_reference=f"Sandbox-{magic.upper()}-1")) is magic
    assert magic_of(a_wish()) is None
    assert TOLD[magic] in table()


def test_the_readme_has_the_table() -> None:
    assert table() in (ROOT / "services/issuer/README.md").read_text(encoding="utf-8")
