"""What the worker does about batches: check, run, revoke what was recalled, forget what is over."""

import asyncio
from datetime import timedelta
from typing import Final

from services.issuer.domain.batches import KEPT_AFTER_END
from services.issuer.operations.batches import checking, recalling, receiving, running
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.operations.desk import Desk
from services.issuer.repository import batches_retention, batches_rows
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION

REST_SECONDS: Final = 0.25
SUMMED_UP: Final = timedelta(days=1)


async def check_batches(desk: Desk, workshop: Workshop) -> None:
    """Check whatever came in, for ever."""
    while True:
        if not await checking.check_batches(desk, workshop, now=clock.now()):
            await asyncio.sleep(REST_SECONDS)


async def run_batches(desk: Desk, workshop: Workshop) -> None:
    """Award whatever may be signed, for ever."""
    while True:
        if not await running.run_slice(desk, workshop):
            await asyncio.sleep(REST_SECONDS)


async def revoke_recalled(desk: Desk) -> None:
    """Revoke what was recalled after it was signed."""
    await recalling.revoke_recalled(desk, now=clock.now())


async def sum_up_batches(desk: Desk) -> None:
    """Keep how much of each slice is registered, once that is all."""
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        await batches_rows.sum_up(straight, since=clock.now() - SUMMED_UP)


async def forget_batches(desk: Desk) -> None:
    """Forget uploads that broke off, and wipe what the files of ended batches said."""
    now = clock.now()
    await receiving.forget_abandoned_uploads(desk, now=now)
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        await batches_retention.wipe_batches(straight, before=now - KEPT_AFTER_END, now=now)
