"""What the catalogue hears: with which keys issuers sign, for the trust list."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.operations import trust
from shared.contracts.events import IssuerKeyCompromised, IssuerKeyPublished, IssuerKeyRetired
from shared.runtime import clock
from shared.runtime.inbox import Subscriptions


def subscribe(read_clock: Callable[[], datetime] = clock.now) -> Subscriptions:
    """Return what the catalogue does about each event, by this clock."""
    subscriptions = Subscriptions()

    @subscriptions.on(IssuerKeyPublished, IssuerKeyRetired, IssuerKeyCompromised)
    async def keep_key(
        event: IssuerKeyPublished | IssuerKeyRetired | IssuerKeyCompromised, session: AsyncSession
    ) -> None:
        """Tell others every key there ever was, and which are in wrong hands."""
        await trust.keep_key(
            session, event.key, record_version=event.record_version, now=read_clock()
        )

    return subscriptions
