"""Snapshots in a real PostgreSQL: the register at one sequence number, while it goes on."""

import asyncio
import gzip
import hashlib
import json
import tracemalloc
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.registry.app import create_app
from services.registry.domain.snapshots import (
    AT_LEAST,
    Form,
    PackedFile,
    RegisterNow,
    Snapshot,
    SnapshotUnknownError,
    is_due,
    may_replaced_go,
)
from services.registry.operations import snapshots
from shared.runtime.database import Database
from tests.support.awards import (
    NOW,
    an_award,
    erased,
    granted,
    revoked,
    suspended,
)
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


async def take(register: Database, *, now: datetime = NOW) -> Snapshot:
    taken = await snapshots.take_snapshot(register, now=now, rest=0)
    assert taken is not None
    return taken


async def file_of(register: Database, snapshot: Snapshot) -> bytes:
    last = snapshot.file(Form.GZIP).size - 1
    pieces = snapshots.read_file(register, snapshot, Form.GZIP, first=0, last=last)
    return b"".join([piece async for piece in pieces])


async def lines_of(register: Database, snapshot: Snapshot) -> dict[UUID, dict[str, Any]]:
    lines = gzip.decompress(await file_of(register, snapshot)).splitlines()
    states = [json.loads(line) for line in lines]
    assert len(states) == snapshot.registrations
    return {UUID(state["registrationId"]): state for state in states}


async def test_a_snapshot_has_the_last_state_of_what_is_in_the_log_and_nothing_else(
    register: Database,
) -> None:
    stays, changes, goes, late = (an_award() for _ in range(4))
    await hear(register, granted(stays), granted(changes), granted(goes))
    await hear(register, suspended(changes.award_id), erased(goes.award_id))
    await put_in_log(register)
    # Recorded and not logged yet: a consumer hears of these after the snapshot.
    await hear(register, granted(late), revoked(stays.award_id))

    taken = await take(register)

    lines = await lines_of(register, taken)
    assert taken.sequence == 5
    assert {about: (one["recordVersion"], one["status"]) for about, one in lines.items()} == {
        stays.award_id: (1, "active"),
        changes.award_id: (2, "suspended"),
    }


async def test_what_is_erased_is_in_no_snapshot_even_before_that_is_told(
    register: Database,
) -> None:
    award = an_award()
    await hear(register, granted(award))
    await put_in_log(register)
    await hear(register, erased(award.award_id))

    assert await lines_of(register, await take(register)) == {}


async def test_a_snapshot_is_of_one_moment_however_the_register_goes_on(
    register: Database,
) -> None:
    awards = [an_award() for _ in range(60)]
    await hear(register, *map(granted, awards))
    await put_in_log(register)
    going_on = asyncio.Event()

    async def go_on() -> None:
        for award in awards:
            await hear(register, revoked(award.award_id))
            await put_in_log(register)
            going_on.set()

    changing = asyncio.create_task(go_on())
    await going_on.wait()
    taken = [await take(register) for _ in range(4)]
    await changing

    for snapshot in taken:
        lines = await lines_of(register, snapshot)
        revocations = sum(line["status"] == "revoked" for line in lines.values())
        assert len(lines) == 60
        assert revocations == snapshot.sequence - 60


async def test_only_one_snapshot_is_made_at_a_time(register: Database) -> None:
    await hear(register, *(granted(an_award()) for _ in range(50)))
    await put_in_log(register)

    made = await asyncio.gather(*(snapshots.take_snapshot(register, now=NOW) for _ in range(4)))

    # Who comes while it is made gets none, who comes later that one.
    assert len({one.file(Form.GZIP).digest for one in made if one}) == 1
    assert await snapshots.take_snapshot(register, now=NOW + DAY) == next(filter(None, made))


async def test_a_snapshot_that_is_broken_off_leaves_nothing_behind(register: Database) -> None:
    await hear(register, *(granted(an_award()) for _ in range(20)))
    await put_in_log(register)
    making = asyncio.create_task(snapshots.take_snapshot(register, now=NOW, rest=1000))
    await asyncio.sleep(0.3)
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)

    with pytest.raises(SnapshotUnknownError):
        await snapshots.read_latest(register)
    assert (await take(register)).registrations == 20


async def test_before_the_log_has_begun_there_is_no_snapshot(
    register: Database, http: httpx.AsyncClient
) -> None:
    assert await snapshots.take_snapshot(register, now=NOW) is None
    answer = await http.get("/v1/snapshots/latest")
    assert (answer.status_code, answer.json()["code"]) == (404, "snapshot-unknown")


async def test_a_register_without_registrations_has_an_empty_snapshot(
    register: Database, http: httpx.AsyncClient
) -> None:
    await put_in_log(register)
    await take(register)

    said = (await http.get("/v1/snapshots/latest")).json()
    file = await http.get("/v1/snapshots/0/file")

    assert (said["sequence"], said["registrations"]) == ("0" * 16, 0)
    assert gzip.decompress(file.content) == b""


