"""What the register does; one function is one transaction, whoever asks for it.

Every change is announced twice: on `registrations` as the next step of its history, and on
`registrations-state` as all there is to know, for those who start later.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import repository
from services.registry.domain import (
    CredentialTakenError,
    Entry,
    RegistrationUnknownError,
    check_same_award,
    decide_registration,
    decide_revocation,
)
from shared.contracts.events import (
    AwardGranted,
    AwardRevoked,
    Event,
    RegistrationRecorded,
    RegistrationState,
    RegistrationStatusChanged,
)
from shared.contracts.registration import Registration
from shared.runtime.outbox import announce_all


async def record_awards(
    session: AsyncSession, granted: Sequence[AwardGranted], *, now: datetime
) -> None:
    """Register awards and tell everybody; an award we hold already changes nothing."""
    entries = [decide_registration(one.award, award_id=one.award_id, now=now) for one in granted]
    await repository.see_everything(session)
    added = await repository.add_entries(session, entries)
    again = [entry for entry in entries if entry.registration.registration_id not in added]
    known = await repository.lock_entries(session, (e.registration.registration_id for e in again))
    for entry in again:
        if entry.registration.registration_id not in known:
            raise CredentialTakenError
        check_same_award(known[entry.registration.registration_id], entry)
    new = [e.registration for e in entries if e.registration.registration_id in added]
    await _announce(session, RegistrationRecorded, new, now=now)


async def revoke_registrations(
    session: AsyncSession, revoked: Sequence[AwardRevoked], *, now: datetime
) -> None:
    """Say of registrations that their awards were revoked; a second time changes nothing."""
    await repository.see_everything(session)
    known = await repository.lock_entries(session, (event.award_id for event in revoked))
    changed: dict[UUID, Entry] = {}
    for event in revoked:
        if event.award_id not in known:
            raise RegistrationUnknownError
        entry = decide_revocation(
            changed.get(event.award_id, known[event.award_id]), event.revocation, now=now
        )
        if entry is not None:
            changed[event.award_id] = entry
    await repository.keep_entries(session, list(changed.values()))
    await _announce(
        session, RegistrationStatusChanged, [e.registration for e in changed.values()], now=now
    )


async def read_registration(session: AsyncSession, registration_id: UUID) -> Registration:
    """Return a registration to anybody who knows its id."""
    await repository.see_everything(session)
    return await repository.get_registration(session, registration_id)


async def read_version(
    session: AsyncSession, registration_id: UUID, record_version: int
) -> Registration:
    """Return what a registration said at one version, to anybody who knows its id."""
    await repository.see_everything(session)
    return await repository.get_version(session, registration_id, record_version)


async def export_registrations(
    session: AsyncSession, *, organisation: str | None, after: UUID | None, limit: int
) -> list[Registration]:
    """Return an organisation's registrations in the order of their ids, or those of all."""
    if organisation is None:
        await repository.see_everything(session)
    else:
        await repository.see_own(session, organisation)
    return await repository.list_registrations(
        session, organisation=organisation, after=after, limit=limit
    )


async def _announce(
    session: AsyncSession,
    fact: type[RegistrationRecorded | RegistrationStatusChanged],
    registrations: Sequence[Registration],
    *,
    now: datetime,
) -> None:
    events: list[Event] = []
    for held in registrations:
        version = held.record_version
        events += [
            fact(record_version=version, registration=held),
            RegistrationState(record_version=version, registration=held),
        ]
    await announce_all(session, events, now=now)
