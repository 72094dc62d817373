"""Pulling an institution's own OEAPI v6: page after page, with bounds on everything.

Apart from the import, because here nothing is read from or written to our database: while another
system takes its time, none of our connections waits for it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import ClassVar, Final
from uuid import UUID

from services.catalog.oeapi.importing import Kind
from services.catalog.oeapi.reading import as_list, as_object, is_microcredential
from services.catalog.oeapi.report import Wanted
from shared.runtime.fetching import FetchFailedError, Reach, Site, TooSlowError, open_site
from shared.strict_json import JsonObject, JsonRefusedError, load_object

ACCEPT: Final = {"Accept": "application/vnd.oeapi+json;version=6"}
ACCEPT_ANY: Final = {"Accept": "application/json"}
PAGE_SIZE: Final = 250
MOST_PAGES: Final = 200
MOST_THINGS: Final = 500
MOST_BYTES: Final = 100 * 1024 * 1024
TOTAL_SECONDS: Final = 300.0
_FEW: Final = 50
_AT_ONCE: Final = 4
_DEEPEST: Final = 5
_LISTS_OF_V5: Final = ("/education-specifications", "/programs")
_NOT_HERE: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
    }
)


class SourceRefusedError(FetchFailedError):
    """The source answered that it will not, or cannot, show this."""

    code: ClassVar[str] = "source-refused"
    dutch: ClassVar[str] = "De bron antwoordde dat hij dit niet wil of kan laten zien."

    def __init__(self, status: int) -> None:
        """Keep with which status it answered."""
        super().__init__(
            f"The source answered with status {status}, and not with what was asked.",
            f"De bron antwoordde met status {status}, en niet met wat werd gevraagd.",
        )
        self.status = status


class SourceUnreadableError(FetchFailedError):
    """The source answered, but not with OEAPI v6."""

    code: ClassVar[str] = "source-unreadable"
    dutch: ClassVar[str] = "De bron antwoordde, maar niet met OEAPI v6."


class SourceTooLargeError(FetchFailedError):
    """The source has more than one import takes; name what you want in programmeIds."""

    code: ClassVar[str] = "source-too-large"
    dutch: ClassVar[str] = (
        "De bron heeft meer dan één import aankan; noem wat u wilt in programmeIds."
    )


class SourceNotVersion6Error(FetchFailedError):
    """At the registered address there is no OEAPI v6."""

    code: ClassVar[str] = "source-not-oeapi-v6"
    dutch: ClassVar[str] = "Op het geregistreerde adres is geen OEAPI v6."


@dataclass(frozen=True, slots=True)
class Found:
    """A programme or course of the source, with its learning outcomes written out in it.

    `owners` is the organisation it is of, and those that one is a part of, as the source has them.
    """

    kind: Kind
    source_id: UUID
    members: JsonObject
    owners: tuple[JsonObject, ...] = ()


class Pull:
    """One pull from one source."""

    def __init__(self, site: Site, url: str) -> None:
        self._site = site
        self._url = url
        self._bytes = 0
        self._organisations: dict[UUID, JsonObject | None] = {}
        self._deadline = time.monotonic() + TOTAL_SECONDS

    async def find(self, wanted: Wanted) -> list[Found]:
        """Return what is to be imported: what was named, or every microcredential."""
        if wanted.is_all:
            listed = [one async for one in self._programmes() if is_microcredential(one)]
            found = [_found(Kind.PROGRAMME, one) for one in listed]
        else:
            found = [await self._one(Kind.PROGRAMME, one) for one in wanted.programmes]
            found += [await self._one(Kind.COURSE, one) for one in wanted.courses]
        known = [*{one.source_id: one for one in found if one is not None}.values()]
        if len(known) > MOST_THINGS:
            raise SourceTooLargeError
        known = await self._with_outcomes(known)
        return [replace(one, owners=await self._owners_of(one.members)) for one in known]

    async def offerings_of(self, found: Found) -> list[JsonObject]:
        """Return the offerings of a programme or course, and of the courses of a programme."""
        if found.kind is Kind.COURSE:
            return await self._children(f"/courses/{found.source_id}/course-offerings")
        programme = f"/programmes/{found.source_id}"
        offerings = await self._children(f"{programme}/programme-offerings")
        for course in await self._children(f"{programme}/courses"):
            course_id = _uuid(course.get("courseId"))
            if course_id is not None:
                offerings += await self._children(f"/courses/{course_id}/course-offerings")
        return offerings

    async def _programmes(self) -> AsyncIterator[JsonObject]:
        """Give every programme, or say what is at this address instead."""
        try:
            async for one in self._list("/programmes"):
                yield one
        except SourceRefusedError as error:
            if error.status in _NOT_HERE:
                raise await self._what_is_here(error.status) from None
            raise

    async def _what_is_here(self, status: int) -> SourceNotVersion6Error:
        """Look for OEAPI v5, which is what is most often found where v6 was expected."""
        for path in _LISTS_OF_V5:
            answer = await self._site.get(f"{self._url}{path}?pageSize=10", headers=ACCEPT_ANY)
            if answer.status == HTTPStatus.OK:
                return SourceNotVersion6Error(
                    f"At the registered address there is OEAPI v5 ({path}); register that of v6.",
                    f"Op het geregistreerde adres is OEAPI v5 ({path}); registreer dat van v6.",
                )
        return SourceNotVersion6Error(
            f"At the registered address there is no OEAPI v6: /programmes answers {status}.",
            f"Op het geregistreerde adres is geen OEAPI v6: /programmes antwoordt {status}.",
        )

    async def _owners_of(self, members: JsonObject) -> tuple[JsonObject, ...]:
        """Return the organisation of a thing and those it is a part of, as far as they are told."""
        owner = as_object(members.get("organisation"))
        owner_id = _uuid(members.get("organisationId")) or _uuid(owner.get("organisationId"))
        owners = [owner] if owner else []
        asked: set[UUID] = set()
        while owner_id is not None and owner_id not in asked and len(asked) < _DEEPEST:
            asked.add(owner_id)
            if owner_id not in self._organisations:
                found = await self._get(f"/organisations/{owner_id}", may_lack=True)
                self._organisations[owner_id] = found
            owner = self._organisations[owner_id] or {}
            owners.append(owner)
            owner_id = _uuid(owner.get("parentId")) or _uuid(owner.get("rootId"))
        return tuple(owners)

    async def _children(self, path: str) -> list[JsonObject]:
        """Return a list that not every source serves."""
        return [one async for one in self._list(path, may_lack=True)]

    async def _one(self, kind: Kind, source_id: UUID) -> Found | None:
        members = await self._get(f"/{kind.value}s/{source_id}", may_lack=True)
        return None if members is None else _found(kind, members)

    async def _list(self, path: str, *, may_lack: bool = False) -> AsyncIterator[JsonObject]:
        """Give every item of a list, page after page."""
        for number in range(1, MOST_PAGES + 1):
            address = f"{path}?pageSize={PAGE_SIZE}&pageNumber={number}"
            page = await self._get(address, may_lack=may_lack)
            if page is None:
                return
            items = page.get("items")
            if not isinstance(items, list):
                raise SourceUnreadableError
            for item in items:
                yield as_object(item)
            if not items or page.get("hasNextPage") is not True:
                return
        raise SourceTooLargeError

    async def _with_outcomes(self, found: Sequence[Found]) -> list[Found]:
        """Write the learning outcomes out where the source gave their ids only."""
        wanted = {
            one
            for each in found
            if not each.members.get("learningOutcomes")
            for one in as_list(each.members.get("learningOutcomeIds"))
        }
        ids = {one for one in map(_uuid, wanted) if one is not None}
        known = await self._outcomes(ids)
        for each in found:
            listed = as_list(each.members.get("learningOutcomeIds"))
            if not each.members.get("learningOutcomes") and listed:
                outcomes = [known[one] for one in map(_uuid, listed) if one in known]
                each.members["learningOutcomes"] = [*outcomes]
        return [*found]

    async def _outcomes(self, ids: Collection[UUID]) -> dict[UUID | None, JsonObject]:
        """Fetch a few outcomes one by one; look for many in the list of all of them first."""
        known: dict[UUID | None, JsonObject] = {}
        if len(ids) > _FEW:
            async for outcome in self._list("/learning-outcomes", may_lack=True):
                outcome_id = _uuid(outcome.get("learningOutcomeId"))
                if outcome_id in ids:
                    known[outcome_id] = outcome
                if len(known) == len(ids):
                    break
        missing = sorted(set(ids) - known.keys(), key=str)
        for begin in range(0, len(missing), _AT_ONCE):
            some = missing[begin : begin + _AT_ONCE]
            fetched = await asyncio.gather(
                *(self._get(f"/learning-outcomes/{one}", may_lack=True) for one in some)
            )
            known |= {one: got for one, got in zip(some, fetched, strict=True) if got is not None}
        return known

    async def _get(self, path: str, *, may_lack: bool = False) -> JsonObject | None:
        """Fetch one answer, within the bounds of the whole pull."""
        if time.monotonic() > self._deadline:
            raise TooSlowError
        answer = await self._site.get(self._url + path, headers=ACCEPT)
        self._bytes += len(answer.body)
        if self._bytes > MOST_BYTES:
            raise SourceTooLargeError
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED} and may_lack:
            return None
        if answer.status != HTTPStatus.OK:
            raise SourceRefusedError(answer.status)
        try:
            # In a thread: megabytes of JSON would hold up everybody else's requests.
            return await asyncio.to_thread(load_object, answer.body, max_bytes=len(answer.body))
        except JsonRefusedError:
            raise SourceUnreadableError from None


def _found(kind: Kind, members: JsonObject) -> Found | None:
    """Return a thing with its id; without one nothing could lead back to it."""
    source_id = _uuid(members.get(f"{kind.value}Id"))
    return None if source_id is None else Found(kind, source_id, members)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


@asynccontextmanager
async def open_pull(url: str, reach: Reach) -> AsyncIterator[Pull]:
    """Open a pull from a source."""
    async with open_site(url, reach) as site:
        yield Pull(site, url)
