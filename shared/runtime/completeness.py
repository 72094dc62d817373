"""Up to when a consumer has heard everything there was to hear.

Separate from the heart-beat, which tells how far behind a consumer is: under steady traffic
something is always under way, and the newest thing heard says nothing of what another partition
still holds. So a mark is set where every partition ends; once all that lies before it was heard,
the moment at which it was set is certain. Any worker can tell this of all of them, because how far
each came stands in the database.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.runtime import clock
from shared.runtime.bus import Consumer
from shared.runtime.database import Database
from shared.runtime.positions import read_positions

ANSWER_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Where everything ended at a moment; whatever was said before it lies before these ends."""

    moment: datetime
    ends: Mapping[TopicPartition, int]

    def is_passed(self, positions: Mapping[TopicPartition, int]) -> bool:
        """Say whether all that lies before it has been heard."""
        return all(positions.get(one, 0) >= end for one, end in self.ends.items())


class Completeness:
    """What one worker knows about how complete a consumer is, whoever has which share."""

    def __init__(
        self,
        database: Database,
        consumer: Consumer,
        *,
        read_clock: Callable[[], datetime] = clock.now,
    ) -> None:
        self._database = database
        self._consumer = consumer
        self._read_clock = read_clock
        self._mark: Mark | None = None

    async def look(self) -> datetime | None:
        """Return a later moment up to which everything was heard, if there is one by now."""
        moment = None
        if self._mark is not None:
            positions = await read_positions(self._database, self._consumer.name)
            if not self._mark.is_passed(positions):
                return None
            moment = self._mark.moment
        self._mark = await self._set_mark()
        return moment

    async def _set_mark(self) -> Mark | None:
        moment = self._read_clock()  # before the ends are asked: what comes meanwhile is later
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                ends = await self._consumer.find_ends()
        except (KafkaError, OSError):
            return None  # no broker: nothing newer is known, and that is what our silence says
        return None if ends is None else Mark(moment, ends)
