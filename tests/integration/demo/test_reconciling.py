"""`waarmerk register reconcile`: a copy is complete, or it is told what is missing."""

import asyncio
import gzip
import json
import random
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import zstandard
from typer.testing import CliRunner, Result

from services.demo.register_commands import command
from services.registry.app import create_app
from services.registry.operations.reconciling import tally_up
from shared.runtime.database import Database
from tests.support.awards import an_award, erased, granted, revoked
from tests.support.copies import hear, known_to, lives_of
from tests.support.postgres import MakeDatabase
from tests.support.registering import put_in_log, register_settings
from tests.support.serving import serving

pytestmark = pytest.mark.anyio


@pytest.fixture
def register(make_database: MakeDatabase, open_database: Callable[..., Database]) -> Database:
    return open_database(
        make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
    )


async def reconcile(register: Database, copy: Path, *options: str) -> Result:
    app = create_app(register_settings(register.url, log_key=None), register)
    async with serving(app) as address:
        return await asyncio.to_thread(
            CliRunner().invoke, command, ["reconcile", address, str(copy), *options]
        )


def write(copy: Path, states: Iterable[Mapping[str, Any]], sequence: int | None = None) -> None:
    first = [] if sequence is None else [{"sequence": f"{sequence:016}"}]
    copy.write_text("".join(f"{json.dumps(one)}\n" for one in [*first, *states]))


async def test_a_copy_that_has_everything_is_complete(register: Database, tmp_path: Path) -> None:
    copy, packed, smaller = (tmp_path / f"copy.ndjson{end}" for end in ("", ".gz", ".zst"))
    await hear(register, *islice(lives_of(random.Random(7)), 80))
    await put_in_log(register)
    await tally_up(register)
    states = await known_to(register)
    write(copy, states.values(), sequence=80)
    packed.write_bytes(gzip.compress(copy.read_bytes()))
    smaller.write_bytes(zstandard.compress(copy.read_bytes()))

    for path in (copy, packed, smaller):
        result = await reconcile(register, path)
        assert result.exit_code == 0
        assert result.output.startswith(f"Complete: {len(states)} registrations, up to event 80.\n")


async def test_what_a_copy_lacks_has_too_much_or_has_in_another_way_is_named(
    register: Database, tmp_path: Path
) -> None:
    copy, report = tmp_path / "copy.ndjson", tmp_path / "report.ndjson"
    missing, old, gone, different, fine, twice = (an_award() for _ in range(6))
    await hear(register, *map(granted, (missing, old, gone, different, fine, twice)))
    before = await known_to(register)
    await hear(register, revoked(old.award_id), erased(gone.award_id))
    await put_in_log(register)
    await tally_up(register)
    never = before[str(fine.award_id)] | {"registrationId": str(UUID(int=9))}
    have = [one for about, one in before.items() if about != str(missing.award_id)]
    for one in have:
        if one["registrationId"] == str(different.award_id):
            one["credentialDigest"] = "b" * 64
    write(copy, [*have, never, before[str(twice.award_id)]])

    result = await reconcile(register, copy, "--report", str(report))

    assert result.exit_code == 1
    assert "1 different, 3 extra, 1 missing, 1 old" in result.output
    said = [json.loads(line) for line in report.read_text().splitlines()]
    assert {(one["registrationId"], one["kind"]) for one in said} == {
        (str(missing.award_id), "missing"),
        (str(old.award_id), "old"),
        (str(gone.award_id), "extra"),
        (str(different.award_id), "different"),
        (str(never["registrationId"]), "extra"),
        (str(twice.award_id), "extra"),
    }
    for one in said:
        assert one["registrationId"] in result.output


async def test_what_changed_after_the_position_of_a_copy_is_no_fault_of_it(
    register: Database, tmp_path: Path
) -> None:
    copy, awards = tmp_path / "copy.ndjson", [an_award() for _ in range(3)]
    await hear(register, *map(granted, awards))
    await put_in_log(register)
    await tally_up(register)
    write(copy, (await known_to(register)).values(), sequence=3)
    await hear(
        register,
        granted(an_award()),
        revoked(awards[0].award_id),
        erased(awards[1].award_id),
    )
    await put_in_log(register)
    await tally_up(register)

    result = await reconcile(register, copy)
    later = await reconcile(register, copy, "--sequence", "6")

    assert result.exit_code == 0
    assert "3 changed after that" in result.output
    assert later.exit_code == 1
    assert "1 extra, 1 missing, 1 old" in later.output


async def test_a_copy_that_is_ahead_of_the_counts_is_waited_for(
    register: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.demo.comparing.PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("services.demo.comparing.PAUSE_SECONDS", 0.05)
    copy = tmp_path / "copy.ndjson"
    await put_in_log(register)
    await tally_up(register)
    await hear(register, granted(an_award()))
    await put_in_log(register)
    write(copy, (await known_to(register)).values(), sequence=1)

    uncounted = await reconcile(register, copy)
    await tally_up(register)

    assert uncounted.exit_code == 2
    assert "has not counted as far" in uncounted.output
    assert (await reconcile(register, copy)).exit_code == 0


async def test_what_is_newer_than_the_counts_is_not_too_much(
    register: Database, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.ndjson"
    await hear(register, granted(an_award()))
    await put_in_log(register)
    await tally_up(register)
    await hear(register, granted(an_award()))
    await put_in_log(register)
    write(copy, (await known_to(register)).values())

    result = await reconcile(register, copy)

    assert (result.exit_code, "Complete: 2" in result.output) == (0, True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"sequence": "1"}\n{"registrationId": 1}\n', "Line 2 is no registration"),
        (b"no json\n", "Line 1 is no registration"),
        (b"\x1f\x8bno gzip", "cannot be read"),
        (b"\x28\xb5\x2f\xfdno zstd", "cannot be read"),
        (zstandard.compress(b"\n" * 1000)[:-1], "cannot be read"),
        (b"\xff\xfe\n", "cannot be read"),
    ],
    ids=["no id", "no JSON", "no gzip", "no zstd", "zstd cut off", "no UTF-8"],
)
async def test_a_copy_that_cannot_be_read_is_not_judged(
    register: Database, tmp_path: Path, content: bytes, sentence: str
) -> None:
    copy = tmp_path / "copy.ndjson"
    copy.write_bytes(content)

    result = await reconcile(register, copy)

    assert result.exit_code == 2
    assert sentence in result.output


def test_a_register_that_does_not_answer_is_not_judged(tmp_path: Path) -> None:
    copy = tmp_path / "copy.ndjson"
    write(copy, [])

    result = CliRunner().invoke(command, ["reconcile", "http://127.0.0.1:9", str(copy)])

    assert result.exit_code == 2
    assert "No answer" in result.output
