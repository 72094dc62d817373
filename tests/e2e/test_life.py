"""The whole life of one microcredential, in one process on the embedded broker."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from services.catalog.settings import SEED_FOLDER
from services.demo.class_list import read_class_list
from services.demo.commands import command
from services.demo.story import TWENTE, play
from services.demo.supervisor import (
    FolderBusyError,
    PortBusyError,
    RunningDemo,
    running_demo,
)
from shared.runtime.settings import TEST_OIN
from tests.support.folders import a_folder
from tests.support.life import Listener

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 22)
LISTED = read_class_list((SEED_FOLDER / "class-list.csv").read_bytes(), today=TODAY)


@pytest.fixture(scope="module")
async def demo(anyio_backend: object) -> AsyncIterator[RunningDemo]:
    with a_folder() as folder:
        async with running_demo(folder, port=0) as demo:
            yield demo


@pytest.fixture(scope="module")
async def told(demo: RunningDemo) -> Listener:
    listener = Listener()
    await play(demo.places, demo.sandbox, LISTED, teller=listener)
    return listener


@pytest.fixture
async def anybody(demo: RunningDemo) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=demo.address) as client:
        yield client


async def export(demo: RunningDemo, anybody: httpx.AsyncClient, oin: str) -> list[str]:
    token = demo.sandbox.token(oin, ["registrations:read"])
    answer = await anybody.get(
        "/registry/v1/registrations?limit=100", headers={"Authorization": f"Bearer {token}"}
    )
    return [one["registrationId"] for one in answer.json()["items"]]


async def test_every_right_row_is_awarded_registered_and_verifiable(told: Listener) -> None:
    assert told.publication.is_new
    assert len(told.rows) == 23
    for row in told.rows:
        assert row.is_new, row.refusal
        assert row.registered_after is not None
        assert row.verifiable_after is not None


async def test_what_is_valid_is_revoked_after_its_revocation(told: Listener) -> None:
    assert told.revocation is not None
    assert told.revocation.before.state == "valid"
    assert told.revocation.after.state == "revoked"


async def test_the_register_keeps_both_versions_of_what_was_revoked(
    told: Listener, anybody: httpx.AsyncClient
) -> None:
    assert told.revocation is not None
    place = f"/registry/v1/registrations/{told.revocation.award_id}"
    versions = [(await anybody.get(f"{place}/versions/{n}")).json() for n in (1, 2)]

    assert [one["status"] for one in versions] == ["active", "revoked"]
    assert (await anybody.get(place)).json() == versions[1]
    assert (await anybody.get(f"{place}/versions/3")).status_code == 404


async def test_the_register_has_the_awards_of_the_institution_and_no_other(
    demo: RunningDemo, told: Listener, anybody: httpx.AsyncClient
) -> None:
    awarded = sorted(row.award_id for row in told.rows)

    assert sorted(await export(demo, anybody, TWENTE)) == awarded
    assert sorted(await export(demo, anybody, TEST_OIN)) == awarded
    assert await export(demo, anybody, "00000099000000220000") == []


async def test_the_story_played_again_awards_nobody_twice(
    demo: RunningDemo, told: Listener, anybody: httpx.AsyncClient
) -> None:
    again = Listener()
    await play(demo.places, demo.sandbox, LISTED, teller=again)

    assert not again.publication.is_new
    assert [row.award_id for row in again.rows] == [row.award_id for row in told.rows]
    assert not any(row.is_new for row in again.rows)
    assert again.revocation is not None
    assert told.revocation is not None
    assert again.revocation.award_id != told.revocation.award_id
    assert len(await export(demo, anybody, TWENTE)) == 23


@pytest.mark.parametrize(
    "path",
    ["/", "/?lang=en", "/catalog/", "/registry/", "/verifier/", "/catalog/health/ready"]
    + [f"/{name}/v1/openapi.json" for name in ("catalog", "issuer", "registry", "verifier")],
)
async def test_every_address_that_is_printed_answers(anybody: httpx.AsyncClient, path: str) -> None:
    assert (await anybody.get(path)).status_code == 200


async def test_every_link_on_the_front_page_leads_somewhere(anybody: httpx.AsyncClient) -> None:
    page = (await anybody.get("/")).text
    links = {part.split('"')[0] for part in page.split('href="')[1:]}

    assert len(links) > 8
    for link in links:
        if link.startswith("/"):
            assert (await anybody.get(link)).status_code == 200, link


async def test_an_unknown_address_is_a_problem_document(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get("/nothing/here")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_folder_is_for_one_demo_at_a_time(demo: RunningDemo) -> None:
    with pytest.raises(FolderBusyError):
        async with running_demo(demo.folder, port=0):
            pass


async def test_a_busy_port_is_named(demo: RunningDemo, tmp_path: Path) -> None:
    port = httpx.URL(demo.address).port or 0

    with pytest.raises(PortBusyError, match=str(port)):
        async with running_demo(tmp_path, port=port):
            pass


@pytest.mark.parametrize(("altered", "code", "word"), [(False, 0, "VALID"), (True, 1, "ALTERED")])
async def test_a_credential_in_a_file_is_verified_from_the_command_line(
    demo: RunningDemo, told: Listener, tmp_path: Path, *, altered: bool, code: int, word: str
) -> None:
    credential = told.rows[-1].credential
    head, claims, signature = credential.split(".")
    file = tmp_path / "credential.jwt"
    if altered:
        signature = ("B" if signature.startswith("A") else "A") + signature[1:]
    file.write_text(f"{head}.{claims}.{signature}\n")
    asked = ["verify", str(file), "--verifier", demo.places.verifier]

    answer = await asyncio.to_thread(CliRunner().invoke, command, asked)

    assert answer.exit_code == code, answer.output
    assert answer.output.startswith(f"{word}: ")
    assert len(re.findall(r"^ +\d+ ", answer.output, re.MULTILINE)) == 13
