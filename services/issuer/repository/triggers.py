"""Associations as they were received, what came of them, and the offerings they are of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.domain.triggers import (
    UNDER_WAY,
    AssociationKind,
    KnownOffering,
    Outcome,
    ReceivedAssociation,
    Settled,
    WhyDecide,
)
from services.issuer.tables import association as associations
from services.issuer.tables import award as awards
from services.issuer.tables import offering as offerings
from shared.contracts.offering import Offering
from shared.errors import Fault
from shared.runtime.database import of_caller

_FAULTS: TypeAdapter[tuple[Fault, ...]] = TypeAdapter(tuple[Fault, ...])
_LEAST_OF_MANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAssociation:
    """An association as it is stored: its content under seal, and what came of it so far."""

    organisation: str
    association_id: UUID
    kind: AssociationKind
    revision: int
    outcome: Outcome
    reason: str | None
    wrapped_key: bytes | None = field(repr=False)
    sealed_content: bytes | None = field(repr=False)
    content_mark: bytes
    listed_mark: bytes | None
    microcredential_id: UUID | None
    award_id: UUID | None
    marks: bytes | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContent:
    """What an association now says, under seal."""

    kind: AssociationKind
    wrapped_key: bytes = field(repr=False)
    sealed_content: bytes = field(repr=False)
    content_mark: bytes
    learner: str
    listed_mark: bytes | None
    is_pulled: bool


async def keep_offering(session: AsyncSession, offering: Offering) -> None:
    """Remember an offering as it is now, and everything it is called."""
    days = offering.days
    told = {
        "provider": offering.provider,
        "microcredential_id": offering.microcredential_id,
        "codes": [offering.primary_code, *(one.code for one in offering.other_codes)],
        "ends_on": days and days.last_day,
    }
    await session.execute(
        insert(offerings)
        .values(offering_id=offering.offering_id, **told)
        .on_conflict_do_update(index_elements=[offerings.c.offering_id], set_=told)
    )


async def find_offering(
    session: AsyncSession, *, provider: str, offering_id: UUID | None, code: str | None
) -> KnownOffering | None:
    """Return the offering of a provider that is meant, by its id or what it is called there.

    A name that two of its offerings have means neither.
    """
    own = select(offerings).where(offerings.c.provider == provider)
    asked = []
    if offering_id is not None:
        asked += [offerings.c.offering_id == offering_id]
        asked += [offerings.c.codes.contains([str(offering_id)])]
    if code is not None:
        asked += [offerings.c.codes.contains([code])]
    for meant in asked:
        rows = (await session.execute(own.where(meant).limit(_LEAST_OF_MANY))).all()
        if len(rows) == 1:
            return KnownOffering(
                offering_id=rows[0].offering_id, microcredential_id=rows[0].microcredential_id
            )
    return None


async def lock_association(
    session: AsyncSession, organisation: str, association_id: UUID
) -> KeptAssociation | None:
    """Return an association, and let nobody else change it until the commit; also a new one."""
    name = f"association|{organisation}|{association_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    return await find_association(session, organisation, association_id)


async def find_association(
    session: AsyncSession, organisation: str, association_id: UUID
) -> KeptAssociation | None:
    """Return an association of the acting organisation as it is stored, or None."""
    query = select(associations).where(
        associations.c.association_id == association_id,
        associations.c.organisation == organisation,
        of_caller(associations.c.organisation),
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return KeptAssociation(
        organisation=row.organisation,
        association_id=row.association_id,
        kind=AssociationKind(row.kind),
        revision=row.revision,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        wrapped_key=row.wrapped_key,
        sealed_content=row.sealed_content,
        content_mark=row.content_mark,
        listed_mark=row.listed_mark,
        microcredential_id=row.microcredential_id,
        award_id=row.award_id,
        marks=row.marks,
        attempts=row.attempts,
    )


async def keep_content(
    session: AsyncSession,
    organisation: str,
    association_id: UUID,
    content: NewContent,
    *,
    reason: str,
    retry_at: datetime,
    now: datetime,
) -> None:
    """Keep what an association now says; what comes of it is still to be found out."""
    told = {
        "kind": content.kind.value,
        "wrapped_key": content.wrapped_key,
        "sealed_content": content.sealed_content,
        "content_mark": content.content_mark,
        "learner": content.learner,
        "outcome": Outcome.WAITING.value,
        "reason": reason,
        "faults": None,
        "attempts": 0,
        "retry_at": retry_at,
        "changed_at": now,
        "listed_mark": content.listed_mark,
    }
    await session.execute(
        insert(associations)
        .values(
            organisation=organisation,
            association_id=association_id,
            revision=1,
            is_pulled=content.is_pulled,
            received_at=now,
            **told,
        )
        .on_conflict_do_update(
            index_elements=[associations.c.organisation, associations.c.association_id],
            set_=told | {"revision": associations.c.revision + 1},
        )
    )


async def keep_listed(
    session: AsyncSession, organisation: str, association_id: UUID, listed_mark: bytes
) -> None:
    """Remember how a list told of an association, so that it is passed over until it changes."""
    await session.execute(
        update(associations)
        .where(
            associations.c.organisation == organisation,
            associations.c.association_id == association_id,
        )
        .values(listed_mark=listed_mark)
    )


async def keep_outcome(
    session: AsyncSession, kept: KeptAssociation, settled: Settled, *, attempts: int, now: datetime
) -> None:
    """Keep what came of an association; what it says otherwise by now is looked at again.

    An award that was made meanwhile is kept in both cases: what follows depends on it.
    """
    awarded: dict[str, object] = {}
    if settled.award_id is not None:
        awarded |= {"award_id": settled.award_id}
    if settled.marks is not None:
        awarded |= {"microcredential_id": settled.microcredential_id, "marks": settled.marks}
    told = {
        "outcome": settled.outcome.value,
        "reason": settled.reason,
        "faults": _FAULTS.dump_json(settled.faults).decode() if settled.faults else None,
        "retry_at": settled.retry_at,
        "attempts": attempts,
    }
    this = update(associations).where(
        associations.c.organisation == kept.organisation,
        associations.c.association_id == kept.association_id,
        associations.c.reason.is_distinct_from(WhyDecide.LEARNER_ERASED.value),
    )
    present = await session.scalar(
        this.where(associations.c.revision == kept.revision)
        .values(awarded | told)
        .returning(associations.c.revision)
    )
    if present is None and awarded:
        await session.execute(
            this.values(
                awarded | {"outcome": Outcome.WAITING.value, "reason": UNDER_WAY, "retry_at": now}
            )
        )


async def list_due(session: AsyncSession, *, now: datetime, limit: int) -> list[tuple[str, UUID]]:
    """Return the associations that are to be looked at again, longest waiting first."""
    query = (
        select(associations.c.organisation, associations.c.association_id)
        .where(associations.c.retry_at <= now)
        .order_by(associations.c.retry_at)
        .limit(limit)
    )
    return [(row.organisation, row.association_id) for row in await session.execute(query)]


async def find_received(
    session: AsyncSession, organisation: str, association_id: UUID
) -> ReceivedAssociation | None:
    """Return what came of an association, or None."""
    query = _RECEIVED.where(
        associations.c.organisation == organisation,
        associations.c.association_id == association_id,
        of_caller(associations.c.organisation),
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _read(row)


async def list_received(
    session: AsyncSession,
    organisation: str,
    *,
    outcome: Outcome | None,
    after: int,
    limit: int,
) -> Sequence[ReceivedAssociation]:
    """Return what came of an organisation's associations, in the order they first came."""
    query = (
        _RECEIVED.where(
            associations.c.organisation == organisation,
            associations.c.number > after,
            of_caller(associations.c.organisation),
        )
        .order_by(associations.c.number)
        .limit(limit)
    )
    if outcome is not None:
        query = query.where(associations.c.outcome == outcome.value)
    return [_read(row) for row in await session.execute(query)]


