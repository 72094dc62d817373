"""Pulling results: offering by offering, page by page, from where an earlier round broke off.

Nothing is read from or written to our database while another system takes its time. A page is
settled before its successor is asked, so memory does not grow with what a source has, and whoever
dies goes on at the same page: what came twice follows once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from itertools import product
from typing import ClassVar, Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from services.issuer.domain.triggers import AssociationKind
from services.issuer.operations.desk import Desk
from services.issuer.operations.triggers.contents import mark_of
from services.issuer.operations.triggers.receiving import Sent, receive_association
from services.issuer.operations.triggers.sources import authorisation_of
from services.issuer.repository import triggers, triggers_sources
from services.issuer.repository.triggers_sources import AskedOffering, Source
from services.issuer.schemas.associations import AssociationBody
from shared.errors import WaarmerkError
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.fetching import FetchFailedError, Site, open_site
from shared.runtime.observability import get_logger
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue, load_object

ACCEPT: Final = "application/vnd.oeapi+json;version=6, application/json;q=0.9"
PAGE_SIZE: Final = 250
MOST_PAGES: Final = 200
MOST_PAGES_OF_ONE: Final = 4000
LEASE: Final = timedelta(minutes=5)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)
LOOKED_BACK: Final = timedelta(days=400)
_MOST_DOUBLINGS: Final = 12
_AT_ONCE: Final = 4
_NOT_HERE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
Clock = Callable[[], datetime]

log = get_logger(__name__)


class SourceRefusedError(FetchFailedError):
    """The source answered that it will not, or cannot, show its results."""

    code: ClassVar[str] = "source-refused"
    dutch: ClassVar[str] = "De bron antwoordde dat hij zijn resultaten niet wil of kan laten zien."


class SourceUnreadableError(FetchFailedError):
    """The source answered, but not with OEAPI v6."""

    code: ClassVar[str] = "source-unreadable"
    dutch: ClassVar[str] = "De bron antwoordde, maar niet met OEAPI v6."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a round came: of which offering, asked in which way, up to which page."""

    offering_id: UUID
    way: int = 0
    page: int = 1


_CURSOR: Final = TypeAdapter(Cursor)


