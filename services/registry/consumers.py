"""What the register hears: that awards were granted, and that they were revoked."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import operations
from shared.contracts.events import AwardGranted, AwardRevoked
from shared.runtime import clock
from shared.runtime.inbox import Subscriptions


def subscribe(read_clock: Callable[[], datetime] = clock.now) -> Subscriptions:
    """Return what the register does about each event, by this clock."""
    subscriptions = Subscriptions()

    @subscriptions.on_many(AwardGranted)
    async def record_awards(granted: Sequence[AwardGranted], session: AsyncSession) -> None:
        """Register each award because the issuer decided it; nobody asks the register first."""
        await operations.record_awards(session, granted, now=read_clock())

    @subscriptions.on_many(AwardRevoked)
    async def revoke_registrations(revoked: Sequence[AwardRevoked], session: AsyncSession) -> None:
        """Follow the issuer, so that whoever asks the register hears of it too."""
        await operations.revoke_registrations(session, revoked, now=read_clock())

    return subscriptions
