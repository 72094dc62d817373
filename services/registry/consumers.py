"""What the register hears: who there is, that awards were granted, and what became of them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.profiles import LegalProfile
from services.registry.operations import catalogue, registrations
from shared.contracts.events import (
    AwardCorrected,
    AwardErased,
    AwardExpired,
    AwardGranted,
    AwardReinstated,
    AwardRevoked,
    AwardSuspended,
    OrganisationRecorded,
)
from shared.runtime import clock
from shared.runtime.inbox import Subscriptions


def subscribe(
    read_clock: Callable[[], datetime] = clock.now, profile: LegalProfile = LegalProfile.PILOT
) -> Subscriptions:
    """Return what the register does about each event, by this clock and this law."""
    subscriptions = Subscriptions()

    @subscriptions.on(OrganisationRecorded)
    async def keep_organisation(event: OrganisationRecorded, session: AsyncSession) -> None:
        """Know the sector of who awards: no registration says it, and figures are kept by it."""
        await catalogue.keep_organisation(session, event.organisation)

    @subscriptions.on_many(AwardGranted, remembered_by=registrations.find_known)
    async def record_awards(granted: Sequence[AwardGranted], session: AsyncSession) -> None:
        """Register each award because the issuer decided it; nobody asks the register first."""
        await registrations.record_awards(session, granted, now=read_clock())

    @subscriptions.on_many(AwardRevoked)
    async def revoke_registrations(revoked: Sequence[AwardRevoked], session: AsyncSession) -> None:
        """Follow the issuer, so that whoever asks the register hears of it too."""
        await registrations.change_registrations(session, revoked, now=read_clock())

    @subscriptions.on(AwardCorrected, AwardSuspended, AwardReinstated)
    async def change_registration(
        told: AwardCorrected | AwardSuspended | AwardReinstated, session: AsyncSession
    ) -> None:
        """Follow the issuer in what it decides of an award, so that the register says so too."""
        await registrations.change_registrations(session, [told], now=read_clock())

    @subscriptions.on_many(AwardExpired)
    async def expire_registrations(expired: Sequence[AwardExpired], session: AsyncSession) -> None:
        """Say what has ended: many end on the same day."""
        await registrations.change_registrations(session, expired, now=read_clock())

    @subscriptions.on(AwardErased)
    async def erase_registration(erased: AwardErased, session: AsyncSession) -> None:
        """Forget whom the issuer forgot, as far as the law lets us."""
        await registrations.erase_registration(session, erased, now=read_clock(), profile=profile)

    return subscriptions
