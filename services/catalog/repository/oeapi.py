"""What the OEAPI facade asks: pages by number, each with one question for its rows and one count.

Apart from the other questions, because OEAPI pages by number and filters by its own words; here
everybody reads, so only what is published and public is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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

from services.catalog.oeapi import Audience, Entry, Outcome, Run
from services.catalog.oeapi.entry import ALLIANCE_CODE, RIO_SECTORS
from services.catalog.tables import microcredential, offering, organisation
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Offering, OfferingState
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


_STATE: Final = microcredential.c.state
_CONTENT: Final = _STATE["content"]
_sector: Final = organisation.c.state["sector"].astext
_BY: Final = microcredential.c.provider == organisation.c.oin
_LATEST: Final = (microcredential.c.is_latest, microcredential.c.is_open)
_ORDER: Final = (microcredential.c.first_published_at, microcredential.c.microcredential_id)
_role: Final = column("role", Integer)
_ROLES: Final = values(_role, name="roles").data([(0,), (1,)]).lateral()
SPECIFICATION: Final = 0
DELIVERY: Final = 1


async def list_entries(
    session: AsyncSession, wanted: WantedEntries, page: Slice
) -> tuple[list[Entry], int]:
    """Return a page of microcredentials that are open, first published first, and their number."""
    query = _entries(wanted)
    rows = await session.execute(_paged(query, page))
    return [_entry(row) for row in rows], await _count(session, query)


async def list_programmes(
    session: AsyncSession, wanted: WantedEntries, roles: Sequence[int], page: Slice
) -> tuple[list[tuple[Entry, int]], int]:
    """Return a page of programmes: what can be earned, and what is taught for non-formal ones."""
    is_there = or_(_role == SPECIFICATION, _sector == Sector.PRIVATE.value)
    query = (
        _entries(wanted).add_columns(_role).join(_ROLES, true()).where(is_there, _role.in_(roles))
    )
    rows = await session.execute(_paged(query, page, _role))
    return [(_entry(row), row.role) for row in rows], await _count(session, query)


async def find_entry(session: AsyncSession, microcredential_ids: Sequence[UUID]) -> Entry | None:
    """Return the latest version of one of these, also when it is archived."""
    query = (
        select(_STATE, organisation.c.state.label("provider_state"))
        .join(organisation, _BY)
        .where(
            microcredential.c.microcredential_id.in_(microcredential_ids),
            microcredential.c.is_latest,
        )
    )
    row = (await session.execute(query)).first()
    return None if row is None else _entry(row)


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
            or_(*(_holds(outcome.c.value[name].astext, wanted.words) for name in ("nl", "en")))
        )
    query = plain.add_columns(outcome.c.at).join(outcome, true())
    rows = await session.execute(_paged(query, page, outcome.c.at))
    return [Outcome(_entry(row), row.at - 1) for row in rows], await _count(session, query)


async def list_runs(
    session: AsyncSession, wanted: WantedRuns, page: Slice
) -> tuple[list[Run], int]:
    """Return a page of public offerings, in the order in which they begin, and their number."""
    query = _runs(wanted)
    order = (offering.c.first_day, offering.c.offering_id)
    rows = await session.execute(query.order_by(*order).limit(page.limit).offset(page.offset))
    return [_run(row) for row in rows], await _count(session, query)


async def find_run(session: AsyncSession, offering_id: UUID) -> Run | None:
    """Return a public offering with the latest version of its microcredential, or None."""
    query = _offerings().where(offering.c.offering_id == offering_id, microcredential.c.is_latest)
    row = (await session.execute(query)).first()
    return None if row is None else _run(row)


async def list_roots(
    session: AsyncSession, words: str | None, primary_code: str | None, page: Slice
) -> tuple[list[Organisation], int]:
    """Return a page of organisations in the order of their OINs, and their number."""
    query = select(organisation.c.state)
    if words is not None:
        names = organisation.c.state["name"]
        query = query.where(or_(*(_holds(names[one].astext, words) for one in ("nl", "en"))))
    if primary_code is not None:
        query = query.where(organisation.c.oin == primary_code)
    rows = await session.scalars(
        query.order_by(organisation.c.oin).limit(page.limit).offset(page.offset)
    )
    return [Organisation.model_validate(state) for state in rows], await _count(session, query)


def _entries(wanted: WantedEntries, *, words: bool = True) -> Select[Any]:
    query = (
        select(_STATE, organisation.c.state.label("provider_state"))
        .join(organisation, _BY)
        .where(*_LATEST, *_conditions(wanted))
    )
    if words and wanted.words is not None:
        query = query.where(_tells(wanted.words))
    return query


def _conditions(wanted: WantedEntries) -> list[ColumnElement[bool]]:
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
        found.append(_speaks(_CONTENT["inLanguage"].astext, wanted.languages))
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
    own: ColumnElement[bool] = _CONTENT["primaryCode"].astext == code
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
    return _STATE.contains({"content": {"otherCodes": [code]}})


def _tells(words: str) -> ColumnElement[bool]:
    """Find the words as they stand in a name, abbreviation or description (OEAPI `q`)."""
    texts = [_CONTENT[name][language].astext for name in _TOLD for language in ("nl", "en")]
    return or_(*(_holds(text, words) for text in (*texts, _CONTENT["abbreviation"].astext)))


_TOLD: Final = ("title", "description")


def _holds(text: ColumnElement[str], words: str) -> ColumnElement[bool]:
    return text.icontains(words, autoescape=True)


def _speaks(tag: ColumnElement[str], languages: Sequence[str]) -> ColumnElement[bool]:
    """Compare the language of a tag, whatever country it is spoken in."""
    return func.split_part(tag, "-", 1).in_(languages)


def _offerings() -> Select[Any]:
    return (
        select(offering.c.record, _STATE, organisation.c.state.label("provider_state"))
        .join(
            microcredential,
            microcredential.c.microcredential_id == offering.c.microcredential_id,
        )
        .join(organisation, _BY)
        .where(offering.c.state != OfferingState.CONCEPT.value)
    )


def _runs(wanted: WantedRuns) -> Select[Any]:
    record = offering.c.record
    query = _offerings().where(*_LATEST, *_conditions(wanted.of))
    if wanted.words is not None:
        # A run without a name of its own goes by the title.
        name = func.coalesce(record["name"], _CONTENT["title"], type_=JSONB)
        texts = [name[language].astext for language in ("nl", "en")]
        query = query.where(or_(*(_holds(text, wanted.words) for text in texts)))
    if wanted.state is not None:
        query = query.where(offering.c.state == wanted.state)
    if wanted.languages is not None:
        query = query.where(_speaks(record["inLanguage"].astext, wanted.languages))
    if wanted.mode_of_delivery is not None:
        query = query.where(record["modesOfDelivery"].contains([wanted.mode_of_delivery]))
    if wanted.since is not None:
        query = query.where(_begins_since(wanted.since))
    if wanted.until is not None:
        query = query.where(offering.c.last_day <= wanted.until)
    if wanted.only_dated:
        query = query.where(offering.c.first_day < date.max, offering.c.last_day.is_not(None))
    return query


def _begins_since(day: date) -> ColumnElement[bool]:
    """Take a fixed start on that day or later, and entry that is still possible then."""
    flexible = offering.c.record["flexibleEntry"].is_not(None)
    still = or_(offering.c.last_day.is_(None), offering.c.last_day >= day)
    return or_(offering.c.first_day >= day, and_(flexible, still))


def _paged(query: Select[Any], page: Slice, *also: ColumnElement[Any]) -> Select[Any]:
    return query.order_by(*_ORDER, *also).limit(page.limit).offset(page.offset)


async def _count(session: AsyncSession, query: Select[Any]) -> int:
    counted = query.with_only_columns(literal(1), maintain_column_froms=True).subquery()
    return int(await session.scalar(select(func.count()).select_from(counted)) or 0)


def _entry(row: Any) -> Entry:  # noqa: ANN401 - a row has the columns of its question
    return Entry(
        Microcredential.model_validate(row.state), Organisation.model_validate(row.provider_state)
    )


def _run(row: Any) -> Run:  # noqa: ANN401 - a row has the columns of its question
    return Run(Offering.model_validate(row.record), _entry(row))