async def pull_next(desk: Desk, *, clock: Clock) -> bool:
    """Pull from the source that is due longest; say whether there was one."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        now = clock()
        source = await triggers_sources.claim_source(session, now=now, lease_until=now + LEASE)
    if source is None:
        return False
    problem: str | None = None
    try:
        async with open_site(source.url, desk.reach) as site:
            is_over = await _Round(desk, source, site, clock).go_on()
    except WaarmerkError as error:
        problem, is_over = error.code, False
        log.warning("results cannot be pulled", organisation=source.organisation, reason=error.code)
    await _let_go(desk, source, problem, is_over=is_over, now=clock())
    return True


async def _let_go(
    desk: Desk, source: Source, problem: str | None, *, is_over: bool, now: datetime
) -> None:
    async with desk.database.transaction() as session:
        await act_for(session, source.organisation)
        if is_over:
            await triggers_sources.end_round(
                session,
                source.source_id,
                completed_at=now,
                next_at=now + timedelta(seconds=source.interval_seconds),
            )
            return
        pause = min(FIRST_PAUSE * 2 ** min(source.failures, _MOST_DOUBLINGS), LONGEST_PAUSE)
        await triggers_sources.let_go(
            session,
            source.source_id,
            next_at=now + pause if problem else now,
            problem=problem,
        )


class _Round:
    """One round along a source, or as much of it as fits in one go."""

    def __init__(self, desk: Desk, source: Source, site: Site, clock: Clock) -> None:
        self._desk = desk
        self._source = source
        self._site = site
        self._clock = clock
        self._headers = {"Accept": ACCEPT} | authorisation_of(desk, source)
        self._pages = 0

    async def go_on(self) -> bool:
        """Go on from where the round is; say whether it came to its end."""
        told = self._source.cursor
        cursor = _CURSOR.validate_json(told) if told else None
        async for offering in self._offerings(cursor.offering_id if cursor else None):
            ways = [*_ways(offering)]
            at = cursor if cursor and cursor.offering_id == offering.offering_id else None
            for way in range(at.way if at else 0, len(ways)):
                page = at.page if at and at.way == way else 1
                if not await self._pull_way(offering, way, ways[way], page):
                    return False
        return True

    async def _offerings(self, first: UUID | None) -> AsyncIterator[AskedOffering]:
        """Give the offerings from one on, each asked from the database when it is its turn."""
        since: date = (self._clock() - LOOKED_BACK).date()
        after, is_first = first, True
        while True:
            async with self._desk.database.transaction() as session:
                found = await triggers_sources.list_offerings(
                    session, self._source.organisation, after=after, since=since, limit=2
                )
            fresh = [one for one in found if is_first or one.offering_id != after]
            if not fresh:
                return
            yield fresh[0]
            after, is_first = fresh[0].offering_id, False

    async def _pull_way(
        self, offering: AskedOffering, way: int, asked: tuple[AssociationKind, UUID], page: int
    ) -> bool:
        """Pull every page of one list; False when it is enough for now, or nobody wants it."""
        kind, source_id = asked
        path = f"/{kind.value}-offerings/{source_id}/{kind.value}-offering-associations"
        while page <= MOST_PAGES_OF_ONE:
            asking = f"{path}?pageSize={PAGE_SIZE}&pageNumber={page}&role=student"
            answer = await self._get(asking)
            if answer is None:
                return True
            items = answer.get("items")
            if not isinstance(items, list):
                raise SourceUnreadableError
            for begin in range(0, len(items), _AT_ONCE):
                some = items[begin : begin + _AT_ONCE]
                await asyncio.gather(*(self._take(kind, item) for item in some))
            page += 1
            self._pages += 1
            is_last = not items or answer.get("hasNextPage") is not True
            cursor = Cursor(
                offering_id=offering.offering_id,
                way=way + 1 if is_last else way,
                page=1 if is_last else page,
            )
            if not await self._keep(cursor) or self._pages >= MOST_PAGES:
                return False
            if is_last:
                return True
        raise SourceUnreadableError

    async def _keep(self, cursor: Cursor) -> bool:
        async with self._desk.database.transaction() as session:
            await act_for(session, self._source.organisation)
            return await triggers_sources.keep_cursor(
                session,
                self._source.source_id,
                _CURSOR.dump_json(cursor).decode(),
                lease_until=self._clock() + LEASE,
            )

    async def _take(self, kind: AssociationKind, item: JsonValue) -> None:
        """Take one association, unless the list tells of it exactly as it did before."""
        members = item if isinstance(item, dict) else {}
        association_id = _uuid(members.get("associationId"))
        if association_id is None:
            raise SourceUnreadableError
        mark = mark_of(self._desk, to_json(members))
        async with self._desk.database.transaction() as session:
            await act_for(session, self._source.organisation)
            known = await triggers.find_association(
                session, self._source.organisation, association_id
            )
        if known is not None and known.listed_mark == mark:
            return
        if not isinstance(members.get("person"), dict):
            path = f"/{kind.value}-offering-associations/{association_id}?expand=person"
            members = await self._get(path) or members
        sent = Sent(
            organisation=self._source.organisation,
            association_id=association_id,
            kind=kind,
            listed_mark=mark,
            is_pulled=True,
        )
        try:
            body = AssociationBody.model_validate_json(to_json(members))
            await receive_association(self._desk, sent, body, now=self._clock())
        except ValidationError:
            log.warning("an association cannot be read", organisation=self._source.organisation)

    async def _get(self, path: str) -> JsonObject | None:
        """Fetch one answer; None when there is no such thing at the source."""
        answer = await self._site.get(self._source.url + path, headers=self._headers)
        if answer.status in _NOT_HERE:
            return None
        if answer.status != HTTPStatus.OK:
            raise SourceRefusedError
        try:
            # In a thread: megabytes of JSON would hold up every other duty.
            return await asyncio.to_thread(load_object, answer.body, max_bytes=len(answer.body))
        except JsonRefusedError:
            raise SourceUnreadableError from None


def _ways(offering: AskedOffering) -> list[tuple[AssociationKind, UUID]]:
    """Return under which ids an offering may be known there, of a course and of a programme."""
    named = [one for one in map(_uuid, offering.codes) if one is not None]
    ids = dict.fromkeys([*named, offering.offering_id])
    return [(kind, one) for one, kind in product(ids, AssociationKind)]


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
