"""Where an OEAPI is imported from: only what is public, only one's own, and never for ever."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from services.catalog.app import create_worker
from services.catalog.oeapi.importing import Kind
from services.catalog.operations.oeapi_placing import place_found
from services.catalog.operations.oeapi_pull import Found
from services.catalog.repository import oeapi_imports
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.embedded import EmbeddedBroker
from tests.integration.catalog.conftest import PUBLIC_URL, STRANGER, Catalogue
from tests.integration.catalog.institution import (
    SOURCE,
    Institution,
    a_programme,
    an_institution,
    in_sandbox,
    register,
    run,
    work,
)
from tests.support.bus import at_work, until
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def institution() -> AsyncIterator[Institution]:
    """Give an institution with an OEAPI of its own."""
    async with an_institution() as one:
        yield one


@pytest.fixture
async def importing(catalogue: Catalogue, institution: Institution) -> Catalogue:
    """Give a catalogue in a sandbox, in which the institution registered its OEAPI."""
    return await in_sandbox(catalogue, institution)


async def test_no_connection_waits_for_the_source(
    importing: Catalogue, institution: Institution
) -> None:
    held: list[int] = []
    pool = importing.database.engine.pool
    # The pool of an engine is a QueuePool, which its annotation does not say.
    institution.meanwhile = lambda: held.append(pool.checkedout())  # type: ignore[attr-defined]
    await importing.published(content(primaryCode="QC-101"))
    institution.programmes = [a_programme()]

    await run(importing)

    assert len(held) >= 3
    assert set(held) == {0}


async def test_many_pages_are_read(importing: Catalogue, institution: Institution) -> None:
    institution.programmes = [a_programme(formalDocument="diploma") for _ in range(600)]
    institution.programmes.append(a_programme())

    report = await run(importing)

    assert report["counts"] == {"created": 1}
    assert institution.asked[:3] == ["programmes"] * 3


@pytest.mark.parametrize(
    ("instead", "code"),
    [
        (JSONResponse({}, 403), "source-refused"),
        (JSONResponse({"items": 5}), "source-unreadable"),
        (Response(b"{", media_type="application/json"), "source-unreadable"),
        (Response("<html>", media_type="text/html"), "answer-refused"),
        (RedirectResponse("http://169.254.169.254/latest/meta-data"), "source-refused"),
        (JSONResponse({"items": ["x" * 600_000]}), "answer-too-large"),
        (
            StreamingResponse(iter([b" " * 100_000] * 10), media_type="application/json"),
            "answer-too-large",
        ),
        (
            Response(b"{}", headers={"Content-Encoding": "gzip"}, media_type="application/json"),
            "answer-refused",
        ),
    ],
)
async def test_a_source_that_does_not_answer_well_fails_the_import_and_says_why(
    importing: Catalogue, institution: Institution, instead: Response, code: str
) -> None:
    institution.instead = instead

    report = await run(importing)

    assert (report["state"], report["problem"]["code"]) == ("failed", code)
    assert report["problem"]["detail"].keys() == {"nl", "en"}
    assert report["items"] == []


async def test_a_source_that_is_gone_fails_the_import(importing: Catalogue) -> None:
    assert (await register(importing, "http://127.0.0.1:1/")).status_code == 200

    report = await run(importing)

    assert report["problem"]["code"] == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "http://oeapi.example.nl/v6",
        "https://127.0.0.1/v6",
        "https://10.1.2.3/v6",
        "https://[::1]/v6",
        "https://user:pass@oeapi.example.nl/v6",
        "https://oeapi.example.nl/v6?x=1",
        "ftp://oeapi.example.nl",
        "nonsense",
    ],
)
async def test_outside_a_sandbox_only_a_public_address_is_registered(
    catalogue: Catalogue, url: str
) -> None:
    refused = await register(catalogue, url)

    assert refused.status_code == 400, refused.text
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/url"]
    assert url not in refused.text


async def test_only_the_organisation_itself_registers_imports_and_reads(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme()]
    report = await run(importing)
    strange = importing.headers(STRANGER)

    assert (await register(importing, institution.url, by=STRANGER)).status_code == 403
    assert (await importing.http.get(SOURCE, headers=strange)).status_code == 403
    where = f"/v1/oeapi-imports/{report['importId']}"
    assert (await importing.http.get(where, headers=strange)).status_code == 404
    assert (await importing.http.get(where)).status_code == 401
    nothing = await importing.http.post("/v1/oeapi-imports", json={}, headers=strange)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no-oeapi-source")


async def test_one_import_at_a_time_and_the_same_key_asks_once(importing: Catalogue) -> None:
    headers = importing.headers(key="again")
    first = await importing.http.post("/v1/oeapi-imports", json={}, headers=headers)
    again = await importing.http.post("/v1/oeapi-imports", json={}, headers=headers)
    other = await importing.http.post(
        "/v1/oeapi-imports", json={}, headers=importing.headers(key="other")
    )

    assert (first.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "oeapi-import-under-way")
    assert await work(importing)
    assert not await work(importing)


async def test_an_import_that_a_process_left_is_done_by_the_next(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme(), a_programme(primaryCode="B")]
    asked = await importing.http.post("/v1/oeapi-imports", json={}, headers=importing.headers())
    async with importing.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        now = importing.clock()
        claimed = await oeapi_imports.claim_import(
            session, now=now, lease_until=now + timedelta(minutes=20)
        )
        assert claimed is not None
    async with importing.database.transaction() as session:
        first = institution.programmes[0]
        found = Found(Kind.PROGRAMME, UUID(first["programmeId"]), dict(first))
        assert await place_found(session, claimed, found, also=(), now=now)
    assert not await work(importing)
    importing.clock.pass_(minutes=21)

    assert await work(importing)

    report = await importing.http.get(
        f"/v1/oeapi-imports/{asked.json()['importId']}", headers=importing.headers()
    )
    assert report.json()["counts"] == {"created": 2}


async def test_the_worker_does_the_imports(
    importing: Catalogue, institution: Institution, broker: EmbeddedBroker
) -> None:
    institution.programmes = [a_programme()]
    told = {"fetch_anywhere": True, "kafka_servers": broker.servers}
    settings = importing.app.state.settings.model_copy(update=told)
    asked = await importing.http.post("/v1/oeapi-imports", json={}, headers=importing.headers())
    where = asked.headers["location"].removeprefix(PUBLIC_URL)

    async def is_done() -> bool:
        report = await importing.http.get(where, headers=importing.headers())
        return bool(report.json()["state"] == "done")

    async with at_work(create_worker(settings, importing.database).run):
        await until(is_done)
