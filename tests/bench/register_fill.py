"""A register of ten million facts, filled as fast as PostgreSQL takes them in, and true.

What makes a real register slow to fill is what it is safe by: a decision, a lock and a signature
for each batch, and indexes kept as it grows. Here rows are made by the chunk (`register_rows`) in
several processes and copied into tables whose indexes are set aside; then the tree is grown over
all of them by the log's own code, its tiles written, and one checkpoint signed. An auditor finds
nothing wrong with it.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from typing import Final

import asyncpg

from services.demo.operating import Service
from services.registry.operations.log import Sequencer, begin_log
from services.registry.repository import log as log_repository
from services.registry.repository.log import LogState
from services.registry.settings import Settings
from services.registry.signing import LogSigner
from shared.contracts.vocabulary import Sector
from shared.proofs.merkle import CompactRange, split_hashes
from shared.proofs.tiles import TILE_WIDTH, Tile, edge_tiles, grow
from shared.runtime import clock, migrations
from shared.runtime.database import EVERY_ORGANISATION, Database
from shared.runtime.embedded import EmbeddedPostgres
from tests.bench.register_rows import ORGANISATIONS, Plan, make_rows

DATABASE: Final = Service.REGISTRY.value
PROCESSES: Final = 3
TABLES: Final = ("fact", "registration", "log_entry")
# As long as nobody else is here, and what is lost by a power cut is made again.
_IN_A_HURRY: Final = {
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "16GB",
    "maintenance_work_mem": "1GB",
}
# Who leans on a key goes first, and comes back last.
_CONSTRAINTS: Final = """
    SELECT conrelid::regclass::text AS "table", conname, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE (conrelid = $1::regclass AND contype IN ('p', 'u'))
    OR (confrelid = $1::regclass AND contype = 'f')
    ORDER BY contype = 'f' DESC
    """
_INDEXES: Final = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1"


@dataclass(slots=True)
class _Growing:
    """The tree as far as it is, and the tiles at its edge that are not full yet."""

    tree: CompactRange = field(default_factory=CompactRange)
    edge: dict[Tile, bytes] = field(default_factory=dict)

    def add(self, leaves: bytes) -> list[tuple[int, int, bytes]]:
        """Add leaves; give the tiles that are full now."""
        self.tree, written = grow(self.tree, split_hashes(leaves), self.edge)
        hashes = {(tile.level, tile.index): octets for tile, octets in written}
        kept = {(tile.level, tile.index): octets for tile, octets in self.edge.items()}
        self.edge = {
            tile: hashes.get((tile.level, tile.index), kept.get((tile.level, tile.index), b""))
            for tile in edge_tiles(self.tree.size)
        }
        return [
            (tile.level, tile.index, octets) for tile, octets in written if tile.width == TILE_WIDTH
        ]


async def fill(postgres: EmbeddedPostgres, settings: Settings, entries: int) -> None:
    """Fill an empty database, as if all of it had been recorded in the last thousand days."""
    url = postgres.url(DATABASE, user="postgres")
    plan = Plan(entries, (clock.now() - timedelta(days=1001)).replace(microsecond=0))
    await migrations.upgrade(settings.database_url, "services.registry")
    connection = await asyncpg.connect(url)
    try:
        for name, value in _IN_A_HURRY.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await connection.execute("SELECT pg_reload_conf()")
        made_again = [await _set_aside(connection, table) for table in TABLES]
        growing = _Growing()
        for leaves in _told("rows", _copied(url, plan)):
            await connection.copy_records_to_table(
                "log_tile", columns=("level", "index", "hashes"), records=growing.add(leaves)
            )
        rest = [(tile.level, tile.index, octets) for tile, octets in growing.edge.items()]
        await connection.copy_records_to_table(
            "log_tile", columns=("level", "index", "hashes"), records=rest
        )
        await _name_organisations(connection)
        await connection.execute(f"ALTER TABLE fact ALTER number RESTART WITH {entries + 1}")
        await asyncio.gather(*(_execute(url, statements) for statements in made_again))
        await _sign(settings, growing.tree)
        await connection.execute("VACUUM (ANALYZE, PARALLEL 2)")
        await connection.execute("ALTER SYSTEM RESET ALL")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def count_entries(url: str) -> int:
    """Return how long the log of a register is; 0 when there is no register."""
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        return 0
    try:
        size: int | None = await connection.fetchval("SELECT size FROM log_state")
    except asyncpg.UndefinedTableError:
        return 0
    finally:
        await connection.close()
    return size or 0


def _copied(url: str, plan: Plan) -> Iterator[bytes]:
    """Copy every chunk in by several processes; give the leaves of each in their order."""
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        yield from pool.map(partial(_copy_chunk, url, plan), plan.chunks())


def _copy_chunk(url: str, plan: Plan, numbers: range) -> bytes:
    rows = make_rows(plan, numbers)
    copied = {
        "fact": rows.facts,
        "registration": rows.registrations,
        "log_entry": rows.entries,
        "erased_registration": rows.erased,
    }
    asyncio.run(_copy(url, copied))
    return b"".join(rows.leaves)


async def _copy(url: str, copied: dict[str, list[str]]) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for table, lines in copied.items():
                source = BytesIO("".join(lines).encode())
                await connection.copy_to_table(table, source=source, timeout=600)
    finally:
        await connection.close()


def _told(what: str, found: Iterator[bytes]) -> Iterator[bytes]:
    began, done = time.monotonic(), 0
    for number, one in enumerate(found):
        done += len(one) // 32
        if number % 8 == 0:
            spent = time.monotonic() - began
            print(f"{what}: {done:,}, {done / spent:,.0f}/s", file=sys.stderr)
        yield one


async def _set_aside(connection: asyncpg.Connection, table: str) -> list[str]:
    """Drop what makes every row dearer; return the statements that make it again."""
    again = []
    for row in await connection.fetch(_CONSTRAINTS, table):
        of, name = row["table"], row["conname"]
        await connection.execute(f'ALTER TABLE {of} DROP CONSTRAINT "{name}"')
        again.append(f'ALTER TABLE {of} ADD CONSTRAINT "{name}" {row["definition"]}')
    again.reverse()
    for row in await connection.fetch(_INDEXES, table):
        await connection.execute(f'DROP INDEX "{row["indexname"]}"')
        again.append(row["indexdef"])
    return again


async def _execute(url: str, statements: list[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            began = time.monotonic()
            await connection.execute(statement)
            print(f"{time.monotonic() - began:6.1f} s  {statement[:90]}", file=sys.stderr)
    finally:
        await connection.close()


async def _name_organisations(connection: asyncpg.Connection) -> None:
    sectors = list(Sector)
    rows = [
        (oin, sectors[number % len(sectors)].value, f"Instelling {number}", f"Institution {number}")
        for number, oin in enumerate(ORGANISATIONS)
    ]
    await connection.copy_records_to_table("organisation", records=rows)


async def _sign(settings: Settings, tree: CompactRange) -> None:
    """Begin the log as a worker does, and sign the tree that came out."""
    database = Database(settings.database_url, source=settings.source, statement_seconds=60)
    sequencer = Sequencer(database, LogSigner.of(settings))
    try:
        await begin_log(sequencer)
        now = clock.now()
        checkpoint = sequencer.signer.sign(tree.head(), now=now).to_bytes()
        state = LogState(
            origin=sequencer.signer.origin, tree=tree, checkpoint=checkpoint, signed_at=now
        )
        async with database.acting_for(EVERY_ORGANISATION) as straight:
            await log_repository.keep_state(straight, state)
    finally:
        await database.dispose()
