"""Which offerings the OEAPI facade shows: pages by number, with what each is an offering of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.oeapi import Run
from services.catalog.repository.oeapi import (
    LATEST,
    Slice,
    WantedEntries,
    conditions,
    holds,
    load_entries,
    page_of,
    speaks,
)
from services.catalog.tables import microcredential, offering, organisation
from shared.contracts.offering import Offering, OfferingState


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRuns:
    """Which offerings are looked for, of which microcredentials."""

    of: WantedEntries
    words: str | None = None
    state: str | None = None
    languages: Sequence[str] | None = None
    mode_of_delivery: str | None = None
    since: date | None = None
    until: date | None = None
    only_dated: bool = False


async def list_runs(
    session: AsyncSession, wanted: WantedRuns, page: Slice
) -> tuple[list[Run], int]:
    """Return a page of public offerings, in the order in which they begin, and their number."""
    order = (offering.c.first_day, offering.c.offering_id)
    rows, total = await page_of(session, _runs(wanted), order, page)
    return await _load_runs(session, [row.offering_id for row in rows]), total


async def find_run(session: AsyncSession, offering_id: UUID) -> Run | None:
    """Return a public offering with the latest version of its microcredential, or None."""
    runs = await _load_runs(session, [offering_id])
    return runs[0] if runs else None


async def _load_runs(session: AsyncSession, offering_ids: Sequence[UUID]) -> list[Run]:
    query = select(offering.c.record).where(
        offering.c.offering_id.in_(offering_ids),
        offering.c.state != OfferingState.CONCEPT.value,
    )
    found = [Offering.model_validate(record) for record in await session.scalars(query)]
    entries = await load_entries(session, [one.microcredential_id for one in found])
    known = {one.offering_id: Run(one, entries[one.microcredential_id]) for one in found}
    return [known[one] for one in offering_ids if one in known]


def _runs(wanted: WantedRuns) -> Select[Any]:
    record = offering.c.record
    query = (
        select(offering.c.offering_id)
        .join(
            microcredential,
            microcredential.c.microcredential_id == offering.c.microcredential_id,
        )
        .join(organisation, microcredential.c.provider == organisation.c.oin)
        .where(offering.c.state != OfferingState.CONCEPT.value, *LATEST, *conditions(wanted.of))
    )
    if wanted.words is not None:
        query = query.where(_is_called(wanted.words))
    if wanted.state is not None:
        query = query.where(offering.c.state == wanted.state)
    if wanted.languages is not None:
        query = query.where(speaks(record["inLanguage"].astext, wanted.languages))
    if wanted.mode_of_delivery is not None:
        query = query.where(record["modesOfDelivery"].contains([wanted.mode_of_delivery]))
    if wanted.since is not None:
        query = query.where(_begins_since(wanted.since))
    if wanted.until is not None:
        query = query.where(offering.c.last_day <= wanted.until)
    if wanted.only_dated:
        query = query.where(offering.c.first_day < date.max, offering.c.last_day.is_not(None))
    return query


def _is_called(words: str) -> ColumnElement[bool]:
    """Find the words in the name of a run; without one it goes by what it is a run of."""
    name = offering.c.record["name"]
    told = select(microcredential.c.microcredential_id).where(
        microcredential.c.is_latest, holds(microcredential.c.told, words)
    )
    return or_(
        *(holds(func.lower(name[language].astext), words) for language in ("nl", "en")),
        and_(name.is_(None), offering.c.microcredential_id.in_(told)),
    )


def _begins_since(day: date) -> ColumnElement[bool]:
    """Take a fixed start on that day or later, and entry that is still possible then."""
    flexible = offering.c.record["flexibleEntry"].is_not(None)
    still = or_(offering.c.last_day.is_(None), offering.c.last_day >= day)
    return or_(offering.c.first_day >= day, and_(flexible, still))
