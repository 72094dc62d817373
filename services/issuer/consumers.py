"""What the issuer hears: who there is, what each can award, and what the register holds of it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.operations import issuers, pictures
from services.issuer.operations.batches import following
from services.issuer.operations.desk import Desk
from services.issuer.operations.triggers import receiving
from shared.contracts.events import (
    MicrocredentialArchived,
    MicrocredentialPublished,
    OfferingRecorded,
    OrganisationRecorded,
    PolicyPublished,
    RegistrationRecorded,
)
from shared.runtime import clock
from shared.runtime.inbox import Subscriptions


def subscribe(desk: Desk, read_clock: Callable[[], datetime] = clock.now) -> Subscriptions:
    """Return what this desk does about each event, by this clock."""
    subscriptions = Subscriptions()

    @subscriptions.on(OrganisationRecorded)
    async def keep_organisation(event: OrganisationRecorded, session: AsyncSession) -> None:
        """Keep our own copy, and a key and a status list, before the first award is asked for."""
        await issuers.keep_organisation(session, desk, event.organisation, now=read_clock())

    @subscriptions.on(PolicyPublished)
    async def keep_policy(event: PolicyPublished, session: AsyncSession) -> None:
        """Know what a policy asks, so that only what keeps to it is drawn with the mark."""
        await pictures.keep_policy(session, event.policy)

    @subscriptions.on(MicrocredentialPublished, MicrocredentialArchived)
    async def keep_microcredential(
        event: MicrocredentialPublished | MicrocredentialArchived, session: AsyncSession
    ) -> None:
        """Keep our own copy, so that awarding never has to wait for the catalogue."""
        await issuers.keep_microcredential(session, event.microcredential)

    @subscriptions.on(OfferingRecorded)
    async def keep_offering(event: OfferingRecorded, session: AsyncSession) -> None:
        """Keep our own copy, so that a result in it leads to what is earned."""
        await receiving.keep_offering(session, event.offering)

    @subscriptions.on_many(RegistrationRecorded, in_any_order=True)
    async def keep_registered(
        events: Sequence[RegistrationRecorded], session: AsyncSession
    ) -> None:
        """Know of every award whether the register holds it, so that a batch can be followed."""
        await following.keep_registered(session, [event.registration for event in events])

    return subscriptions
