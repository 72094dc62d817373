"""Batches as their organisation sees them, who decided on them, and its issuing rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from services.issuer.domain.batches import (
    Batch,
    BatchNotFoundError,
    Decision,
    IssuingRule,
)
from shared.runtime.database import Straight
from shared.runtime.idempotency import Claim

_BATCH = """
    SELECT b.*, d.is_approved, d.digest AS decided_digest, d.decided_by, d.decided_at
    FROM batch b LEFT JOIN batch_decision d USING (batch_id)
    WHERE b.received_at IS NOT NULL
        AND (SELECT acting_organisation()) IN (b.organisation, '*')
    """


async def get_batch(straight: Straight, batch_id: UUID, *, lock: bool = False) -> Batch:
    """Return a batch that came in whole, or raise BatchNotFoundError."""
    end = " AND b.batch_id = $1" + (" FOR UPDATE OF b" if lock else "")
    row = await straight.ask(_BATCH + end, batch_id)
    if row is None:
        raise BatchNotFoundError
    return read_batch(row)


async def list_batches(straight: Straight, *, before: int | None, limit: int) -> list[Batch]:
    """Return the acting organisation's batches, the newest first."""
    rows = await straight.connection.fetch(
        _BATCH + " AND ($1::bigint IS NULL OR b.number < $1) ORDER BY b.number DESC LIMIT $2",
        before,
        limit,
    )
    return [read_batch(row) for row in rows]


async def ask_run(
    straight: Straight, batch_id: UUID, *, asked_by: str, with_corrections: bool, now: datetime
) -> None:
    """Note that somebody wants a batch to be run."""
    await straight.ask(
        "UPDATE batch SET run_asked_by = $2, run_asked_at = $3, with_corrections = $4"
        " WHERE batch_id = $1",
        batch_id,
        asked_by,
        now,
        with_corrections,
    )


async def clear_batch(straight: Straight, batch_id: UUID, *, now: datetime) -> None:
    """Let a batch be signed from now on."""
    await straight.ask("UPDATE batch SET cleared_at = $2 WHERE batch_id = $1", batch_id, now)


async def end_batch(straight: Straight, batch_id: UUID, *, now: datetime) -> None:
    """Note that nothing is left to do for a batch."""
    await straight.ask(
        "UPDATE batch SET ended_at = $2 WHERE batch_id = $1 AND ended_at IS NULL", batch_id, now
    )


async def add_decision(
    straight: Straight,
    batch: Batch,
    decision: Decision,
    *,
    sealed_note: bytes | None,
) -> None:
    """Keep what a second person decided; a batch is decided on once."""
    await straight.ask(
        "INSERT INTO batch_decision (batch_id, organisation, is_approved, digest, decided_by,"
        " decided_at, sealed_note) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        batch.batch_id,
        batch.organisation,
        decision.is_approved,
        decision.digest,
        decision.decided_by,
        decision.decided_at,
        sealed_note,
    )


async def find_sealed_note(straight: Straight, batch_id: UUID) -> bytes | None:
    """Return what a second person wrote with their decision, under seal."""
    row = await straight.ask("SELECT sealed_note FROM batch_decision WHERE batch_id = $1", batch_id)
    return None if row is None else row["sealed_note"]


async def find_rule(straight: Straight, organisation: str, *, lock: bool = False) -> IssuingRule:
    """Return an organisation's issuing rule; who never set one has no threshold."""
    question = (
        "SELECT approval_from, student_domains, revision FROM issuing_rule WHERE organisation = $1"
    )
    row = await straight.ask(question + (" FOR UPDATE" if lock else ""), organisation)
    if row is None:
        return IssuingRule()
    return IssuingRule(
        approval_from=row["approval_from"],
        student_domains=from_json(row["student_domains"] or "{}"),
        revision=row["revision"],
    )


async def keep_rule(
    straight: Straight, organisation: str, rule: IssuingRule, *, changed_by: str, now: datetime
) -> bool:
    """Keep a next revision of a rule; False when somebody kept it first."""
    kept = await straight.ask(
        "INSERT INTO issuing_rule AS known"
        " (organisation, approval_from, revision, changed_by, changed_at, student_domains)"
        " VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (organisation) DO UPDATE SET approval_from = excluded.approval_from,"
        " student_domains = excluded.student_domains,"
        " revision = excluded.revision, changed_by = excluded.changed_by,"
        " changed_at = excluded.changed_at WHERE known.revision = excluded.revision - 1"
        " RETURNING revision",
        organisation,
        rule.approval_from,
        rule.revision,
        changed_by,
        now,
        to_json(rule.student_domains).decode(),
    )
    return kept is not None


async def keep_done(straight: Straight, claim: Claim, batch_id: UUID) -> None:
    """Remember of a claimed request that it was done, and on which batch."""
    await straight.ask(
        "UPDATE idempotency SET state = 'done', resource = $4, status = 200, lease_until = NULL,"
        " headers = '{}' WHERE organisation = $1 AND route = $2 AND key = $3 RETURNING key",
        claim.organisation,
        claim.route,
        claim.key,
        str(batch_id),
    )


def read_batch(row: Mapping[str, Any]) -> Batch:
    """Read a batch and the decision on it."""
    decision = (
        None
        if row["is_approved"] is None
        else Decision(
            is_approved=row["is_approved"],
            digest=row["decided_digest"],
            decided_by=row["decided_by"],
            decided_at=row["decided_at"],
        )
    )
    return Batch(
        batch_id=row["batch_id"],
        number=row["number"],
        organisation=row["organisation"],
        format=row["format"],
        rows=row["rows"],
        asked_by=row["asked_by"],
        received_at=row["received_at"],
        with_corrections=row["with_corrections"],
        wrapped_key=row["wrapped_key"],
        sealed_layout=row["sealed_layout"],
        checked_at=row["checked_at"],
        digest=row["digest"],
        run_asked_by=row["run_asked_by"],
        run_asked_at=row["run_asked_at"],
        decision=decision,
        cleared_at=row["cleared_at"],
        recalled_at=row["recalled_at"],
        ended_at=row["ended_at"],
    )
