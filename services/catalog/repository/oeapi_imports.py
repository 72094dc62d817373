"""Sources, imports and what they led to; each organisation sees its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Select, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.reviews import Actor
from services.catalog.oeapi.importing import Kind, Verdict
from services.catalog.oeapi.report import Import, ImportState, Item, Problem, Wanted
from services.catalog.repository.records import state_of
from services.catalog.tables import (
    desk,
    microcredential,
    oeapi_import,
    oeapi_import_item,
    oeapi_link,
    oeapi_source,
)
from shared.contracts.microcredential import Description
from shared.strict_json import JsonObject

RIO_CODE: Final = "x-rio-opleidingseenheidcode"
_WANTED: Final = TypeAdapter(Wanted)
_PROBLEM: Final = TypeAdapter(Problem)
_ITEM: Final = TypeAdapter(Item)
_ACTOR: Final = TypeAdapter(Actor)
_UNDER_WAY: Final = (ImportState.QUEUED.value, ImportState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an organisation serves its OEAPI."""

    organisation: str
    url: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """To which of ours a thing of the source led, and what was placed there."""

    target_id: UUID
    taken: JsonObject | None


async def find_source(session: AsyncSession, organisation: str) -> Source | None:
    """Return where an organisation serves its OEAPI, or None."""
    query = select(oeapi_source).where(oeapi_source.c.organisation == organisation)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Source(row.organisation, row.url, row.registered_at)


async def keep_source(session: AsyncSession, source: Source) -> None:
    """Keep where an organisation serves its OEAPI."""
    told = {"url": source.url, "registered_at": source.registered_at}
    await session.execute(
        insert(oeapi_source)
        .values(organisation=source.organisation, **told)
        .on_conflict_do_update(index_elements=[oeapi_source.c.organisation], set_=told)
    )


async def remove_source(session: AsyncSession, organisation: str) -> bool:
    """Forget where an organisation serves its OEAPI; say whether it was known."""
    removed = await session.scalar(
        delete(oeapi_source)
        .where(oeapi_source.c.organisation == organisation)
        .returning(oeapi_source.c.organisation)
    )
    return removed is not None


async def add_import(session: AsyncSession, added: Import) -> bool:
    """Add an import, unless one of its organisation is under way; say whether it was added."""
    row = {
        "import_id": added.import_id,
        "organisation": added.organisation,
        "url": added.url,
        "wanted": _WANTED.dump_python(added.wanted, mode="json"),
        "asked_by": {"client": added.client, "subject": added.subject},
        "state": added.state.value,
        "created_at": added.created_at,
    }
    is_added = await session.scalar(
        insert(oeapi_import)
        .values(row)
        .on_conflict_do_nothing()
        .returning(oeapi_import.c.import_id)
    )
    return is_added is not None


