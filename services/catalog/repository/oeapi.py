"""What the OEAPI facade asks: pages by number, each with three questions however large it is.

Apart from the other questions, because OEAPI pages by number and filters by its own words; here
everybody reads, so only what is published and public is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    column,
    func,
    literal,
    or_,
    select,
    true,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.oeapi import Audience, Entry, Outcome
from services.catalog.oeapi.entry import ALLIANCE_CODE, RIO_SECTORS
from services.catalog.tables import microcredential, organisation
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import Sector


@dataclass(frozen=True, slots=True)
class Slice:
    """Which page: so many items, after so many."""

    limit: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedEntries:
    """Which microcredentials are looked for; None is no wish."""

    words: str | None = None
    primary_code: str | None = None
    provider: str | None = None
    microcredential_id: UUID | None = None
    audience: Audience | None = None
    alliance: str | None = None
    levels: Sequence[str] | None = None
    field_of_study: str | None = None
    languages: Sequence[str] | None = None
    mode_of_delivery: str | None = None
    is_private: bool | None = None


_STATE: Final = microcredential.c.state
_CONTENT: Final = _STATE["content"]
_sector: Final = organisation.c.state["sector"].astext
_BY: Final = microcredential.c.provider == organisation.c.oin
LATEST: Final = (microcredential.c.is_latest, microcredential.c.is_open)
ORDER: Final = (microcredential.c.first_published_at, microcredential.c.microcredential_id)
_role: Final = column("role", Integer)
_ROLES: Final = values(_role, name="roles").data([(0,), (1,)]).lateral()
SPECIFICATION: Final = 0
DELIVERY: Final = 1


async def list_entries(
    session: AsyncSession, wanted: WantedEntries, page: Slice
) -> tuple[list[Entry], int]:
    """Return a page of microcredentials that are open, first published first, and their number."""
    rows, total = await page_of(session, _entries(wanted), ORDER, page)
    known = await load_entries(session, [row.microcredential_id for row in rows])
    return [known[row.microcredential_id] for row in rows], total


async def list_programmes(
    session: AsyncSession, wanted: WantedEntries, roles: Sequence[int], page: Slice
) -> tuple[list[tuple[Entry, int]], int]:
    """Return a page of programmes: what can be earned, and what is taught for non-formal ones."""
    is_there = or_(_role == SPECIFICATION, _sector == Sector.PRIVATE.value)
    query = (
        _entries(wanted).add_columns(_role).join(_ROLES, true()).where(is_there, _role.in_(roles))
    )
    rows, total = await page_of(session, query, (*ORDER, _role), page)
    known = await load_entries(session, [row.microcredential_id for row in rows])
    return [(known[row.microcredential_id], row.role) for row in rows], total


async def find_entry(session: AsyncSession, microcredential_ids: Sequence[UUID]) -> Entry | None:
    """Return the latest version of one of these, also when it is archived."""
    found = await load_entries(session, microcredential_ids)
    return next(iter(found.values()), None)


async def load_entries(
    session: AsyncSession, microcredential_ids: Sequence[UUID]
) -> dict[UUID, Entry]:
    """Return the latest versions of these with who provides them, in one question."""
    query = (
        select(_STATE, organisation.c.state.label("provider_state"))
        .join(organisation, _BY)
        .where(
            microcredential.c.microcredential_id.in_(microcredential_ids),
            microcredential.c.is_latest,
        )
    )
    found = [
        Entry(
            Microcredential.model_validate(row.state),
            Organisation.model_validate(row.provider_state),
        )
        for row in await session.execute(query)
    ]
    return {entry.specification: entry for entry in found}


async def list_outcomes(
    session: AsyncSession, wanted: WantedEntries, page: Slice
) -> tuple[list[Outcome], int]:
    """Return a page of learning outcomes, microcredential by microcredential."""
    outcome = (
        func.jsonb_array_elements(_CONTENT["learningOutcomes"])
        .table_valued(column("value", JSONB), with_ordinality="at", joins_implicitly=True)
        .render_derived()
    )
    plain = _entries(wanted, words=False)
    if wanted.words is not None:
        plain = plain.where(
            or_(
                *(
                    holds(func.lower(outcome.c.value[name].astext), wanted.words)
                    for name in ("nl", "en")
                )
            )
        )
    query = plain.add_columns(outcome.c.at).join(outcome, true())
    rows, total = await page_of(session, query, (*ORDER, outcome.c.at), page)
    known = await load_entries(session, [row.microcredential_id for row in rows])
    return [Outcome(known[row.microcredential_id], row.at - 1) for row in rows], total


async def list_roots(
    session: AsyncSession, words: str | None, primary_code: str | None, page: Slice
) -> tuple[list[Organisation], int]:
    """Return a page of organisations in the order of their OINs, and their number."""
    query = select(organisation.c.state, organisation.c.oin)
    if words is not None:
        names = organisation.c.state["name"]
        query = query.where(
            or_(*(holds(func.lower(names[one].astext), words) for one in ("nl", "en")))
        )
    if primary_code is not None:
        query = query.where(organisation.c.oin == primary_code)
    rows, total = await page_of(session, query, (organisation.c.oin,), page)
    return [Organisation.model_validate(row.state) for row in rows], total


def _entries(wanted: WantedEntries, *, words: bool = True) -> Select[Any]:
    query = (
        select(microcredential.c.microcredential_id)
        .join(organisation, _BY)
        .where(*LATEST, *conditions(wanted))
    )
    if words and wanted.words is not None:
        query = query.where(holds(microcredential.c.told, wanted.words))
    return query


def conditions(wanted: WantedEntries) -> list[ColumnElement[bool]]:
    """Return every wish as a condition on the microcredential and its provider."""
    found: list[ColumnElement[bool]] = []
    if wanted.provider is not None:
        found.append(microcredential.c.provider == wanted.provider)
    if wanted.microcredential_id is not None:
        found.append(microcredential.c.microcredential_id == wanted.microcredential_id)
    if wanted.primary_code is not None:
        found.append(_has_code(wanted.primary_code))
    if wanted.levels is not None:
        found.append(microcredential.c.level.in_(wanted.levels))
    if wanted.field_of_study is not None:
        field = _CONTENT["fieldOfStudy"].astext
        found.append(field.startswith(wanted.field_of_study, autoescape=True))
    if wanted.languages is not None:
        found.append(speaks(_CONTENT["inLanguage"].astext, wanted.languages))
    if wanted.mode_of_delivery is not None:
        found.append(_CONTENT["modesOfDelivery"].contains([wanted.mode_of_delivery]))
    if wanted.is_private is not None:
        is_private = _sector == Sector.PRIVATE.value
        found.append(is_private if wanted.is_private else ~is_private)
    if wanted.audience is not None:
        found.append(_meant_for(wanted.audience, wanted.alliance))
    return found


def _has_code(code: str) -> ColumnElement[bool]:
    """Compare with the provider's own code, or else with our id."""
    own: ColumnElement[bool] = _STATE[("content", "primaryCode")].astext == code
    try:
        microcredential_id = UUID(code)
    except ValueError:
        return own
    is_ours = microcredential.c.microcredential_id == microcredential_id
    return or_(own, and_(is_ours, _CONTENT["primaryCode"].is_(None)))


