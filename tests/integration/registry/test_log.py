"""The register's log in a real PostgreSQL: every fact once, in one order, and never otherwise."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.registry import consumers
from services.registry.app import create_app
from services.registry.operations import log, registrations
from services.registry.operations.log import AnotherLogError, LogBrokenError
from services.registry.repository import log as repository
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import Event
from shared.proofs.checkpoints import Checkpoint, read_checkpoint
from shared.proofs.log_entries import EntryKind, opens, read_entry
from shared.proofs.merkle import check_consistency, check_inclusion, inclusion_proof, leaf_hash
from shared.proofs.notes import open_note, read_note
from shared.proofs.tiles import Tile, hash_reader, read_bundle
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support import naive_merkle
from tests.support.awards import (
    NOW,
    an_award,
    erased,
    expired,
    granted,
    reinstated,
    revoked,
    suspended,
)
from tests.support.registering import a_sequencer, put_in_log, register_settings, tell_all

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(register_settings(register.url, log_key=None), register)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://register") as client:
        yield client


async def hear(register: Database, *events: Event, now: datetime = NOW) -> None:
    subscriptions = consumers.subscribe(lambda: now)
    for event in events:
        async with register.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            await subscriptions.hear([event], session)


async def ask(register: Database, question: str) -> list[tuple[object, ...]]:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return [tuple(row) for row in await session.execute(text(question))]


async def change(register: Database, statement: str) -> None:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await session.execute(text(statement))


async def checkpoint_of(register: Database) -> Checkpoint:
    note = read_note(await log.read_checkpoint(register) or b"")
    assert open_note(note, a_sequencer(register).signer.keys)
    return read_checkpoint(note.text)


async def entries_of(register: Database) -> list[bytes]:
    rows = await ask(register, "SELECT entry FROM log_entry ORDER BY index")
    return [entry for (entry,) in rows if isinstance(entry, bytes)]


async def told(register: Database) -> list[CloudEvent]:
    told = [one.value for one in await tell_all(register) if one.topic == "registrations"]
    return [CloudEvent.model_validate_json(value) for value in told if value is not None]


def a_life(award_id: UUID | None = None) -> Sequence[Event]:
    award = an_award() if award_id is None else an_award(award_id=award_id)
    about = award.award_id
    return [
        granted(award),
        suspended(about),
        reinstated(about),
        revoked(about),
    ]


async def test_every_fact_is_an_entry_and_an_event_with_the_same_place(register: Database) -> None:
    first, second = a_life(), [granted(an_award())]
    await hear(register, *first, *second)
    assert await put_in_log(register) == 5

    entries = [read_entry(raw) for raw in await entries_of(register)]
    events = await told(register)
    assert [entry.kind for entry in entries] == [
        EntryKind.ISSUED,
        EntryKind.SUSPENDED,
        EntryKind.REINSTATED,
        EntryKind.REVOKED,
        EntryKind.ISSUED,
    ]
    assert [event.sequence for event in events] == [f"{number:016}" for number in range(1, 6)]
    assert all(event.event() is not None for event in events)
    rows = await ask(register, "SELECT salt, content FROM fact ORDER BY number")
    for entry, (salt, content) in zip(entries, rows, strict=True):
        assert isinstance(salt, bytes)
        assert isinstance(content, str)
        assert opens(entry, salt=salt, opening=content.encode())


async def test_the_checkpoint_is_over_exactly_these_entries(register: Database) -> None:
    await hear(register, *(granted(an_award()) for _ in range(7)))
    await put_in_log(register)
    before = await checkpoint_of(register)
    await hear(register, *(granted(an_award()) for _ in range(300)))
    await put_in_log(register)

    after = await checkpoint_of(register)
    entries = await entries_of(register)
    assert (before.size, after.size) == (7, 307)
    assert before.root == naive_merkle.tree_hash(entries[:7])
    assert after.root == naive_merkle.tree_hash(entries)


async def test_several_sequencers_put_each_fact_in_the_log_once(register: Database) -> None:
    await put_in_log(register)
    await hear(register, *(granted(an_award()) for _ in range(40)))
    barrier = asyncio.Barrier(4)

    async def run() -> int:
        await barrier.wait()
        return await log.sequence(a_sequencer(register))

    logged = await asyncio.gather(*(run() for _ in range(4)))
    await put_in_log(register)

    assert sum(logged) in {0, 40}
    assert (await checkpoint_of(register)).size == 40
    assert len(await told(register)) == 40


async def test_while_one_sequencer_is_at_it_another_does_nothing(register: Database) -> None:
    await put_in_log(register)
    await hear(register, granted(an_award()), granted(an_award()))

    async with register.acting_for(EVERY_ORGANISATION) as straight:
        assert await repository.lock_state(straight) is not None
        assert await log.sequence(a_sequencer(register)) == 0

    assert await log.sequence(a_sequencer(register)) == 2


async def test_what_was_erased_before_it_was_logged_is_told_as_erased(register: Database) -> None:
    award = an_award()
    await hear(register, granted(award), erased(award.award_id, record_version=2))
    await put_in_log(register)

    events = [event.event() for event in await told(register)]
    assert [type(event).__name__ for event in events] == ["RegistrationErased"] * 2
    assert [event.record_version for event in events if event] == [1, 2]
    assert [read_entry(raw).kind for raw in await entries_of(register)] == ["issued", "erased"]
    everything = str(await tell_all(register))
    assert str(award.credential_id) not in everything


async def test_an_erasure_leaves_the_tree_and_every_other_proof(register: Database) -> None:
    gone, stays = an_award(), an_award()
    await hear(register, granted(gone), granted(stays))
    await put_in_log(register)
    before = await entries_of(register)
    await hear(register, erased(gone.award_id, record_version=2))
    await put_in_log(register)

    after = await entries_of(register)
    assert after[:2] == before
    tile = await log.read_tile(register, Tile(0, 0, 3))
    assert tile is not None
    read = hash_reader({Tile(0, 0, 3): tile}.__getitem__, 3)
    head = (await checkpoint_of(register)).head
    check_inclusion(leaf_hash(after[1]), index=1, head=head, path=inclusion_proof(1, 3, read))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET entry = entry",
        "DELETE FROM log_entry",
        "TRUNCATE log_entry",
        "UPDATE log_tile SET hashes = decode(repeat('00', 32), 'hex')",
        "DELETE FROM log_tile",
        "UPDATE log_state SET size = size - 1",
        "DELETE FROM log_state",
        "UPDATE fact SET kind = 'revoked'",
        "UPDATE fact SET recorded_at = recorded_at - interval '1 year'",
        "UPDATE fact SET content = '{}'",
        "DELETE FROM fact",
    ],
)
async def test_the_database_refuses_another_history(register: Database, statement: str) -> None:
    await hear(register, granted(an_award()), granted(an_award()))
    await put_in_log(register)

    with pytest.raises(DBAPIError, match=r"only|never changes|permission denied"):
        await change(register, statement)


async def test_nothing_is_signed_over_tiles_that_are_not_those_of_the_tree(
    register: Database,
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(3)))
    await put_in_log(register)
    signed = await log.read_checkpoint(register)
    await change(register, "ALTER TABLE log_tile DISABLE TRIGGER USER")
    await change(register, "UPDATE log_tile SET hashes = decode(repeat('00', 96), 'hex')")
    await hear(register, granted(an_award()))

    with pytest.raises(LogBrokenError):
        await log.sequence(a_sequencer(register))
    assert await log.read_checkpoint(register) == signed
    assert len(await told(register)) == 3


async def test_the_log_of_another_origin_is_refused(register: Database) -> None:
    await put_in_log(register)

    with pytest.raises(AnotherLogError):
        await log.begin_log(a_sequencer(register, log_origin="elsewhere.example/log"))


async def test_checkpoints_are_consistent_however_the_log_grows(register: Database) -> None:
    heads = []
    for count in (1, 2, 250, 5):
        await hear(register, *(granted(an_award()) for _ in range(count)))
        await put_in_log(register)
        heads.append((await checkpoint_of(register)).head)

    entries = await entries_of(register)
    for old, new in itertools.pairwise(heads):
        check_consistency(old, new, naive_merkle.proof(old.size, entries[: new.size]))


async def test_the_log_is_read_by_anybody_and_kept_by_every_cache(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(260)))
    await put_in_log(register)
    entries = await entries_of(register)

    note = await http.get("/log/checkpoint")
    full = await http.get("/log/tile/entries/000")
    partial = await http.get("/log/tile/entries/001.p/4")
    tile = await http.get("/log/tile/0/000")
    narrower = await http.get("/log/tile/0/001.p/2")

    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    assert note.headers["cache-control"] == "public, max-age=1"
    assert read_checkpoint(read_note(note.content).text).size == 260
    assert read_bundle(full.content) == entries[:256]
    assert read_bundle(partial.content, 4) == entries[256:]
    assert tile.content == b"".join(leaf_hash(raw) for raw in entries[:256])
    assert narrower.content == b"".join(leaf_hash(raw) for raw in entries[256:258])
    for answer in (full, partial, tile, narrower):
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "place",
    [
        "tile/0/001.p/5",
        "tile/0/002",
        "tile/1/000",
        "tile/1/000.p/2",
        "tile/entries/001",
        "tile/entries/001.p/5",
        "tile/0/0",
        "tile/0/001.p/0",
        "tile/64/000",
        "tile/0/x001/000",
    ],
)
async def test_a_place_the_log_does_not_have_is_not_found(
    register: Database, http: httpx.AsyncClient, place: str
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(260)))
    await put_in_log(register)

    answer = await http.get(f"/log/{place}")

    assert (answer.status_code, answer.json()["code"]) in {
        (404, "log-place-unknown"),
        (404, "not-found"),
    }


async def test_before_it_has_begun_there_is_no_checkpoint(http: httpx.AsyncClient) -> None:
    assert (await http.get("/log/checkpoint")).status_code == 404


async def test_what_the_register_said_on_a_day_is_what_it_says_now_of_that_day(
    register: Database,
) -> None:
    award = an_award()
    moments = [NOW, NOW + timedelta(days=1), NOW + timedelta(days=2)]
    life = (granted(award), suspended(award.award_id), expired(award.award_id, record_version=3))
    for event, moment in zip(life, moments, strict=True):
        await hear(register, event, now=moment)

    said = []
    for moment in moments:
        async with register.transaction() as session:
            known = await registrations.read_state_on(
                session, award.award_id, moment + timedelta(hours=1), now=NOW + timedelta(days=3)
            )
            said.append((known.record_version, known.status.value))

    assert said == [(1, "active"), (2, "suspended"), (3, "expired")]