async def test_the_latest_snapshot_says_all_that_is_needed_to_fetch_it(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(3)))
    await put_in_log(register)
    taken = await take(register)
    packed, zstd = taken.file(Form.GZIP), taken.file(Form.ZSTD)

    said = (await http.get("/v1/snapshots/latest")).json()
    file = await http.get("/v1/snapshots/3/file")

    assert {frozenset(one.items()) for one in said.pop("files")} == {
        frozenset(
            {
                "mediaType": f"application/{form}",
                "size": one.size,
                "digest": one.digest.hex(),
                "file": f"https://register.example.nl/v1/snapshots/3/file?form={form}",
            }.items()
        )
        for form, one in ((Form.GZIP, packed), (Form.ZSTD, zstd))
    }
    assert said == {
        "sequence": "0000000000000003",
        "takenAt": "2026-11-22T12:00:00Z",
        "registrations": 3,
        "size": packed.size,
        "digest": packed.digest.hex(),
        "mediaType": "application/gzip",
        "contentType": "application/x-ndjson",
        "file": "https://register.example.nl/v1/snapshots/3/file",
        "events": "https://register.example.nl/v1/events?afterSequence=3",
    }
    again = (await http.get("/v1/snapshots/3")).json()
    assert again == said | {"files": again["files"]}
    assert hashlib.sha256(file.content).hexdigest() == said["digest"]
    assert file.headers["content-type"] == "application/gzip"
    assert "content-encoding" not in file.headers
    assert file.headers["repr-digest"] == file.headers["content-digest"]
    assert file.headers["etag"] == f'"{said["digest"]}"'


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=5-9", 206, slice(5, 10)),
        ("bytes=5-999999", 206, slice(5, None)),
        ("bytes=-4", 206, slice(-4, None)),
        ("bytes=-999999", 206, slice(0, None)),
        ("bytes=999999-", 200, slice(0, None)),
        ("bytes=-0", 200, slice(0, None)),
        ("bytes=9-5", 200, slice(0, None)),
        ("bytes=0-1,5-6", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
    ],
)
async def test_a_file_is_resumed_from_anywhere(
    register: Database, http: httpx.AsyncClient, wanted: str, status: int, part: slice
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(3)))
    await put_in_log(register)
    whole = await file_of(register, await take(register))

    answer = await http.get("/v1/snapshots/3/file", headers={"Range": wanted})

    assert (answer.status_code, answer.content) == (status, whole[part])
    if status == 206:
        first = range(len(whole))[part].start
        last = first + len(answer.content) - 1
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"


async def test_who_began_with_another_file_gets_this_one_whole(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, granted(an_award()))
    await put_in_log(register)
    taken = await take(register)
    address = "/v1/snapshots/1/file"

    other = await http.get(address, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    same = await http.get(
        address,
        headers={"Range": "bytes=5-", "If-Range": f'"{taken.file(Form.GZIP).digest.hex()}"'},
    )

    assert (other.status_code, same.status_code) == (200, 206)


async def test_only_so_many_fetch_a_file_at_once(
    register: Database, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hear(register, granted(an_award()))
    await put_in_log(register)
    await take(register)
    monkeypatch.setattr("services.registry.routes.snapshots._downloading", asyncio.Semaphore(0))

    answer = await http.get("/v1/snapshots/1/file")

    assert (answer.status_code, answer.json()["code"]) == (503, "too-many-downloads")
    assert answer.headers["retry-after"] == "60"


async def test_an_erasure_leaves_every_snapshot_within_two_hours(register: Database) -> None:
    award, other = an_award(), an_award()
    await hear(register, granted(award), granted(other), now=NOW - DAY)
    await put_in_log(register)
    held: list[list[str]] = []

    async def keep(minutes: int) -> None:
        moment = NOW + timedelta(minutes=minutes)
        await snapshots.keep_snapshots(register, now=moment, every=DAY)
        async with register.transaction() as session:
            rows = await session.scalars(text("SELECT sequence FROM snapshot ORDER BY 1"))
            held.append([str(row) for row in rows])

    await keep(0)
    await hear(register, erased(award.award_id), now=NOW + timedelta(minutes=10))
    await put_in_log(register)
    for minutes in (11, 59, 60, 119, 120):
        await keep(minutes)

    assert held == [["2"], ["2"], ["2"], ["2", "3"], ["2", "3"], ["3"]]


def a_snapshot(sequence: int = 10) -> Snapshot:
    files = {Form.GZIP: PackedFile(1, b"")}
    return Snapshot(sequence=sequence, taken_at=NOW, registrations=1, files=files)


@pytest.mark.parametrize(
    ("register_now", "age", "due"),
    [
        (RegisterNow(sequence=10, has_erased=False), 10 * DAY, False),
        (RegisterNow(sequence=11, has_erased=False), DAY, True),
        (RegisterNow(sequence=11, has_erased=False), DAY - timedelta(seconds=1), False),
        (RegisterNow(sequence=11, has_erased=True), AT_LEAST, True),
        (RegisterNow(sequence=11, has_erased=True), AT_LEAST - timedelta(seconds=1), False),
        (RegisterNow(sequence=10, has_erased=True), DAY, False),
    ],
)
def test_a_snapshot_is_replaced_when_it_is_old_or_says_too_much(
    register_now: RegisterNow, age: timedelta, *, due: bool
) -> None:
    assert is_due(a_snapshot(), register_now, now=NOW + age, every=DAY) is due
    assert is_due(None, register_now, now=NOW, every=DAY)
    assert may_replaced_go(a_snapshot(), now=NOW + age) is (age >= AT_LEAST)


async def test_making_a_snapshot_takes_no_more_memory_for_more_registrations(
    register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "PART_BYTES", 4096)
    monkeypatch.setattr(snapshots, "AT_ONCE", 50)
    peaks = []
    for more in (300, 3000):
        await hear(register, *(granted(an_award()) for _ in range(more)))
        await put_in_log(register)
        tracemalloc.start()
        await take(register)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 200_000