def _meant_for(audience: Audience, alliance: str | None) -> ColumnElement[bool]:
    """Say in SQL what `consumers.is_meant_for` says; a test holds them against each other."""
    if audience is Audience.RIO:
        known = organisation.c.state["educationOffererCode"].astext.is_not(None)
        return and_(known, _sector.in_([sector.value for sector in RIO_SECTORS]))
    code = {"codeType": ALLIANCE_CODE} | ({"code": alliance} if alliance else {})
    has_code: ColumnElement[bool] = _STATE[("content", "otherCodes")].contains([code])
    return has_code


def holds(text: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Say whether a text in small letters has these words in it (OEAPI `q`)."""
    return func.strpos(text, func.lower(words)) > 0


def speaks(tag: ColumnElement[str], languages: Sequence[str]) -> ColumnElement[bool]:
    """Compare the language of a tag, whatever country it is spoken in."""
    return func.split_part(tag, "-", 1).in_(languages)


async def page_of(
    session: AsyncSession,
    query: Select[Any],
    order: Sequence[ColumnElement[Any]],
    page: Slice,
) -> tuple[Sequence[Any], int]:
    """Return the keys on a page, and how many there are in all.

    Only keys: what is shown is as large as a text can be, and would be sorted along with them.
    """
    counted = query.with_only_columns(literal(1), maintain_column_froms=True).subquery()
    total = int(await session.scalar(select(func.count()).select_from(counted)) or 0)
    if page.offset >= total:
        return [], total
    rows = await session.execute(query.order_by(*order).limit(page.limit).offset(page.offset))
    return rows.all(), total
