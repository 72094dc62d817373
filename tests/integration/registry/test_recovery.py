"""A register restored to an older day: it forks nothing, and becomes exactly what it was."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from services.demo.witness.app import create_witness
from services.registry import consumers
from services.registry.app import create_worker
from services.registry.operations import log
from services.registry.operations.archive import Archive
from services.registry.operations.log import Sequencer
from services.registry.operations.proofs import Prover, prove
from services.registry.operations.recovery import (
    AlreadyRemadeError,
    ArchiveIncompleteError,
    catch_up,
)
from shared.contracts.events import AwardErased, AwardGranted, Event
from shared.proofs.notes import read_note
from shared.proofs.tiles import EntryBundle
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.embedded import EmbeddedPostgres
from tests.support.awards import NOW, an_award, erased, granted, reinstated, revoked, suspended
from tests.support.postgres import MakeDatabase
from tests.support.registering import register_settings
from tests.support.serving import serving
from tests.support.watching import Watch

pytestmark = pytest.mark.anyio
SOURCE = "urn:nld:oin:00000099000000000000:systeem:registry"
NUMBERS = itertools.count(1)
EVERYTHING = {
    "fact": "event_id, kind, registration_id, record_version, recorded_at, commitment, salt,"
    " content",
    "registration": "*",
    "erased_registration": "*",
    "log_entry": '"index", entry',
    "log_tile": "level, index, hashes",
}
OpenDatabase = Callable[..., Database]


@pytest.fixture
def register(make_database: MakeDatabase, open_database: OpenDatabase) -> Database:
    return open_database(make_database("services.registry"), SOURCE)


@pytest.fixture
def restore(
    register: Database, postgres: EmbeddedPostgres, open_database: OpenDatabase
) -> Callable[[], Database]:
    """Give a copy of the register as it was when this was asked for."""

    def copy() -> Database:
        name = f"restored_{next(NUMBERS)}"
        template = urlsplit(register.url).path.lstrip("/")
        url = postgres.create_database(name, owner="registry", template=template)
        return open_database(url, SOURCE)

    return copy


def archived(watch: Watch, archive: Archive) -> Sequencer:
    watch.sequencer = Sequencer(watch.register, watch.sequencer.signer, watch.guard, archive)
    return watch.sequencer


async def hear(register: Database, events: Sequence[Event], *, later: timedelta) -> None:
    subscriptions = consumers.subscribe(lambda: NOW + later)
    for event in events:
        async with register.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            await subscriptions.hear([event], session)


async def everything(register: Database) -> dict[str, list[str]]:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return {
            table: sorted(
                str(tuple(row))
                for row in await session.execute(text(f"SELECT {what} FROM {table}"))
            )
            for table, what in EVERYTHING.items()
        }


def keys_of(watch: Watch) -> list[str]:
    return [place.vkey for place in watch.places.values()]


async def a_past_and_a_future(
    register: Database, restore: Callable[[], Database], folder: Path
) -> tuple[Watch, Archive, Database, list[Event], AwardGranted]:
    """Let a register live, back it up half-way, and let it live on."""
    archive, watch = Archive(folder / "archive"), Watch(register, folder)
    archived(watch, archive)
    await watch.ask()
    stays, goes, later, gone = an_award(), an_award(), an_award(), an_award()
    waiting = granted(an_award())
    before = [granted(stays), granted(goes), suspended(stays.award_id)]
    after: list[Event] = [
        reinstated(stays.award_id),
        granted(later),
        erased(goes.award_id, record_version=2),
        granted(gone),
        revoked(later.award_id),
        erased(gone.award_id, record_version=2),
    ]
    await hear(register, before, later=timedelta(0))
    await watch.sequence()
    await watch.ask()
    await hear(register, [waiting], later=timedelta(0))
    await register.dispose()
    backup = restore()
    for event in after:
        await hear(register, [event], later=timedelta(hours=1))
        await watch.sequence()
    await watch.ask()
    return watch, archive, backup, [*before, waiting, *after], granted(an_award())


def begin_again(watch: Watch, backup: Database, folder: Path, archive: Archive) -> Watch:
    """Start a worker on the restored database, with the very same witnesses."""
    restored = Watch(backup, folder)
    restored.witnesses, restored.places = watch.witnesses, watch.places
    restored.signers = watch.signers
    restored.restart()
    archived(restored, archive)
    return restored


async def test_it_catches_up_from_the_archive_and_the_topic_to_what_it_was(
    register: Database, restore: Callable[[], Database], tmp_path: Path
) -> None:
    watch, archive, backup, events, new = await a_past_and_a_future(register, restore, tmp_path)
    restored = begin_again(watch, backup, tmp_path, archive)

    # Nothing is signed, nor taken from the archive, before a witness says that there is more.
    assert await catch_up(restored.sequencer, archive, keys_of(restored)) == 0
    await restored.ask()
    assert await restored.sequence() == 0
    assert await catch_up(restored.sequencer, archive, keys_of(restored)) == 7
    assert await log.read_checkpoint(backup)
    await restored.ask()
    assert await restored.sequence() == 0
    assert restored.guard.is_open

    # The topic is heard again from before the backup, by a clock of today.
    await hear(backup, events, later=timedelta(days=3))
    assert await restored.sequence() == 0
    assert await everything(backup) == await everything(register)
    bundle = EntryBundle(0, 10)
    assert await log.read_tile(backup, bundle) == await log.read_tile(register, bundle)

    # And life goes on, under the eyes of the same witnesses.
    await hear(backup, [new], later=timedelta(days=3))
    assert await restored.sequence() == 1
    await restored.ask()
    assert len(read_note(await log.read_checkpoint(backup) or b"").signatures) == 3
    assert await prove(Prover(backup), new.award_id, None)


async def test_a_worker_catches_up_by_itself_before_it_hears_anything(
    register: Database, restore: Callable[[], Database], tmp_path: Path
) -> None:
    watch, archive, backup, _, _ = await a_past_and_a_future(register, restore, tmp_path)
    heard = asyncio.Event()
    async with serving(create_witness(watch.witnesses["w1"])) as address:
        settings = register_settings(
            backup.url,
            kafka_servers="127.0.0.1:1",
            log_archive=archive.folder,
            witnesses=[{"vkey": watch.signers["w1"].key.vkey, "url": address}],
            witness_seconds=0.05,
            sequencer_seconds=0.05,
        )
        worker = create_worker(settings, backup)

        async def hear_nothing() -> None:
            heard.set()
            await asyncio.Event().wait()

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(worker.consumer, "run", hear_nothing)
            patched.setattr(worker, "_make_topics", _nothing)
            working = asyncio.create_task(worker.run())
            try:
                await asyncio.wait_for(heard.wait(), 20)
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    assert await log.read_tile(backup, EntryBundle(0, 10)) == await log.read_tile(
        register, EntryBundle(0, 10)
    )


async def _nothing() -> None:
    return None


async def test_who_was_erased_in_between_does_not_come_back(
    register: Database, restore: Callable[[], Database], tmp_path: Path
) -> None:
    watch, archive, backup, events, _ = await a_past_and_a_future(register, restore, tmp_path)
    restored = begin_again(watch, backup, tmp_path, archive)
    await restored.ask()
    await catch_up(restored.sequencer, archive, keys_of(restored))

    after = await everything(backup)
    gone = [event for event in events if isinstance(event, AwardErased)][-1]
    said = [row for row in after["fact"] if str(gone.award_id) in row and "issued" in row]
    assert [row.endswith("None, None)") for row in said] == [True]
    assert [row for row in after["registration"] if str(gone.award_id) in row] == []
    assert len([row for row in after["erased_registration"] if str(gone.award_id) in row]) == 1


async def test_an_archive_that_does_not_go_as_far_is_not_taken(
    register: Database, restore: Callable[[], Database], tmp_path: Path
) -> None:
    watch, archive, backup, _, _ = await a_past_and_a_future(register, restore, tmp_path)
    restored = begin_again(watch, backup, tmp_path, archive)
    last = max(archive.folder.glob("*/*.jsonl"))
    last.unlink()
    await restored.ask()
    before = await everything(backup)

    with pytest.raises(ArchiveIncompleteError):
        await catch_up(restored.sequencer, archive, keys_of(restored))
    assert await everything(backup) == before
    assert await restored.sequence() == 0


async def test_what_was_made_again_first_is_not_mixed_with_the_archive(
    register: Database, restore: Callable[[], Database], tmp_path: Path
) -> None:
    watch, archive, backup, events, _ = await a_past_and_a_future(register, restore, tmp_path)
    restored = begin_again(watch, backup, tmp_path, archive)
    await hear(backup, events, later=timedelta(days=3))
    await restored.ask()
    before = await everything(backup)

    with pytest.raises(AlreadyRemadeError):
        await catch_up(restored.sequencer, archive, keys_of(restored))
    assert await everything(backup) == before
    assert await restored.sequence() == 0


async def test_a_forged_archive_is_disputed_by_every_witness(
    register: Database, restore: Callable[[], Database], tmp_path: Path
) -> None:
    watch, archive, backup, _, new = await a_past_and_a_future(register, restore, tmp_path)
    restored = begin_again(watch, backup, tmp_path, archive)
    for file in archive.folder.glob("*/*.jsonl"):
        file.write_text(file.read_text().replace('"kind":"revoked"', '"kind":"corrected"'))
    await restored.ask()
    await catch_up(restored.sequencer, archive, keys_of(restored))
    await restored.ask()

    await hear(backup, [new], later=timedelta(days=3))
    assert await restored.sequence() == 0
    assert not restored.guard.is_open


async def test_nothing_is_signed_that_the_archive_could_not_keep(
    register: Database, tmp_path: Path
) -> None:
    archive, watch = Archive(tmp_path / "archive"), Watch(register, tmp_path)
    archived(watch, archive)
    await watch.ask()
    await hear(register, [granted(an_award())], later=timedelta(0))
    signed = await log.read_checkpoint(register)

    archive.folder.write_bytes(b"")  # where it should write, it cannot
    with pytest.raises(NotADirectoryError):
        await watch.sequence()
    assert await log.read_checkpoint(register) == signed

    archive.folder.unlink()
    assert await watch.sequence() == 1
    assert len(archive.read(0)) == 1


def test_the_archive_is_forgotten_with_the_backups(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.keep(0, [])

    assert archive.forget(now=NOW - timedelta(days=3650), kept=timedelta(days=30)) == 0
    assert archive.forget(now=NOW + timedelta(days=3650), kept=timedelta(days=30)) == 1
    assert archive.read(0) == []
    file = tmp_path / "archive" / "00000000" / f"{0:016}.jsonl"
    archive.keep(0, [])
    assert file.stat().st_mode & 0o777 == 0o600
