"""What the worker does by the clock: finish intents, sign lists, forget old requests."""

from datetime import timedelta

from services.issuer.operations import (
    changes,
    corrections,
    granting,
    issuers,
    keys,
    reissues,
    revocations,
    status_lists,
)
from services.issuer.operations.desk import Desk
from shared.runtime import clock, idempotency
from shared.runtime.database import EVERY_ORGANISATION, act_for


async def establish_issuers(desk: Desk) -> None:
    """See that every organisation we know can sign."""
    await issuers.establish_issuers(desk, now=clock.now())


async def rotate_keys(desk: Desk) -> None:
    """Make every step in the life of keys that is due."""
    await keys.rotate_keys(desk, now=clock.now())


async def reissue_lost(desk: Desk) -> None:
    """Sign anew what lost keys signed."""
    await reissues.reissue_all(desk)


async def sweep(desk: Desk, *, older_than: timedelta) -> None:
    """Finish every intent that somebody left behind."""
    await granting.finish_intents(desk, older_than=older_than, now=clock.now())
    await corrections.finish_corrections(desk, older_than=older_than, now=clock.now())


async def revoke_approved(desk: Desk) -> None:
    """Revoke what a second person agreed to."""
    await revocations.revoke_approved(desk, now=clock.now())


async def expire_awards(desk: Desk) -> None:
    """Record of every award that ended that it did."""
    await changes.expire_awards(desk, now=clock.now())


async def publish_status_lists(desk: Desk) -> None:
    """Sign every status list that is due."""
    await status_lists.publish_status_lists(desk, now=clock.now())


async def replace_lost_lists(desk: Desk) -> None:
    """Sign every status list anew that a lost key had signed."""
    await status_lists.replace_lost_lists(desk, now=clock.now())


async def forget_old_requests(desk: Desk) -> None:
    """Forget answers to requests nobody repeats any more."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await idempotency.forget_old(session, clock.now())
