"""Counting answered requests and writing them down: each at once, or those of a moment together.

Apart from the edge, which sees them one by one. Together they cost a fifth: what a processor needs
at hand for a line and a count it fetches once, not again after every answer. Who is killed loses
the lines of the last tenth of a second, and no answer.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final, NamedTuple

from shared.runtime.metrics import Metrics
from shared.runtime.observability import RequestContext, write_request_lines

SECONDS: Final = 0.1
MOST_WAITING: Final = 1000
_QUIET: Final = frozenset({"/health/live", "/health/ready", "/metrics"})


class Answered(NamedTuple):
    """A request that was answered: by its route's template, never by its address."""

    context: RequestContext
    method: str
    route: str
    status: int
    seconds: float
    """How long it took."""
    at: float
    """When the answer had gone, in seconds since 1970."""


class Bookkeeping:
    """What one application keeps of its answers."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._waiting: list[Answered] | None = None

    def note(self, answered: Answered) -> None:
        """Keep one answer, now or in a moment."""
        if self._waiting is None:
            self._keep([answered])
        else:
            self._waiting.append(answered)
            if len(self._waiting) >= MOST_WAITING:
                self.catch_up()

    def catch_up(self) -> None:
        """Keep everything that waits."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._keep(waiting)

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Keep the answers of a tenth of a second together, until the block ends."""
        self._waiting = []
        keeping = asyncio.create_task(self._catch_up_often())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            self.catch_up()
            self._waiting = None

    async def _catch_up_often(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            self.catch_up()

    def _keep(self, answers: Sequence[Answered]) -> None:
        count = self._metrics.count
        for one in answers:
            count(method=one.method, route=one.route, status=one.status, seconds=one.seconds)
        write_request_lines(
            (one.context, one.method, one.route, one.status, one.seconds, one.at)
            for one in answers
            if one.route not in _QUIET or one.status >= HTTPStatus.BAD_REQUEST
        )