async def forget_person(session: AsyncSession, organisation: str, pseudonym: str) -> None:
    """Destroy what associations say of a learner; that there was one stays known."""
    await session.execute(
        update(associations)
        .where(
            associations.c.organisation == organisation,
            associations.c.learner == pseudonym,
        )
        .values(
            wrapped_key=None,
            sealed_content=None,
            content_mark=b"",
            listed_mark=None,
            marks=None,
            learner="",
            # As the award's own reference: it may lead to a person there.
            award_id=None,
            outcome=Outcome.NEEDS_DECISION.value,
            reason=WhyDecide.LEARNER_ERASED.value,
            faults=None,
            retry_at=None,
        )
    )


_RECEIVED = select(associations, awards.c.state.label("award_state")).outerjoin(
    awards, awards.c.award_id == associations.c.award_id
)


def _read(row: Row[tuple[object, ...]]) -> ReceivedAssociation:
    return ReceivedAssociation(
        association_id=row.association_id,
        number=row.number,
        kind=AssociationKind(row.kind),
        revision=row.revision,
        settled=Settled(
            outcome=Outcome(row.outcome),
            reason=row.reason,
            faults=_FAULTS.validate_json(row.faults) if row.faults else (),
            award_id=row.award_id,
            microcredential_id=row.microcredential_id,
            retry_at=row.retry_at,
        ),
        award_state=AwardState(row.award_state) if row.award_state else None,
        received_at=row.received_at,
        changed_at=row.changed_at,
        is_pulled=row.is_pulled,
    )
