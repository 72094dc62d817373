"""Checking a batch: its slices in order, what else asks for the same, and what was there before."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.issuer.domain.batches import Batch, RowOutcome
from services.issuer.repository.batches import read_batch
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class UncheckedSlice:
    """What a file says, as it was put down."""

    number: int
    sealed_cells: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """What checking made of one row; its keys stay away when another row must not stumble on it."""

    line: int
    outcome: RowOutcome
    code: str | None = None
    award_key: bytes | None = None
    person_key: bytes | None = None
    award_id: UUID | None = None
    earlier_award_id: UUID | None = None
    sealed_faults: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAward:
    """An award that was there for an enrolment, with its present credential under seal."""

    award_id: UUID
    enrolment_reference: str
    microcredential_id: UUID
    state: str
    decision: str
    credential_id: UUID | None
    sealed_payload: bytes | None = field(repr=False)
    pseudonym: str | None
    wrapped_key: bytes | None = field(repr=False)


_CHECKABLE = """
    SELECT batch_id, organisation, number FROM batch
    WHERE received_at IS NOT NULL AND checked_at IS NULL AND ended_at IS NULL AND number > $1
    ORDER BY number LIMIT 1
    """
_LOCK = """
    SELECT b.*, CAST(NULL AS boolean) AS is_approved, NULL AS decided_digest, NULL AS decided_by,
        NULL AS decided_at
    FROM batch b
    WHERE batch_id = $1 AND received_at IS NOT NULL AND checked_at IS NULL AND ended_at IS NULL
    AND wrapped_key IS NOT NULL
    FOR UPDATE SKIP LOCKED
    """
_NEXT = """
    SELECT number, sealed_cells FROM batch_slice
    WHERE batch_id = $1 AND checked_at IS NULL ORDER BY number LIMIT $2
    """
# These three ask row by row of an index: joined, a table without statistics, or with old ones after
# a large file, is read from end to end for every slice. A key stands on one line of a file.
_LINES_WITH_KEYS = """
    SELECT key, r.line FROM unnest($2::bytea[]) AS asked (key) CROSS JOIN LATERAL (
        SELECT line FROM batch_row WHERE batch_id = $1 AND award_key = asked.key LIMIT 1
    ) r
    UNION ALL
    SELECT key, r.line FROM unnest($3::bytea[]) AS asked (key) CROSS JOIN LATERAL (
        SELECT line FROM batch_row WHERE batch_id = $1 AND person_key = asked.key LIMIT 1
    ) r
    """
_EARLIER = """
    SELECT a.award_id, a.enrolment_reference, a.microcredential_id, a.state, a.decision,
           c.credential_id, c.sealed_payload, l.pseudonym, l.wrapped_key
    FROM unnest($2::text[], $3::uuid[]) AS asked (enrolment_reference, microcredential_id)
    CROSS JOIN LATERAL (
        SELECT * FROM award WHERE organisation = $1
        AND enrolment_reference = asked.enrolment_reference
        AND microcredential_id = asked.microcredential_id
        AND state NOT IN ('voided', 'erased') AND NOT is_recalled
        LIMIT 1
    ) a
    LEFT JOIN LATERAL (
        SELECT * FROM credential WHERE credential.award_id = a.award_id
        ORDER BY version DESC LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT pseudonym, wrapped_key FROM learner
        WHERE learner_id = coalesce(c.learner_id, a.learner_id) LIMIT 1
    ) l ON true
    """
# What people hold now; a revoked or expired one may be earned again.
_REFERENCES = """
    SELECT asked.pseudonym, asked.microcredential_id, a.enrolment_reference
    FROM unnest($2::text[], $3::uuid[]) AS asked (pseudonym, microcredential_id)
    CROSS JOIN LATERAL (
        SELECT learner_id FROM learner
        WHERE organisation = $1 AND pseudonym = asked.pseudonym LIMIT 1
    ) l
    CROSS JOIN LATERAL (
        SELECT enrolment_reference FROM award
        WHERE learner_id = l.learner_id AND microcredential_id = asked.microcredential_id
        AND state IN ('intended', 'granted', 'suspended') AND NOT is_recalled
        ORDER BY number LIMIT 1
    ) a
    """
_KEEP_ROWS = """
    INSERT INTO batch_row (batch_id, organisation, slice, line, outcome, code, award_key,
        person_key, award_id, earlier_award_id, sealed_faults, erased_at)
    SELECT $1, $2, $3, asked.*, CASE WHEN asked.code = 'row.erased' THEN $12::timestamptz END
    FROM unnest($4::integer[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::uuid[],
        $10::uuid[], $11::bytea[]) AS asked (line, outcome, code, award_key, person_key, award_id,
            earlier_award_id, sealed_faults)
    """
_KEEP_SLICE = """
    UPDATE batch_slice SET checked_at = $3, sealed_wishes = $4, digest = $5,
        settled_at = CASE WHEN $6::integer + $8::integer = 0 THEN $3::timestamptz END,
        registered = CASE WHEN $6::integer = 0 THEN 0 END,
        ready = $6, already_awarded = $7, correction = $8, duplicate_in_file = $9, error = $10
    WHERE batch_id = $1 AND number = $2
    """


async def find_checkable(straight: Straight, *, after: int) -> tuple[UUID, str, int] | None:
    """Return the next batch to check: its id, its organisation and its number."""
    row = await straight.ask(_CHECKABLE, after)
    return None if row is None else (row["batch_id"], row["organisation"], row["number"])


async def lock_unchecked(straight: Straight, batch_id: UUID) -> Batch | None:
    """Hold a batch for checking; None when it is checked, or somebody else holds it."""
    row = await straight.ask(_LOCK, batch_id)
    return None if row is None else read_batch(row)


async def list_unchecked(straight: Straight, batch_id: UUID, *, limit: int) -> list[UncheckedSlice]:
    """Return the first slices that are not checked yet: slices are checked in order."""
    rows = await straight.connection.fetch(_NEXT, batch_id, limit)
    return [UncheckedSlice(**row) for row in rows]


async def lock_next(straight: Straight, batch_id: UUID) -> UncheckedSlice | None:
    """Return the first slice that is not checked yet; nobody is erased from it meanwhile."""
    row = await straight.ask(_NEXT + " FOR UPDATE", batch_id, 1)
    return None if row is None else UncheckedSlice(**row)


async def find_lines(
    straight: Straight,
    batch_id: UUID,
    *,
    award_keys: Sequence[bytes],
    person_keys: Sequence[bytes],
) -> dict[bytes, int]:
    """Return on which earlier line of the same file each of these keys stood."""
    rows = await straight.connection.fetch(_LINES_WITH_KEYS, batch_id, award_keys, person_keys)
    return {row["key"]: row["line"] for row in rows}


async def find_earlier(
    straight: Straight, *, organisation: str, enrolments: Sequence[tuple[str, UUID]]
) -> dict[tuple[str, UUID], EarlierAward]:
    """Return the awards that were there already for these enrolments."""
    references = [reference for reference, _ in enrolments]
    microcredentials = [microcredential for _, microcredential in enrolments]
    rows = await straight.connection.fetch(_EARLIER, organisation, references, microcredentials)
    return {
        (row["enrolment_reference"], row["microcredential_id"]): EarlierAward(**row) for row in rows
    }


async def find_references(
    straight: Straight, *, organisation: str, people: Sequence[tuple[str, UUID]]
) -> dict[tuple[str, UUID], str]:
    """Return under which reference these people have these microcredentials already."""
    rows = await straight.connection.fetch(
        _REFERENCES,
        organisation,
        [pseudonym for pseudonym, _ in people],
        [microcredential for _, microcredential in people],
    )
    return {
        (row["pseudonym"], row["microcredential_id"]): row["enrolment_reference"] for row in rows
    }


async def count_ready_again(straight: Straight, batch_id: UUID) -> int:
    """Return how many rows are ready although their people have the same already."""
    row = await straight.ask(
        "SELECT count(*) AS rows FROM batch_row"
        " WHERE batch_id = $1 AND outcome = 'ready' AND code = 'award.exists.other-reference'",
        batch_id,
    )
    return 0 if row is None else int(row["rows"])


async def find_organisation_record(straight: Straight, oin: str) -> str | None:
    """Return our copy of an organisation as it is kept."""
    row = await straight.ask("SELECT record FROM organisation WHERE oin = $1", oin)
    return None if row is None else row["record"]


async def list_offered_records(straight: Straight, organisation: str) -> list[str]:
    """Return our copies of all this organisation provides, as they are kept."""
    rows = await straight.connection.fetch(
        "SELECT record FROM microcredential WHERE provider = $1"
        " ORDER BY microcredential_id, version",
        organisation,
    )
    return [row["record"] for row in rows]


async def keep_checked(
    straight: Straight,
    batch: Batch,
    *,
    number: int,
    rows: Sequence[CheckedRow],
    sealed_wishes: bytes,
    digest: bytes,
    now: datetime,
) -> None:
    """Keep what checking made of a slice: each of its rows once, all in one go."""
    counted = Counter(row.outcome for row in rows)
    await straight.connection.execute(
        _KEEP_SLICE,
        batch.batch_id,
        number,
        now,
        sealed_wishes,
        digest,
        *(counted[outcome] for outcome in RowOutcome),
    )
    await straight.connection.execute(
        _KEEP_ROWS,
        batch.batch_id,
        batch.organisation,
        number,
        [row.line for row in rows],
        [row.outcome for row in rows],
        [row.code for row in rows],
        [row.award_key for row in rows],
        [row.person_key for row in rows],
        [row.award_id for row in rows],
        [row.earlier_award_id for row in rows],
        [row.sealed_faults for row in rows],
        now,
    )


async def end_check(straight: Straight, batch_id: UUID, *, now: datetime) -> str:
    """Note that every row is checked, and return the digest of all that was."""
    whole = hashlib.sha256()
    rows = await straight.connection.fetch(
        "SELECT digest FROM batch_slice WHERE batch_id = $1 ORDER BY number", batch_id
    )
    for row in rows:
        whole.update(row["digest"])
    digest = whole.hexdigest()
    await straight.ask(
        "UPDATE batch SET checked_at = $2, digest = $3 WHERE batch_id = $1", batch_id, now, digest
    )
    return digest
