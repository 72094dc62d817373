"""Organisations, as the database remembers them: the state of now, and every state before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Boolean, ColumnElement, Select, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import OrganisationUnknownError, RecordedOrganisation
from services.catalog.repository.records import state_of
from services.catalog.tables import organisation, organisation_version
from shared.contracts.policy import Organisation, Recognition
from shared.contracts.vocabulary import Recogniser, Sector


@dataclass(frozen=True, slots=True)
class WantedOrganisations:
    """Which organisations a reader looks for."""

    words: str | None = None
    sector: Sector | None = None
    recogniser: Recogniser | None = None
    recognised_on: date | None = None


async def find_organisation(session: AsyncSession, oin: str) -> RecordedOrganisation | None:
    """Return what is recorded of an organisation, or None."""
    found = await session.execute(select(organisation).where(organisation.c.oin == oin))
    row = found.one_or_none()
    if row is None:
        return None
    return RecordedOrganisation(Organisation.model_validate(row.state), row.record_version)


async def get_organisation(session: AsyncSession, oin: str) -> Organisation:
    """Return an organisation."""
    found = await find_organisation(session, oin)
    if found is None:
        raise OrganisationUnknownError
    return found.organisation


async def list_organisations(
    session: AsyncSession,
    *,
    after: str | None,
    limit: int,
    wanted: WantedOrganisations | None = None,
) -> list[Organisation]:
    """Return organisations in the order of their OINs."""
    query = select(organisation.c.state).order_by(organisation.c.oin).limit(limit)
    if after is not None:
        query = query.where(organisation.c.oin > after)
    if wanted is not None:
        query = _narrowed(query, wanted)
    return [Organisation.model_validate(state) for state in await session.scalars(query)]


def _narrowed(query: Select[tuple[object]], wanted: WantedOrganisations) -> Select[tuple[object]]:
    state = organisation.c.state
    if wanted.words is not None:
        names = (state["name"]["nl"].astext, state["name"]["en"].astext)
        query = query.where(
            *(
                or_(*(name.icontains(word, autoescape=True) for name in names))
                for word in wanted.words.split()
            )
        )
    if wanted.sector is not None:
        query = query.where(state["sector"].astext == wanted.sector)
    if wanted.recogniser is not None or wanted.recognised_on is not None:
        query = query.where(recognised(wanted.recogniser, wanted.recognised_on))
    return query


def recognised(recogniser: Recogniser | None, day: date | None) -> ColumnElement[bool]:
    """Say in SQL whether one period is of this recogniser and covers this day (ISO 8601 sorts)."""
    so = []
    if recogniser is not None:
        so.append("@.recogniser == $recogniser")
    if day is not None:
        so.append("@.validFrom <= $day && (!exists(@.validUntil) || @.validUntil > $day)")
    path = f"$.recognitions[*] ? ({' && '.join(so)})"
    asked = {"recogniser": recogniser, "day": day and day.isoformat()}
    return func.jsonb_path_exists(
        organisation.c.state, cast(path, JSONPATH), cast(asked, JSONB), type_=Boolean
    )


async def name_providers(session: AsyncSession, oins: Sequence[str]) -> dict[str, Organisation]:
    """Return these organisations by their OIN."""
    query = select(organisation.c.state).where(organisation.c.oin.in_(oins))
    found = [Organisation.model_validate(state) for state in await session.scalars(query)]
    return {one.oin: one for one in found}


async def list_with_codes(
    session: AsyncSession, recognitions: Sequence[Recognition]
) -> list[Organisation]:
    """Return every organisation that was ever recognised under one of these codes."""
    codes = [
        organisation.c.state.contains(
            {"recognitions": [{"recogniser": one.recogniser, "code": one.code}]}
        )
        for one in recognitions
        if one.code is not None
    ]
    if not codes:
        return []
    query = select(organisation.c.state).where(or_(*codes))
    return [Organisation.model_validate(state) for state in await session.scalars(query)]


async def keep_organisation(session: AsyncSession, recorded: RecordedOrganisation) -> None:
    """Keep the newest state of an organisation, beside every state before it."""
    kept = {
        "oin": recorded.organisation.oin,
        "state": state_of(recorded.organisation),
    }
    news = insert(organisation).values({**kept, "record_version": recorded.record_version})
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[organisation.c.oin],
            set_={"record_version": news.excluded.record_version, "state": news.excluded.state},
        )
    )
    await session.execute(
        insert(organisation_version).values(
            {
                **kept,
                "version": recorded.record_version,
                "recorded_at": recorded.recorded_at,
                "reason": recorded.reason,
            }
        )
    )


async def list_versions(
    session: AsyncSession, oin: str, *, after: int, limit: int
) -> list[RecordedOrganisation]:
    """Return the states of an organisation as they were recorded, first one first."""
    query = (
        select(organisation_version)
        .where(organisation_version.c.oin == oin, organisation_version.c.version > after)
        .order_by(organisation_version.c.version)
        .limit(limit)
    )
    return [
        RecordedOrganisation(Organisation.model_validate(row.state), row.version, row.reason)
        for row in await session.execute(query)
    ]


async def find_version_as_of(
    session: AsyncSession, oin: str, moment: datetime
) -> RecordedOrganisation | None:
    """Return what the register said of an organisation at a moment, or None."""
    query = (
        select(organisation_version)
        .where(organisation_version.c.oin == oin, organisation_version.c.recorded_at <= moment)
        .order_by(organisation_version.c.version.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return RecordedOrganisation(Organisation.model_validate(row.state), row.version, row.reason)