async def find_import(session: AsyncSession, import_id: UUID) -> Import | None:
    """Return an import of the acting organisation, or None."""
    query = select(oeapi_import).where(oeapi_import.c.import_id == import_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _import_in(row)


async def list_imports(
    session: AsyncSession, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Import]:
    """Return the imports of the acting organisation, newest first."""
    place = tuple_(oeapi_import.c.created_at, oeapi_import.c.import_id)
    query = select(oeapi_import).order_by(place.desc()).limit(limit)
    if before is not None:
        query = query.where(place < before)
    return [_import_in(row) for row in await session.execute(query)]


async def count_verdicts(
    session: AsyncSession, import_ids: Sequence[UUID]
) -> dict[UUID, dict[Verdict, int]]:
    """Return of each import how many things there are of each verdict."""
    verdict = oeapi_import_item.c.item["verdict"].astext
    query = (
        select(oeapi_import_item.c.import_id, verdict, func.count())
        .where(oeapi_import_item.c.import_id.in_(import_ids))
        .group_by(oeapi_import_item.c.import_id, verdict)
    )
    counts: dict[UUID, dict[Verdict, int]] = {}
    for import_id, name, count in await session.execute(query):
        counts.setdefault(import_id, {})[Verdict(name)] = count
    return counts


async def list_items(session: AsyncSession, import_id: UUID) -> list[Item]:
    """Return the report of an import, in the order in which things were found."""
    query = (
        select(oeapi_import_item.c.item)
        .where(oeapi_import_item.c.import_id == import_id)
        .order_by(oeapi_import_item.c.number)
    )
    return [_ITEM.validate_python(item) for item in await session.scalars(query)]


async def claim_import(
    session: AsyncSession, *, now: datetime, lease_until: datetime
) -> Import | None:
    """Take the oldest import that waits, or that was left by a process that ended."""
    waiting = (
        select(oeapi_import.c.import_id)
        .where(
            or_(
                oeapi_import.c.state == ImportState.QUEUED.value,
                (oeapi_import.c.state == ImportState.RUNNING.value)
                & (oeapi_import.c.lease_until < now),
            )
        )
        .order_by(oeapi_import.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = (
        await session.execute(
            update(oeapi_import)
            .where(oeapi_import.c.import_id == waiting)
            .values(
                state=ImportState.RUNNING.value,
                lease_until=lease_until,
                attempts=oeapi_import.c.attempts + 1,
            )
            .returning(oeapi_import)
        )
    ).one_or_none()
    return None if row is None else _import_in(row)


async def finish_import(
    session: AsyncSession, import_id: UUID, problem: Problem | None, *, now: datetime
) -> None:
    """Keep how an import ended."""
    state = ImportState.DONE if problem is None else ImportState.FAILED
    await session.execute(
        update(oeapi_import)
        .where(oeapi_import.c.import_id == import_id, oeapi_import.c.state.in_(_UNDER_WAY))
        .values(
            state=state.value,
            finished_at=now,
            lease_until=None,
            problem=None if problem is None else _PROBLEM.dump_python(problem, mode="json"),
        )
    )


async def has_item(session: AsyncSession, import_id: UUID, kind: Kind, source_id: UUID) -> bool:
    """Say whether this import dealt with a thing already."""
    query = select(oeapi_import_item.c.number).where(
        oeapi_import_item.c.import_id == import_id,
        oeapi_import_item.c.kind == kind.value,
        oeapi_import_item.c.source_id == source_id,
    )
    return (await session.scalar(query)) is not None


async def add_item(session: AsyncSession, of: Import, item: Item) -> None:
    """Add to the report of an import."""
    at = select(func.count()).where(oeapi_import_item.c.import_id == of.import_id)
    await session.execute(
        insert(oeapi_import_item).values(
            import_id=of.import_id,
            kind=item.kind.value,
            source_id=item.source_id,
            organisation=of.organisation,
            number=at.scalar_subquery(),
            item=_ITEM.dump_python(item, mode="json"),
        )
    )


async def find_link(
    session: AsyncSession, organisation: str, kind: Kind, source_id: UUID
) -> Link | None:
    """Return where an earlier import led from this thing, or None."""
    query = select(oeapi_link.c.target_id, oeapi_link.c.taken).where(
        oeapi_link.c.organisation == organisation,
        oeapi_link.c.kind == kind.value,
        oeapi_link.c.source_id == source_id,
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Link(row.target_id, row.taken)


async def linked_to(session: AsyncSession, target_id: UUID) -> list[UUID]:
    """Return which things of the source led here."""
    query = select(oeapi_link.c.source_id).where(oeapi_link.c.target_id == target_id)
    return [*await session.scalars(query)]


async def keep_link(
    session: AsyncSession,
    organisation: str,
    kind: Kind,
    source_id: UUID,
    *,
    link: Link,
    now: datetime,
) -> None:
    """Keep where a thing led; what led there before, and is no more, leads there no longer."""
    await session.execute(
        delete(oeapi_link).where(
            oeapi_link.c.target_id == link.target_id, oeapi_link.c.source_id != source_id
        )
    )
    told = {"target_id": link.target_id, "taken": link.taken, "seen_at": now}
    key = {"organisation": organisation, "kind": kind.value, "source_id": source_id}
    await session.execute(
        insert(oeapi_link)
        .values(**key, **told)
        .on_conflict_do_update(index_elements=[*key], set_=told)
    )


async def forget_links(session: AsyncSession, target_id: UUID) -> None:
    """Forget what led to one that is no more."""
    await session.execute(delete(oeapi_link).where(oeapi_link.c.target_id == target_id))


async def give_back(
    session: AsyncSession, target_id: UUID, *, taken: Description, present: Description
) -> None:
    """Remember, where an import placed what was thrown away, what stands there instead."""
    await session.execute(
        update(oeapi_link)
        .where(oeapi_link.c.target_id == target_id, oeapi_link.c.taken == state_of(taken))
        .values(taken=state_of(present))
    )


async def desks_by_id(session: AsyncSession, microcredential_id: UUID) -> list[UUID]:
    """Return the acting organisation's desk of this id, if there is one."""
    query = select(desk.c.microcredential_id).where(desk.c.microcredential_id == microcredential_id)
    return [*await session.scalars(query)]


async def desks_by_primary_code(session: AsyncSession, code: str) -> list[UUID]:
    """Return the desks whose draft or latest version has this code."""
    query = _desks().where(
        or_(
            desk.c.draft["primaryCode"].astext == code,
            microcredential.c.state[("content", "primaryCode")].astext == code,
        )
    )
    return [*await session.scalars(query)]


async def desks_by_rio_code(session: AsyncSession, codes: Sequence[str]) -> list[UUID]:
    """Return the desks whose draft or latest version has one of these codes in RIO."""
    wanted = [{"otherCodes": [{"codeType": RIO_CODE, "code": code}]} for code in codes]
    query = _desks().where(
        or_(
            *(desk.c.draft.contains(one) for one in wanted),
            *(microcredential.c.state["content"].contains(one) for one in wanted),
        )
    )
    return [*await session.scalars(query)]


def _desks() -> Select[Any]:
    """Look at the desks that may be seen, with the latest version of each."""
    latest = (microcredential.c.microcredential_id == desk.c.microcredential_id) & (
        microcredential.c.is_latest
    )
    return (
        select(desk.c.microcredential_id)
        .join(microcredential, latest, isouter=True)
        .order_by(desk.c.microcredential_id)
    )


def _import_in(row: Any) -> Import:  # noqa: ANN401 - a row has the columns of its table
    asked_by = _ACTOR.validate_python(row.asked_by)
    return Import(
        import_id=row.import_id,
        organisation=row.organisation,
        url=row.url,
        wanted=_WANTED.validate_python(row.wanted),
        state=ImportState(row.state),
        created_at=row.created_at,
        client=asked_by.client,
        subject=asked_by.subject,
        attempts=row.attempts,
        finished_at=row.finished_at,
        problem=None if row.problem is None else _PROBLEM.validate_python(row.problem),
    )
