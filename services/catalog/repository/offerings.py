"""Offerings, as the database remembers them; a concept is seen by who acts for its provider."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.offerings import (
    OfferingUnknownError,
    Phase,
    enrolment_days,
)
from services.catalog.repository.records import lock, state_of
from services.catalog.tables import offering
from shared.contracts.offering import Offering, OfferingState

UNKNOWN_DAY: Final = date.max
Place = tuple[date, UUID]
_STILL: Final = frozenset(Phase) - {Phase.PAST, Phase.CANCELLED, Phase.CONCEPT}
_PUBLIC: Final = offering.c.state != OfferingState.CONCEPT.value


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedOfferings:
    """Which offerings a reader looks for; phases are those of `day`."""

    microcredential_id: UUID | None = None
    provider: str | None = None
    primary_code: str | None = None
    phases: Collection[Phase] = ()
    day: date


async def find_offering(
    session: AsyncSession, offering_id: UUID, *, for_update: bool = False
) -> Offering | None:
    """Return an offering that the reader may see, or None."""
    query = select(offering.c.record).where(offering.c.offering_id == offering_id)
    record = await session.scalar(query.with_for_update() if for_update else query)
    return None if record is None else Offering.model_validate(record)


async def lock_own_offering(session: AsyncSession, offering_id: UUID, *, provider: str) -> Offering:
    """Return the provider's own offering; nobody else changes it before our commit."""
    found = await find_offering(session, offering_id, for_update=True)
    if found is None or found.provider != provider:
        raise OfferingUnknownError
    return found


async def lock_code(session: AsyncSession, provider: str, primary_code: str) -> UUID | None:
    """Return the provider's offering with this code, if any; nobody else takes it meanwhile."""
    await lock(session, f"offering-code:{provider}:{primary_code}")
    query = select(offering.c.offering_id).where(
        offering.c.provider == provider, offering.c.primary_code == primary_code
    )
    found: UUID | None = await session.scalar(query)
    return found


async def keep_offering(session: AsyncSession, kept: Offering) -> None:
    """Keep the newest record of an offering."""
    days = kept.days
    values = {
        "microcredential_id": kept.microcredential_id,
        "provider": kept.provider,
        "primary_code": kept.primary_code,
        "state": kept.state.value,
        "first_day": days.first_day if days else UNKNOWN_DAY,
        "last_day": days.last_day if days else None,
        "enrolment": [Range(first, last, bounds="[]") for first, last in enrolment_days(kept)],
        "places_left": kept.places_left,
        "record_version": kept.record_version,
        "recorded_at": kept.recorded_at,
        "record": state_of(kept),
    }
    await session.execute(
        insert(offering)
        .values(offering_id=kept.offering_id, **values)
        .on_conflict_do_update(index_elements=[offering.c.offering_id], set_=values)
    )


async def remove_offering(session: AsyncSession, offering_id: UUID) -> None:
    """Take away a concept; row-level security keeps everything else."""
    await session.execute(delete(offering).where(offering.c.offering_id == offering_id))


async def list_offerings(
    session: AsyncSession, wanted: WantedOfferings, *, after: Place | None, limit: int
) -> list[Offering]:
    """Return offerings in the order in which they begin."""
    order = (offering.c.first_day, offering.c.offering_id)
    query = _where(select(offering.c.record), wanted).order_by(*order).limit(limit)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [Offering.model_validate(record) for record in await session.scalars(query)]


async def count_offerings(session: AsyncSession, wanted: WantedOfferings) -> int:
    """Return how many public offerings there are, for lists that are paged by number."""
    query = _where(select(func.count()).select_from(offering), wanted).where(_PUBLIC)
    return int(await session.scalar(query) or 0)


async def page_offerings(
    session: AsyncSession, wanted: WantedOfferings, *, offset: int, limit: int
) -> list[Offering]:
    """Return public offerings by number, in the order in which they begin (OEAPI pages so)."""
    query = (
        _where(select(offering.c.record), wanted)
        .where(_PUBLIC)
        .order_by(offering.c.first_day, offering.c.offering_id)
        .offset(offset)
        .limit(limit)
    )
    return [Offering.model_validate(record) for record in await session.scalars(query)]


async def offerings_of(
    session: AsyncSession, microcredential_ids: Sequence[UUID]
) -> dict[UUID, list[Offering]]:
    """Return the public offerings of many microcredentials with one query, first ones first."""
    found: dict[UUID, list[Offering]] = {one: [] for one in microcredential_ids}
    query = (
        select(offering.c.record)
        .where(offering.c.microcredential_id.in_(microcredential_ids), _PUBLIC)
        .order_by(offering.c.microcredential_id, offering.c.first_day, offering.c.offering_id)
    )
    for record in await session.scalars(query):
        one = Offering.model_validate(record)
        found[one.microcredential_id].append(one)
    return found


def _where(query: Select[Any], wanted: WantedOfferings) -> Select[Any]:
    if wanted.microcredential_id is not None:
        query = query.where(offering.c.microcredential_id == wanted.microcredential_id)
    if wanted.provider is not None:
        query = query.where(offering.c.provider == wanted.provider)
    if wanted.primary_code is not None:
        query = query.where(offering.c.primary_code == wanted.primary_code)
    if wanted.phases:
        query = query.where(phase_in_sql(wanted.day).in_([one.value for one in wanted.phases]))
        if _STILL.issuperset(wanted.phases):
            # Said twice, because most offerings are past, and a date is compared in no time.
            last_day = offering.c.last_day
            query = query.where(or_(last_day.is_(None), last_day >= wanted.day))
    return query


def phase_in_sql(day: date) -> ColumnElement[str]:
    """Return `phase_on` as SQL; a test holds the two against each other."""
    state, enrolment = offering.c.state, offering.c.enrolment
    active = state == OfferingState.ACTIVE.value
    enrols = and_(active, enrolment.contains(day))
    # The upper bound of a range without end is absent, and so is that of no range at all.
    opens = and_(
        active,
        func.isempty(enrolment).is_(False),
        func.coalesce(func.upper(enrolment) > day, True),
    )
    return case(
        (state == OfferingState.CONCEPT.value, Phase.CONCEPT.value),
        (state == OfferingState.CANCELLED.value, Phase.CANCELLED.value),
        (offering.c.last_day < day, Phase.PAST.value),
        (and_(enrols, offering.c.places_left == 0), Phase.FULL.value),
        (enrols, Phase.ENROLLING.value),
        (offering.c.first_day <= day, Phase.RUNNING.value),
        (opens, Phase.ANNOUNCED.value),
        else_=Phase.CLOSED.value,
    )
