"""Desks: what a provider works on and what was done there, seen by its own organisation only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, RowMapping, and_, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.life_cycle import Desk, MicrocredentialUnknownError, Source
from services.catalog.domain.reviews import Actor, HistoryEntry, Review, Stage
from services.catalog.repository.records import state_of
from services.catalog.tables import desk, desk_history, microcredential
from shared.contracts.microcredential import Description, Microcredential

_ACTOR: Final = TypeAdapter(Actor)
_REVIEW: Final = TypeAdapter(Review)
_SOURCE: Final = TypeAdapter(Source)
_ENTRY: Final = TypeAdapter(HistoryEntry)
_NEVER_CHANGED: Final = frozenset({"microcredential_id", "organisation", "copied_from"})


@dataclass(frozen=True, slots=True)
class ListedDesk:
    """A desk in a list, with the latest version that was published from it."""

    desk: Desk
    published: Microcredential | None


@dataclass(frozen=True, slots=True)
class WantedDesks:
    """Which desks a provider looks for: those with a draft this far, or a version like this."""

    stage: Stage | None = None
    is_open: bool | None = None


async def find_desk(
    session: AsyncSession, microcredential_id: UUID, *, for_update: bool = False
) -> Desk | None:
    """Return the acting organisation's own desk, or None."""
    query = select(desk).where(desk.c.microcredential_id == microcredential_id)
    if for_update:
        query = query.with_for_update()
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else _desk_in(row)


def _desk_in(row: RowMapping) -> Desk:
    draft, edited_by, copied_from = row["draft"], row["edited_by"], row["copied_from"]
    return Desk(
        microcredential_id=row["microcredential_id"],
        organisation=row["organisation"],
        draft=Description.model_validate(draft) if draft else None,
        versions=row["versions"],
        changed_at=row["changed_at"],
        first_published_at=row["first_published_at"],
        on_behalf_of=row["on_behalf_of"],
        revision=row["revision"],
        edited_by=_ACTOR.validate_python(edited_by) if edited_by else None,
        review=_REVIEW.validate_python(row["review"]),
        copied_from=_SOURCE.validate_python(copied_from) if copied_from else None,
    )


async def lock_desk(session: AsyncSession, microcredential_id: UUID) -> Desk:
    """Return the acting organisation's own desk; nobody else changes it before our commit."""
    found = await find_desk(session, microcredential_id, for_update=True)
    if found is None:
        raise MicrocredentialUnknownError
    return found


async def keep_desk(session: AsyncSession, kept: Desk) -> None:
    """Keep a desk as it is now."""
    values = {
        "microcredential_id": kept.microcredential_id,
        "organisation": kept.organisation,
        "draft": state_of(kept.draft) if kept.draft else None,
        "versions": kept.versions,
        "changed_at": kept.changed_at,
        "first_published_at": kept.first_published_at,
        "on_behalf_of": kept.on_behalf_of,
        "revision": kept.revision,
        "edited_by": _json(_ACTOR, kept.edited_by),
        "review": _json(_REVIEW, kept.review),
        "copied_from": _json(_SOURCE, kept.copied_from),
    }
    news = insert(desk).values(values)
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[desk.c.microcredential_id],
            set_={name: news.excluded[name] for name in values.keys() - _NEVER_CHANGED},
        )
    )


def _json(adapter: TypeAdapter[Any], record: object) -> object:
    if record is None:
        return None
    return adapter.dump_python(record, mode="json", exclude_none=True, by_alias=False)


async def add_history(session: AsyncSession, on: Desk, entry: HistoryEntry) -> None:
    """Add to what was done at a desk; it is never changed."""
    await session.execute(
        insert(desk_history).values(
            microcredential_id=on.microcredential_id,
            organisation=on.organisation,
            happened_at=entry.at,
            entry=_json(_ENTRY, entry),
        )
    )


async def remove_desk(session: AsyncSession, microcredential_id: UUID) -> None:
    """Take away a desk of which nothing was ever published, with what was done at it."""
    for table in (desk_history, desk):
        await session.execute(delete(table).where(table.c.microcredential_id == microcredential_id))


async def list_history(
    session: AsyncSession, microcredential_id: UUID, *, after: int, limit: int
) -> list[HistoryEntry]:
    """Return what was done at the acting organisation's own desk, oldest first."""
    query = (
        select(desk_history.c.number, desk_history.c.entry)
        .where(desk_history.c.microcredential_id == microcredential_id)
        .where(desk_history.c.number > after)
        .order_by(desk_history.c.number)
        .limit(limit)
    )
    return [
        _ENTRY.validate_python({**row.entry, "number": row.number})
        for row in await session.execute(query)
    ]


async def list_desks(
    session: AsyncSession,
    organisation: str,
    wanted: WantedDesks,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ListedDesk]:
    """Return an organisation's own desks, the one that was touched last at the end."""
    order = (desk.c.changed_at, desk.c.microcredential_id)
    latest = and_(
        microcredential.c.microcredential_id == desk.c.microcredential_id,
        microcredential.c.is_latest,
    )
    query = (
        select(desk, microcredential.c.state)
        .outerjoin(microcredential, latest)
        .where(desk.c.organisation == organisation, *_conditions(wanted))
        .order_by(*order)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [
        ListedDesk(
            _desk_in(row), Microcredential.model_validate(row["state"]) if row["state"] else None
        )
        for row in (await session.execute(query)).mappings()
    ]


def _conditions(wanted: WantedDesks) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.stage is not None:
        found.append(desk.c.draft.is_not(None))
        found.append(desk.c.review.has_key("submission") == (wanted.stage is not Stage.DRAFT))
        found.append(desk.c.review.has_key("approval") == (wanted.stage is Stage.APPROVED))
    if wanted.is_open is not None:
        found.append(microcredential.c.is_open.is_(wanted.is_open))
    return found
