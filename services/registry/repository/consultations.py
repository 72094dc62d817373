"""The questions about consultations: what is known of learners, who asked, and consumers' keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_new
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.consultations import Foreign, Line, LineStatus, Purpose, Reason, Trace
from services.registry.domain.profiles import Basis
from services.registry.tables import RegistrationRow, consultation, consumer_key
from shared.contracts.award import Pseudonym
from shared.contracts.registration import Registration


@dataclass(frozen=True, slots=True)
class SealedConsumerKey:
    """A version of a consumer's key, as it is stored."""

    version: int
    sealed: bytes
    created_at: datetime


async def find_by_learners(
    session: AsyncSession, learners: Iterable[Pseudonym]
) -> dict[Pseudonym, list[Registration]]:
    """Return what is registered of these learners, in the order in which it became known."""
    names = list(dict.fromkeys(learners))
    found: dict[Pseudonym, list[Registration]] = {name: [] for name in names}
    rows = await session.scalars(
        select(RegistrationRow)
        .where(RegistrationRow.learner.in_(names))
        .order_by(RegistrationRow.recorded_at, RegistrationRow.registration_id)
    )
    for row in rows:
        found[row.learner].append(row.as_registration())
    return found


async def add_lines(session: AsyncSession, lines: Sequence[Line]) -> None:
    """Remember that something of these learners was processed."""
    await session.execute(insert(consultation), [_values_of(line) for line in lines])


async def list_lines(
    session: AsyncSession, subject: str, *, before: int | None, limit: int | None
) -> list[Line]:
    """Return the lines about one learner, the newest first, as far as the caller may see them."""
    query = (
        select(consultation)
        .where(consultation.c.subject == subject)
        .order_by(consultation.c.number.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(consultation.c.number < before)
    return [_line(row) for row in await session.execute(query)]


async def list_keys(session: AsyncSession, organisation: str) -> list[SealedConsumerKey]:
    """Return every version of a consumer's key, the newest first."""
    query = (
        select(consumer_key)
        .where(consumer_key.c.organisation == organisation)
        .order_by(consumer_key.c.version.desc())
    )
    return [
        SealedConsumerKey(row.version, row.sealed_key, row.created_at)
        for row in await session.execute(query)
    ]


async def add_key(session: AsyncSession, organisation: str, key: SealedConsumerKey) -> None:
    """Add a version of a consumer's key, unless another transaction did so first."""
    await session.execute(
        insert_new(consumer_key)
        .values(
            organisation=organisation,
            version=key.version,
            sealed_key=key.sealed,
            created_at=key.created_at,
        )
        .on_conflict_do_nothing()
    )


def _values_of(line: Line) -> dict[str, object]:
    trace, reason = line.trace, line.reason
    child = line.operation_id != trace.operation_id
    return {
        "trace_id": trace.trace_id,
        "operation_id": line.operation_id,
        "parent_operation_id": trace.operation_id if child else None,
        "foreign_trace_id": trace.foreign.trace_id if trace.foreign else None,
        "foreign_operation_id": trace.foreign.operation_id if trace.foreign else None,
        "name": line.name,
        "status_code": line.status.value,
        "started_at": line.started_at,
        "ended_at": line.ended_at,
        "organisation": line.organisation,
        "client": line.client,
        "activity": line.activity,
        "subject": line.subject,
        "purpose": reason.purpose.value if reason else None,
        "legal_basis": reason.basis.value if reason else None,
        "reference": reason.reference if reason else None,
        "found": line.found,
    }


def _line(row: Row[Any]) -> Line:
    foreign = None
    if row.foreign_trace_id is not None:
        foreign = Foreign(row.foreign_trace_id, row.foreign_operation_id)
    reason = None
    if row.purpose is not None:
        reason = Reason(
            purpose=Purpose(row.purpose), basis=Basis(row.legal_basis), reference=row.reference
        )
    return Line(
        number=row.number,
        trace=Trace(row.trace_id, row.parent_operation_id or row.operation_id, foreign),
        operation_id=row.operation_id,
        name=row.name,
        status=LineStatus(row.status_code),
        started_at=row.started_at,
        ended_at=row.ended_at,
        organisation=row.organisation,
        client=row.client,
        activity=row.activity,
        subject=row.subject,
        reason=reason,
        found=row.found,
    )
