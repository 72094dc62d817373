"""What the verifier hears: everything a verdict rests on, and nothing about persons."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier import listening
from shared.contracts import topics
from shared.contracts.events import (
    IssuerKeyCompromised,
    IssuerKeyPublished,
    IssuerKeyRetired,
    MicrocredentialArchived,
    MicrocredentialPublished,
    OrganisationRecorded,
    PolicyPublished,
    RegistrationCorrected,
    RegistrationErased,
    RegistrationRecorded,
    RegistrationState,
    StatusListPublished,
)
from shared.runtime import clock
from shared.runtime.inbox import Subscriptions

YOUNG: Final = timedelta(hours=1)
"""Whatever is read of the history sooner than this, is heard from the topic of states as well."""


def subscribe(read_clock: Callable[[], datetime] = clock.now) -> Subscriptions:
    """Return what the verifier does about each event, by this clock."""
    subscriptions = Subscriptions(read_clock)

    @subscriptions.on(OrganisationRecorded)
    async def keep_organisation(event: OrganisationRecorded, session: AsyncSession) -> None:
        """Know who is recognised, and when, without asking the catalogue."""
        await listening.keep_organisation(session, event.organisation, now=read_clock())

    @subscriptions.on(PolicyPublished)
    async def keep_policy(event: PolicyPublished, session: AsyncSession) -> None:
        """Know the rules a credential pins."""
        await listening.keep_policy(session, event.policy, now=read_clock())

    @subscriptions.on(MicrocredentialPublished, MicrocredentialArchived)
    async def keep_microcredential(
        event: MicrocredentialPublished | MicrocredentialArchived, session: AsyncSession
    ) -> None:
        """Know what was published; what is archived was published once, and stays good."""
        await listening.keep_microcredential(session, event.microcredential, now=read_clock())

    @subscriptions.on(IssuerKeyPublished, IssuerKeyRetired, IssuerKeyCompromised)
    async def keep_key(
        event: IssuerKeyPublished | IssuerKeyRetired | IssuerKeyCompromised, session: AsyncSession
    ) -> None:
        """Know every key there ever was, and which are in wrong hands."""
        await listening.keep_key(session, event.key, now=read_clock())

    @subscriptions.on(StatusListPublished)
    async def keep_status_list(event: StatusListPublished, session: AsyncSession) -> None:
        """Hold the lists ourselves: issuers do not learn who is checked, nor need they be up."""
        await listening.keep_status_list(session, event, now=read_clock())

    _hear_register(subscriptions, read_clock)
    return subscriptions


def _hear_register(subscriptions: Subscriptions, read_clock: Callable[[], datetime]) -> None:
    """Listen to both topics of the register: what it says now, and what it ever erased.

    Who was there from the start knows of every award by its state. Who comes later hears what was
    erased from its erasure, and of long ago, when erasures bore no marks, from the history.
    """

    @subscriptions.on_many(RegistrationState)
    async def keep_registrations(
        states: Sequence[RegistrationState], session: AsyncSession
    ) -> None:
        """Know which credentials the register holds, and how."""
        await listening.keep_registrations(session, [one.registration for one in states])

    @subscriptions.on_many(RegistrationRecorded, in_any_order=True, when_older_than=YOUNG)
    async def keep_recorded(events: Sequence[RegistrationRecorded], session: AsyncSession) -> None:
        """Know what was registered once, also of what was erased before we began to listen."""
        await listening.keep_recorded(session, [one.registration for one in events])

    @subscriptions.on_many(RegistrationCorrected, in_any_order=True, when_older_than=YOUNG)
    async def keep_corrected(
        events: Sequence[RegistrationCorrected], session: AsyncSession
    ) -> None:
        """Know every credential of what was registered once."""
        await listening.keep_corrected(session, [one.registration for one in events])

    @subscriptions.on_many(RegistrationErased, in_any_order=True)
    async def erase_registrations(
        events: Sequence[RegistrationErased], session: AsyncSession
    ) -> None:
        """Follow erasures, also those of which the tombstone is swept away."""
        await listening.keep_erased(session, events)
        for event in events:
            await listening.erase_registration(session, event.registration_id, now=read_clock())

    @subscriptions.on_gone(topics.REGISTRATIONS_STATE)
    async def erase_registration(key: str, session: AsyncSession) -> None:
        """Follow an erasure as soon as it is told here."""
        await listening.erase_registration(session, UUID(key), now=read_clock())
