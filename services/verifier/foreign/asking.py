"""Asking strangers: each address once at a time, few at once, not often, and never for long.

Separate from what is made of an answer. All waiting is here, so here nobody may hold us up:

1. what was answered before, good or bad, is answered again as long as it may be kept;
2. who asks what is already being asked, waits for that answer;
3. when too many wait, or a host was asked too often, nobody is asked and nothing is remembered;
4. who hangs up takes nothing from others: an answer under way is still kept.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Final

from services.verifier.foreign.answers import Answer, Answers, Pace, lifetime
from services.verifier.foreign.documents import MAX_DOCUMENT_BYTES
from services.verifier.foreign.findings import ForeignCode
from shared.runtime.fetching import (
    AddressRefusedError,
    AnswerRefusedError,
    AnswerTooLargeError,
    Fetched,
    FetchFailedError,
    Reach,
    TooSlowError,
    open_site,
    read_trust,
)

# credentials.md, appendix B.
REACH: Final = Reach(connect_seconds=3, silence_seconds=3, total_seconds=5)
MOST_AT_ONCE: Final = 8
MOST_WAITING: Final = 64
_NAME: Final = "waarmerk-verifier"
_REDIRECTIONS: Final = range(300, 400)
_REFUSALS: Final = range(400, 500)
_FAILURES: Final[Mapping[type[Exception], ForeignCode]] = {
    TimeoutError: ForeignCode.TOO_SLOW,
    TooSlowError: ForeignCode.TOO_SLOW,
    AddressRefusedError: ForeignCode.ADDRESS_REFUSED,
    AnswerTooLargeError: ForeignCode.TOO_LARGE,
    AnswerRefusedError: ForeignCode.ANSWER_REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A sort of answer: in which media types, and how much of it is read."""

    media_types: tuple[str, ...]
    max_bytes: int


KEYS: Final = Wanted(
    media_types=(
        "application/did+json",
        "application/did+ld+json",
        "application/did",
        "application/cid",
        "application/jwk-set+json",
        "application/jwk+json",
        "application/ld+json",
        "application/json",
    ),
    max_bytes=MAX_DOCUMENT_BYTES,
)
LISTS: Final = Wanted(
    media_types=(
        "application/statuslist+jwt",
        "application/vc+jwt",
        "application/jwt",
        "application/vc",
        "application/vc+ld+json",
        "application/ld+json",
        "application/json",
        "text/plain",
    ),
    max_bytes=1024 * 1024,
)


class Asker:
    """Who asks for this process."""

    def __init__(self, *, reach: Reach, clock: Callable[[], datetime]) -> None:
        self._reach = reach
        self._clock = clock
        self._answers = Answers()
        self._pace = Pace()
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._under_way: dict[tuple[str, Wanted], asyncio.Task[Answer]] = {}

    async def ask(self, address: str, wanted: Wanted, *, host: str) -> Answer:
        """Return what the address answers, or answered a while ago; never raises."""
        asked, now = (address, wanted), self._clock()
        kept = self._answers.find(asked, now=now)
        if kept is not None:
            return kept
        task = self._under_way.get(asked)
        if task is None:
            crowded = len(self._under_way) >= MOST_WAITING
            if crowded or not self._pace.admits(host, now=now):
                return Answer(code=ForeignCode.BUSY, answered_at=now)
            task = asyncio.create_task(self._ask_in_turn(address, wanted))
            self._under_way[asked] = task
            task.add_done_callback(lambda _: self._under_way.pop(asked, None))
        return await asyncio.shield(task)

    async def _ask_in_turn(self, address: str, wanted: Wanted) -> Answer:
        try:
            async with asyncio.timeout(self._reach.total_seconds):
                await self._turns.acquire()
        except TimeoutError:
            return Answer(code=ForeignCode.BUSY, answered_at=self._clock())
        try:
            answer = await self._fetch(address, wanted)
        finally:
            self._turns.release()
        self._answers.keep((address, wanted), answer)
        return answer

    async def _fetch(self, address: str, wanted: Wanted) -> Answer:
        try:
            # Around it all, because looking up the name takes time of its own.
            async with asyncio.timeout(self._reach.total_seconds):
                fetched = await self._get(address, wanted)
        except (TimeoutError, AddressRefusedError, FetchFailedError) as failure:
            return self._failure(_FAILURES.get(type(failure), ForeignCode.UNREACHABLE))
        code = _code(fetched.status)
        if code is not ForeignCode.FOUND:
            return self._failure(code)
        return Answer(
            code=code,
            answered_at=self._clock(),
            body=fetched.body,
            media_type=fetched.media_type,
            lifetime=lifetime(fetched.headers),
        )

    async def _get(self, address: str, wanted: Wanted) -> Fetched:
        headers = {"Accept": ", ".join(wanted.media_types), "User-Agent": _NAME}
        reach = replace(self._reach, max_bytes=wanted.max_bytes)
        async with open_site(address, reach, trust=self._trust) as site:
            return await site.get(address, headers=headers, media_types=wanted.media_types)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return read_trust()

    def _failure(self, code: ForeignCode) -> Answer:
        return Answer(code=code, answered_at=self._clock())


def _code(status: int) -> ForeignCode:
    if status == HTTPStatus.OK:
        return ForeignCode.FOUND
    if status in _REDIRECTIONS:
        return ForeignCode.REDIRECTED
    if status in _REFUSALS and status != HTTPStatus.TOO_MANY_REQUESTS:
        return ForeignCode.NOT_PUBLISHED
    return ForeignCode.UNREACHABLE
