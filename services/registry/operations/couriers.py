"""The courier's rounds: whoever's turn it is is served, side by side, by one courier at a time.

1. Who takes a subscription has it until a lease ends, which is longer than any answer may take. A
   courier that dies gives it up by that; one that is stopped gives it back.
2. So many are served at once that who is slow only keeps itself waiting; those who fail have places
   of their own, and never more than half.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from services.registry.operations.deliveries import LEASE, Courier, send_again, serve
from services.registry.repository import deliveries as repository
from services.registry.repository.deliveries import Held
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION
from shared.runtime.observability import get_logger

PLACES: Final = 256
PLACES_AGAIN: Final = 32
LOOK_SECONDS: Final = 0.2
KEPT: Final = timedelta(days=30)
_FORGET_AT_ONCE: Final = 5_000

log = get_logger(__name__)
Turn = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Places:
    """Who is being served now, and whether they are among those that fail (2)."""

    served: dict[UUID, bool] = field(default_factory=dict)
    again: int = 0

    def free(self, *, failing: bool) -> int:
        """Return how many more can be served."""
        everybody = PLACES - len(self.served)
        if not failing:
            return everybody
        return min(everybody, PLACES // 2 - sum(self.served.values()))


async def keep_delivering(courier: Courier) -> None:
    """Serve whoever's turn it is, until cancelled."""
    places, tasks = Places(), set[asyncio.Task[None]]()
    try:
        while True:
            turns = [*await _take(courier, places), *await _take_again(courier, places)]
            for turn in turns:
                tasks.add(task := asyncio.create_task(_guarded(turn)))
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(LOOK_SECONDS / 10 if turns else LOOK_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
            await repository.release(straight, courier.lease)


async def forget_deliveries(courier: Courier) -> None:
    """Forget what became of deliveries of more than thirty days ago."""
    before, gone = clock.now() - KEPT, _FORGET_AT_ONCE
    while gone == _FORGET_AT_ONCE:
        async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
            gone = await repository.forget_deliveries(
                straight, before=before, limit=_FORGET_AT_ONCE
            )


async def _take(courier: Courier, places: Places) -> list[Turn]:
    """Take whose turn it is (1)."""
    now, taken = clock.now(), list[Held]()
    async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
        for failing in (False, True):
            free = places.free(failing=failing)
            if free <= 0:
                continue
            found = await repository.claim(
                straight,
                courier.lease,
                until=now + LEASE,
                now=now,
                failing=failing,
                besides=places.served,
                limit=free,
            )
            places.served |= {one.subscription.subscription_id: failing for one in found}
            taken += found
    return [partial(_serve_in_place, courier, places, held) for held in taken]


async def _serve_in_place(courier: Courier, places: Places, held: Held) -> None:
    try:
        await serve(courier, held)
    finally:
        del places.served[held.subscription.subscription_id]


async def _take_again(courier: Courier, places: Places) -> list[Turn]:
    """Take what subscribers want once more."""
    now, free = clock.now(), PLACES_AGAIN - places.again
    async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
        taken = await repository.claim_again(straight, until=now + LEASE, now=now, limit=free)
    places.again += len(taken)

    async def send(held: repository.HeldAgain) -> None:
        try:
            await send_again(courier, held)
        finally:
            places.again -= 1

    return [partial(send, held) for held in taken]


async def _guarded(turn: Turn) -> None:
    try:
        await turn()
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on; the lease ends
        log.warning("a turn was not finished", reason=type(error).__name__)
