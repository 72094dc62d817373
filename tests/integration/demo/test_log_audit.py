"""Who audits the log from outside finds every lie, names where it begins, and needs no trust."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from services.demo.commands import command
from services.demo.log_audit import (
    AuditStoppedError,
    Found,
    LogLiesError,
    LogReader,
    audit_log,
)
from services.demo.log_audit_memory import LastRun, find_last_run, keep_run
from services.demo.log_policy import policy_of
from shared.proofs.log_entries import EntryKind
from shared.proofs.notes import NoteForgedError
from tests.support.cosigners import LOG, WITNESS
from tests.support.forged_log import FiledLog, an_entry
from tests.support.postgres import in_own_loop
from tests.support.serving import serving

pytestmark = pytest.mark.anyio
TRUST = policy_of([LOG.key.vkey], [], None)


def a_log(size: int) -> FiledLog:
    log = FiledLog()
    log.add(an_entry(number) for number in range(size))
    return log


async def audit(log: FiledLog, last: LastRun | None = None, *, anew: bool = False) -> Found:
    def answer(request: httpx.Request) -> httpx.Response:
        octets = log.read(request.url.path.removeprefix("/log/"))
        return httpx.Response(404) if octets is None else httpx.Response(200, content=octets)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        return await audit_log(LogReader(client, "https://register/log"), TRUST, last, anew=anew)


def remembered(found: Found, file: Path) -> LastRun:
    keep_run(file, LastRun(vkeys=(LOG.key.vkey,), note=found.note, growth=found.growth))
    last = find_last_run(file)
    assert last is not None
    return last


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000, 65_536, 65_537 + 256])
async def test_a_log_that_is_well_is_found_well(size: int) -> None:
    log = a_log(size)

    found = await audit(log)

    assert found.checkpoint.head == log.tree.head()
    assert found.kinds == {"issued": size}
    assert {path for path in log.asked if "entries" in path} == {*log.bundles}
    tiles = {path for path in log.asked if path.startswith("tile") and "entries" not in path}
    assert len(tiles) == len(log.tiles)


@settings(max_examples=25)
@given(sizes=st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_audits_one_after_the_other_read_each_entry_once(sizes: list[int]) -> None:
    async def check() -> None:
        log, last = FiledLog(), None
        log.add([])
        for size in sizes:
            log.add(an_entry(len(log.entries) + number) for number in range(size))
            found = await audit(log, last)
            assert sum(found.kinds.values()) == size
            assert found.growth.tree == log.tree
            last = LastRun(vkeys=(), note=found.note, growth=found.growth)

    in_own_loop(check)


async def test_the_next_run_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    log = a_log(700)
    last = remembered(await audit(log), tmp_path / "run")
    log.add(an_entry(number) for number in range(700, 1100))
    log.asked.clear()

    found = await audit(log, last)

    assert (found.first, found.kinds) == (700, {"issued": 400})
    assert log.asked.count("tile/entries/000") == 0
    assert "tile/entries/002" in log.asked


@pytest.mark.parametrize(
    ("size", "changed", "named"),
    [
        (300, 299, "Entry 299 is not what it was"),
        (300, 256, "Entry 256 is not what it was"),
        (300, 0, "entries 0 to 255"),
        (1000, 300, "entries 256 to 511"),
        (66_000, 65_900, "Entry 65900 is not what it was"),
        (66_000, 40_000, "entries 39936 to 40191"),
    ],
)
@pytest.mark.parametrize("more", [0, 300])
@pytest.mark.parametrize("anew", [False, True])
async def test_an_insider_who_edits_an_old_entry_and_rebuilds_all_above_it_is_caught(
    tmp_path: Path, size: int, changed: int, named: str, more: int, *, anew: bool
) -> None:
    log = a_log(size)
    last = remembered(await audit(log), tmp_path / "run")
    forged = log.rewritten({changed: an_entry(changed, EntryKind.REVOKED)})
    forged.add(an_entry(size + number) for number in range(more))
    # By itself the forged log is as whole as the real one.
    await audit(forged)

    with pytest.raises(LogLiesError, match=named) as lie:
        await audit(forged, last, anew=anew)
    assert lie.value.note == (forged.note and forged.note.to_bytes())


async def test_a_log_that_became_smaller_is_caught(tmp_path: Path) -> None:
    last = remembered(await audit(a_log(300)), tmp_path / "run")

    with pytest.raises(LogLiesError, match="had 300 entries, and now says it has 299"):
        await audit(a_log(299), last)


def flipped(octets: bytes, at: int) -> bytes:
    return octets[:at] + bytes((octets[at] ^ 1,)) + octets[at + 1 :]


@pytest.mark.parametrize(
    ("path", "forge", "named"),
    [
        ("tile/entries/000", lambda octets: flipped(octets, 100), "Entry 0 is not the one"),
        ("tile/entries/001", lambda octets: octets[:-1], "tile/entries/001: The bundle"),
        ("tile/entries/001", lambda octets: octets + b"\0", "tile/entries/001: The bundle"),
        ("tile/0/001", lambda octets: flipped(octets, 40), "Entry 257 is not the one"),
        ("tile/0/002.p/88", lambda octets: octets[:-32], "Entry 599 is not the one"),
        ("tile/1/000.p/2", lambda octets: flipped(octets, 40), "entries 256 to 511"),
        ("tile/1/000.p/2", lambda octets: octets + b"\0" * 32, "more than it should"),
        ("tile/1/000.p/2", lambda _: None, "signed for tile/1/000.p/2, and does not give it"),
        ("tile/entries/002.p/88", lambda _: None, "signed for tile/entries/002.p/88"),
        ("checkpoint", lambda octets: flipped(octets, 25), "The checkpoint: "),
        ("checkpoint", lambda _: b"nonsense", "The checkpoint: "),
    ],
)
async def test_where_a_log_lies_is_named(
    path: str, forge: Callable[[bytes], bytes | None], named: str
) -> None:
    log = a_log(600)
    log.replaced[path] = forge(log.read(path) or b"")

    with pytest.raises(LogLiesError, match=named):
        await audit(log)


async def test_an_entry_that_is_none_is_named_though_every_hash_is_right() -> None:
    log = FiledLog()
    log.add([an_entry(0), b'{"v":1,"name":"somebody"}'])

    with pytest.raises(LogLiesError, match="Entry 1 is no entry"):
        await audit(log)


async def test_a_root_that_is_not_of_these_tiles_is_caught() -> None:
    log, other = a_log(300), a_log(300).rewritten({0: an_entry(5)})
    log.replaced["checkpoint"] = other.note.to_bytes() if other.note else None

    with pytest.raises(LogLiesError, match="not the root of its tiles"):
        await audit(log)


async def test_a_log_that_does_not_answer_is_no_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.demo.log_audit.TRIES", 1)
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(AuditStoppedError, match="status 503"):
            await audit_log(LogReader(client, "https://register/log"), TRUST, None)


async def test_a_quorum_of_witnesses_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.demo.log_audit.PAUSE_SECONDS", 0)
    log = a_log(3)
    assert log.note is not None
    trust = policy_of([LOG.key.vkey], [WITNESS.key.vkey], None)

    async def audit_with(note: bytes) -> Found:
        log.replaced["checkpoint"] = note
        transport = httpx.MockTransport(
            lambda request: httpx.Response(
                200, content=log.read(request.url.path.removeprefix("/log/"))
            )
        )
        async with httpx.AsyncClient(transport=transport) as client:
            return await audit_log(LogReader(client, "https://register/log"), trust, None)

    with pytest.raises(LogLiesError, match=r"Fewer witnesses .*: none"):
        await audit_with(log.note.to_bytes())
    cosignature = WITNESS.cosign(log.note.text, at=1)
    found = await audit_with(log.note.with_signatures([cosignature]).to_bytes())
    assert found.cosigners == {"w0"}
    larger = a_log(4).note
    assert larger is not None
    other = WITNESS.cosign(larger.text, at=1)
    with pytest.raises(LogLiesError, match=NoteForgedError.sentence()):
        await audit_with(log.note.with_signatures([other]).to_bytes())


async def run(*words: str | Path) -> Result:
    asked = ["register", "audit", *map(str, words)]
    return await asyncio.to_thread(CliRunner().invoke, command, asked)


async def test_the_command_remembers_and_keeps_the_evidence(tmp_path: Path) -> None:
    log, state = a_log(600), tmp_path / "audit" / "state.json"
    async with serving(log.app()) as address:
        first = await run(address, "--state", state, "--log", LOG.key.vkey)
        again = await run(address, "--state", state)
        anew = await run(f"{address}/log", "--state", state, "--anew")
    forged = log.rewritten({0: an_entry(0, EntryKind.ERASED)})
    async with serving(forged.app()) as address:
        caught = await run(address, "--state", state)

    assert (first.exit_code, again.exit_code, anew.exit_code) == (0, 0, 0), first.output
    assert "has 600 entries, 600 of them read now" in first.output
    assert "has 600 entries, 0 of them read now" in again.output
    assert "has 600 entries, 600 of them read now" in anew.output
    assert caught.exit_code == 1
    assert "THE LOG LIES: tile/1/000.p/2 differs at place 0: entries 0 to 255" in caught.output
    evidence = (tmp_path / "audit" / "state.json.evidence").read_bytes()
    assert log.note is not None
    assert forged.note is not None
    assert evidence == log.note.to_bytes() + b"\n" + forged.note.to_bytes()
    # The last run that was well is still what is remembered.
    assert json.loads(state.read_text())["note"].encode() == log.note.to_bytes()


async def test_what_cannot_be_asked_ends_with_two(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    without_key = await run("http://127.0.0.1:9", "--state", state)
    nonsense = await run("http://127.0.0.1:9", "--state", state, "--log", "nonsense")
    silent = await run("http://127.0.0.1:9", "--state", state, "--log", LOG.key.vkey)
    state.write_text("{}")
    (tmp_path / "state.json.tops").write_bytes(b"")
    unreadable = await run("http://127.0.0.1:9", "--state", state)

    for result in (without_key, nonsense, silent, unreadable):
        assert result.exit_code == 2, result.output
        assert result.output
