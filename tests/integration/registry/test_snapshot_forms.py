"""The forms of a snapshot in a real PostgreSQL: the same lines, each with its own digest."""

import gzip
import hashlib
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import zstandard
from sqlalchemy import text

from services.registry.app import create_app
from services.registry.domain.snapshots import AT_LEAST, Form, Snapshot
from services.registry.operations import snapshots
from shared.runtime.database import Database
from tests.support.awards import NOW, an_award, granted
from tests.support.copies import hear
from tests.support.registering import put_in_log, register_settings

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(register_settings(register.url, log_key=None), register)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://register") as client:
        yield client


async def take(register: Database) -> Snapshot:
    taken = await snapshots.take_snapshot(register, now=NOW, rest=0)
    assert taken is not None
    return taken


def unpacked(octets: bytes, form: Form) -> bytes:
    match form:
        case Form.GZIP:
            return gzip.decompress(octets)
        case Form.ZSTD:
            with zstandard.ZstdDecompressor().stream_reader(octets) as opened:
                return opened.read()


@pytest.mark.parametrize("form", list(Form), ids=str)
async def test_each_form_is_a_file_of_its_own_with_the_same_lines(
    register: Database, http: httpx.AsyncClient, form: Form
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(30)))
    await put_in_log(register)
    await take(register)
    lines = gzip.decompress((await http.get("/v1/snapshots/30/file")).content)
    address = f"/v1/snapshots/30/file?form={form}"

    file = await http.get(address)

    said = (await http.get("/v1/snapshots/latest")).json()["files"]
    [own] = [one for one in said if one["mediaType"] == f"application/{form}"]
    assert unpacked(file.content, form) == lines
    assert file.headers["content-type"] == own["mediaType"]
    assert len(file.content) == own["size"]
    assert hashlib.sha256(file.content).hexdigest() == own["digest"]
    assert file.headers["etag"] == f'"{own["digest"]}"'
    resumed = {"Range": "bytes=7-", "If-Range": file.headers["etag"]}
    assert (await http.get(address, headers=resumed)).content == file.content[7:]
    other = Form.GZIP if form is Form.ZSTD else Form.ZSTD
    mixed = await http.get(f"/v1/snapshots/30/file?form={other}", headers=resumed)
    assert mixed.status_code == 200


async def test_the_smallest_form_is_named_first(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(30)))
    await put_in_log(register)
    await take(register)

    said = (await http.get("/v1/snapshots/latest")).json()["files"]

    assert [one["size"] for one in said] == sorted(one["size"] for one in said)


async def test_a_snapshot_from_before_there_was_another_form_is_there_in_gzip_only(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, granted(an_award()))
    await put_in_log(register)
    await take(register)
    async with register.transaction() as session:
        for table in ("snapshot_form", "snapshot_form_part"):
            await session.execute(text(f"DELETE FROM {table}"))

    said = (await http.get("/v1/snapshots/latest")).json()
    answer = await http.get("/v1/snapshots/1/file?form=zstd")

    assert [one["mediaType"] for one in said["files"]] == ["application/gzip"]
    assert (answer.status_code, answer.json()["code"]) == (404, "snapshot-form-unknown")
    assert (await http.get("/v1/snapshots/1/file")).status_code == 200


async def test_a_form_that_nobody_knows_is_refused(
    register: Database, http: httpx.AsyncClient
) -> None:
    await put_in_log(register)
    await take(register)

    answer = await http.get("/v1/snapshots/0/file?form=zip")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["in"] == "query"


async def test_what_is_dropped_is_dropped_in_every_form(register: Database) -> None:
    await hear(register, granted(an_award()))
    await put_in_log(register)
    await snapshots.keep_snapshots(register, now=NOW - 2 * DAY, every=DAY)
    await hear(register, granted(an_award()))
    await put_in_log(register)
    for moment in (NOW, NOW + AT_LEAST):
        await snapshots.keep_snapshots(register, now=moment, every=DAY)

    async with register.transaction() as session:
        for table in ("snapshot_part", "snapshot_form", "snapshot_form_part"):
            held = await session.scalars(text(f"SELECT DISTINCT sequence FROM {table}"))
            assert list(held) == [2]


@pytest.mark.parametrize("form", list(Form), ids=str)
async def test_a_file_is_cut_in_parts_and_put_together_again(
    register: Database, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    monkeypatch.setattr(snapshots, "PART_BYTES", 100)
    monkeypatch.setattr(snapshots, "AT_ONCE", 3)
    await hear(register, *(granted(an_award()) for _ in range(20)))
    await put_in_log(register)
    taken = await take(register)

    address = f"/v1/snapshots/20/file?form={form}"
    whole = (await http.get(address)).content
    assert taken.file(form).size == len(whole) > 500
    assert hashlib.sha256(whole).digest() == taken.file(form).digest
    assert len(unpacked(whole, form).splitlines()) == 20
    for first, last in itertools.product((0, 99, 100, 101, 250), (299, 300, 301)):
        asked = {"Range": f"bytes={first}-{last}"}
        answer = await http.get(address, headers=asked)
        assert answer.content == whole[first : last + 1]
