"""What batches keep of one person: which slices may, which rows do, and what is left of those.

A slice is held before the rows and awards of it, as everybody does who works on one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBatch:
    """A batch of which the content is not wiped yet."""

    batch_id: UUID
    wrapped_key: bytes = field(repr=False)
    sealed_layout: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSlice:
    """What one slice keeps, held until the commit."""

    sealed_cells: bytes = field(repr=False)
    sealed_wishes: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptiedSlice:
    """A slice without some of its rows: what it keeps now, and what is said of those rows."""

    sealed_cells: bytes = field(repr=False)
    sealed_wishes: bytes | None = field(repr=False)
    persons: bytes = field(repr=False)
    sealed_faults: Mapping[int, bytes] = field(repr=False)


_OWN_AWARDS = """
    SELECT award_id FROM award JOIN learner USING (learner_id)
    WHERE learner.organisation = $1 AND learner.pseudonym = $2
    """
_KEPT = """
    SELECT batch_id, wrapped_key, sealed_layout FROM batch
    WHERE organisation = $1 AND wrapped_key IS NOT NULL ORDER BY batch_id
    """
# A slice from before there were marks may be about anybody: it is opened to see.
_CANDIDATES = """
    SELECT s.batch_id, s.number FROM batch_slice s
    JOIN unnest($1::uuid[], $2::bytea[]) AS marked (batch_id, mark) USING (batch_id)
    WHERE s.sealed_cells IS NOT NULL
    AND (s.persons IS NULL OR position(marked.mark IN s.persons) > 0)
    """
_LINES = """
    SELECT batch_id, slice, line FROM batch_row WHERE award_id = ANY($1::uuid[])
    UNION SELECT batch_id, slice, line FROM batch_row WHERE earlier_award_id = ANY($1::uuid[])
    """
_HOLD = """
    SELECT sealed_cells, sealed_wishes FROM batch_slice
    WHERE batch_id = $1 AND number = $2 AND sealed_cells IS NOT NULL FOR UPDATE
    """
# Whoever works on the slice now finds it is no longer theirs, and it is read again.
_EMPTY = """
    UPDATE batch_slice SET sealed_cells = $3, sealed_wishes = $4, persons = $5,
        taken_until = CASE WHEN settled_at IS NULL THEN NULL ELSE taken_until END
    WHERE batch_id = $1 AND number = $2
    """
_EMPTY_ROWS = """
    UPDATE batch_row SET erased_at = $3, award_key = NULL, person_key = NULL, code = $6,
        sealed_faults = emptied.sealed_faults,
        failure = CASE WHEN s.settled_at IS NULL THEN $6 ELSE batch_row.failure END
    FROM unnest($4::integer[], $5::bytea[]) AS emptied (line, sealed_faults), batch_slice s
    WHERE batch_row.batch_id = $1 AND batch_row.slice = $2 AND batch_row.line = emptied.line
    AND s.batch_id = $1 AND s.number = $2
    """
_UNTIE = """
    UPDATE batch_row SET erased_at = coalesce(erased_at, $2), code = $3, award_id = NULL
    WHERE award_id = ANY($1::uuid[])
    """
_UNTIE_EARLIER = """
    UPDATE batch_row SET erased_at = coalesce(erased_at, $2), code = $3, earlier_award_id = NULL
    WHERE earlier_award_id = ANY($1::uuid[])
    """
_IS_ASKED = """
    SELECT line FROM batch_row WHERE batch_id = $1 AND line = $2
    AND failure IS NULL AND recalled_at IS NULL
    """


async def list_awards(straight: Straight, *, organisation: str, pseudonym: str) -> list[UUID]:
    """Return the awards, and the intents, of a learner."""
    rows = await straight.connection.fetch(_OWN_AWARDS, organisation, pseudonym)
    return [row["award_id"] for row in rows]


async def list_kept(straight: Straight, organisation: str) -> list[KeptBatch]:
    """Return the batches that still keep what their files said, also those that are coming in."""
    rows = await straight.connection.fetch(_KEPT, organisation)
    return [KeptBatch(**row) for row in rows]


async def find_slices(
    straight: Straight, marks: Mapping[UUID, bytes], award_ids: Sequence[UUID]
) -> dict[tuple[UUID, int], set[int]]:
    """Return the slices that may be about a person, with the lines that are so by their award."""
    found: dict[tuple[UUID, int], set[int]] = {}
    for row in await straight.connection.fetch(_CANDIDATES, [*marks], [*marks.values()]):
        found[row["batch_id"], row["number"]] = set()
    for row in await straight.connection.fetch(_LINES, award_ids):
        found.setdefault((row["batch_id"], row["slice"]), set()).add(row["line"])
    return found


async def hold_slice(straight: Straight, batch_id: UUID, number: int) -> HeldSlice | None:
    """Hold a slice; None when what it kept was wiped."""
    row = await straight.ask(_HOLD, batch_id, number)
    return None if row is None else HeldSlice(**row)


async def empty_rows(
    straight: Straight,
    batch_id: UUID,
    number: int,
    emptied: EmptiedSlice,
    *,
    code: str,
    now: datetime,
) -> None:
    """Keep a slice without these rows; those that were to be awarded fail instead."""
    connection = straight.connection
    faults = emptied.sealed_faults
    await connection.execute(
        _EMPTY,
        batch_id,
        number,
        emptied.sealed_cells,
        emptied.sealed_wishes,
        emptied.persons,
    )
    await connection.execute(
        _EMPTY_ROWS, batch_id, number, now, [*faults], [*faults.values()], code
    )


async def untie_awards(
    straight: Straight, award_ids: Iterable[UUID], *, code: str, now: datetime
) -> None:
    """Let no row lead to these awards any more: the sender's own file says whose the row was."""
    erased = list(award_ids)
    await straight.connection.execute(_UNTIE, erased, now, code)
    await straight.connection.execute(_UNTIE_EARLIER, erased, now, code)


async def is_asked(straight: Straight, batch_id: UUID, line: int) -> bool:
    """Say whether a row is still to be done: its person may have been erased meanwhile."""
    return await straight.ask(_IS_ASKED, batch_id, line) is not None
