"""What the worker does about results: look again at what waits, and pull what is due."""

from services.issuer.operations.desk import Desk
from services.issuer.operations.triggers import pulling, settling
from shared.runtime import clock


async def settle_due(desk: Desk) -> None:
    """Look again at every result that waits for something, or was left behind."""
    await settling.settle_due(desk, now=clock.now())


async def pull_due(desk: Desk) -> None:
    """Pull from every source that is due."""
    while await pulling.pull_next(desk, clock=clock.now):
        pass
