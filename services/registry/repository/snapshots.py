"""The questions about snapshots: the states one is made of, and the parts of its file."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.registry.domain.snapshots import Form, PackedFile, RegisterNow, Snapshot
from services.registry.repository.moments import see_one_moment
from shared.runtime.database import Straight

_NOTHING: Final = b"\0" * 32
# What is recorded at the same moment may be seen by a snapshot, or not.
_AT_ONCE: Final = timedelta(minutes=1)
_SIZE = "SELECT size FROM log_state"
# An index scan for each fact: a plan that hashes them all first would not answer in time.
_PLAN = (
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
    " SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"
)
_STATES = """
    SELECT f.content FROM fact f
    WHERE f.content IS NOT NULL AND f.kind <> 'erased'
    AND NOT EXISTS (SELECT FROM log_pending p WHERE p.number = f.number)
    AND NOT EXISTS (
        SELECT FROM fact later
        WHERE later.registration_id = f.registration_id
        AND later.record_version > f.record_version
        AND NOT EXISTS (SELECT FROM log_pending p WHERE p.number = later.number)
    )
    ORDER BY f.number
    """
_ADD = """
    INSERT INTO snapshot (sequence, taken_at, registrations, size, digest)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING sequence
    """
_COMPLETE = "UPDATE snapshot SET registrations = $2, size = $3, digest = $4 WHERE sequence = $1"
_ADD_FORM = """
    INSERT INTO snapshot_form (sequence, form, size, digest) VALUES ($1, $2, $3, $4)
    """
_ADD_PART = "INSERT INTO snapshot_part (sequence, part, octets) VALUES ($1, $2, $3)"
_ADD_FORM_PART = """
    INSERT INTO snapshot_form_part (sequence, part, octets, form) VALUES ($1, $2, $3, $4)
    """
_LATEST = "SELECT * FROM snapshot ORDER BY sequence DESC LIMIT 1"
_FIND = "SELECT * FROM snapshot WHERE sequence = $1"
_FORMS = "SELECT form, size, digest FROM snapshot_form WHERE sequence = $1"
_PART = "SELECT octets FROM snapshot_part WHERE sequence = $1 AND part = $2"
_FORM_PART = """
    SELECT octets FROM snapshot_form_part WHERE sequence = $1 AND part = $2 AND form = $3
    """
_DROP = "DELETE FROM snapshot WHERE sequence < $1"
_NOW = """
    SELECT size, EXISTS (
        SELECT FROM fact WHERE kind = 'erased' AND recorded_at > $1::timestamptz
    ) AS has_erased FROM log_state
    """


async def begin_alone(straight: Straight) -> int | None:
    """See one state of the register; return the sequence number of it.

    None before the log has begun, or when somebody else is at it. A fact is either in the log or
    still to be, so what has no row in `log_pending` is exactly what stands below that number.
    """
    if not await see_one_moment(straight, "snapshot"):
        return None
    row = await straight.ask(_SIZE)
    return None if row is None else row["size"]


async def read_states(straight: Straight, *, at_once: int) -> AsyncGenerator[list[str], None]:
    """Return the last state of every registration in the log, as it was recorded, by so many."""
    await straight.connection.execute(_PLAN)
    cursor = await straight.connection.cursor(_STATES)
    while rows := await cursor.fetch(at_once):
        yield [row["content"] for row in rows]


async def begin(straight: Straight, sequence: int, *, now: datetime) -> bool:
    """Begin a snapshot; False when there is one of this sequence number."""
    added = await straight.ask(_ADD, sequence, now, 0, 0, _NOTHING)
    return added is not None


async def add_part(straight: Straight, sequence: int, form: Form, part: int, octets: bytes) -> None:
    """Add a part to the file of a snapshot that was begun."""
    if form is Form.GZIP:
        await straight.connection.execute(_ADD_PART, sequence, part, octets)
    else:
        await straight.connection.execute(_ADD_FORM_PART, sequence, part, octets, form.value)


async def complete(straight: Straight, snapshot: Snapshot) -> None:
    """Say of a snapshot what only its end could tell."""
    sequence, gzip = snapshot.sequence, snapshot.files[Form.GZIP]
    await straight.connection.execute(
        _COMPLETE, sequence, snapshot.registrations, gzip.size, gzip.digest
    )
    others = [
        (sequence, form.value, file.size, file.digest)
        for form, file in snapshot.files.items()
        if form is not Form.GZIP
    ]
    await straight.connection.executemany(_ADD_FORM, others)


async def find_latest(straight: Straight) -> Snapshot | None:
    """Return the latest snapshot, if there is one."""
    return await _snapshot(straight, await straight.ask(_LATEST))


async def find(straight: Straight, sequence: int) -> Snapshot | None:
    """Return the snapshot of a sequence number, if it is still there."""
    return await _snapshot(straight, await straight.ask(_FIND, sequence))


async def find_part(straight: Straight, sequence: int, form: Form, part: int) -> bytes | None:
    """Return a part of a snapshot's file, if it is still there."""
    asked = straight.connection.fetchval
    octets: bytes | None = (
        await asked(_PART, sequence, part)
        if form is Form.GZIP
        else await asked(_FORM_PART, sequence, part, form.value)
    )
    return octets


async def drop_before(straight: Straight, sequence: int) -> None:
    """Drop every earlier snapshot."""
    await straight.connection.execute(_DROP, sequence)


async def read_register(straight: Straight, latest: Snapshot | None) -> RegisterNow | None:
    """Return what happened since a snapshot; None before the log has begun."""
    since = None if latest is None else latest.taken_at - _AT_ONCE
    row = await straight.ask(_NOW, since)
    if row is None:
        return None
    return RegisterNow(sequence=row["size"], has_erased=row["has_erased"])


async def _snapshot(straight: Straight, row: Mapping[str, Any] | None) -> Snapshot | None:
    if row is None:
        return None
    others = await straight.connection.fetch(_FORMS, row["sequence"])
    files = {Form.GZIP: PackedFile(row["size"], row["digest"])} | {
        Form(other["form"]): PackedFile(other["size"], other["digest"]) for other in others
    }
    return Snapshot(
        sequence=row["sequence"],
        taken_at=row["taken_at"],
        registrations=row["registrations"],
        files=files,
    )
