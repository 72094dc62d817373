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
    AwardChange,
    CredentialTakenError,
    Entry,
    RegistrationUnknownError,
    check_same_award,
    decide_change,
    decide_registration,
)
from shared.contracts import topics
from shared.contracts.events import (
    AwardCorrected,
    AwardErased,
    AwardGranted,
    Event,
    RegistrationCorrected,
    RegistrationErased,
    RegistrationRecorded,
    RegistrationState,
    RegistrationStatusChanged,
)
from shared.contracts.registration import Registration
from shared.runtime.outbox import announce, announce_all, announce_gone


async def record_awards(
    session: AsyncSession, granted: Sequence[AwardGranted], *, now: datetime
) -> None:
    """Register awards and tell everybody; one we hold already changes nothing, nor one erased."""
    entries = [decide_registration(one.award, award_id=one.award_id, now=now) for one in granted]
    await repository.see_everything(session)
    gone = await repository.list_erased(session, [one.award_id for one in granted])
    entries = [entry for entry in entries if entry.registration.registration_id not in gone]
    added = await repository.add_entries(session, entries)
    again = [entry for entry in entries if entry.registration.registration_id not in added]
    known = await repository.lock_entries(session, (e.registration.registration_id for e in again))
    for entry in again:
        if entry.registration.registration_id not in known:
            raise CredentialTakenError
        check_same_award(known[entry.registration.registration_id], entry)
    new = [e.registration for e in entries if e.registration.registration_id in added]
    events = [event for held in new for event in _told_twice(RegistrationRecorded, held)]
    await announce_all(session, events, now=now)


async def change_registrations(
    session: AsyncSession, told: Sequence[AwardChange], *, now: datetime
) -> None:
    """Say of registrations what became of their awards; hearing it again changes nothing."""
    await repository.see_everything(session)
    known = await repository.lock_entries(session, (event.award_id for event in told))
    changed: list[Entry] = []
    replaced: list[Registration] = []
    events: list[Event] = []
    for event in told:
        if event.award_id not in known:
            raise RegistrationUnknownError
        entry = decide_change(known[event.award_id], event, now=now)
        if entry is not None:
            replaced.append(known[event.award_id].registration)
            known[event.award_id] = entry
            changed.append(entry)
            is_new = isinstance(event, AwardCorrected)
            fact = RegistrationCorrected if is_new else RegistrationStatusChanged
            events += _told_twice(fact, entry.registration)
    await repository.keep_entries(session, changed, replaced=replaced)
    await announce_all(session, events, now=now)


async def erase_registration(session: AsyncSession, erased: AwardErased, *, now: datetime) -> None:
    """Forget a registration with all its versions; only that it was erased stays known."""
    await repository.see_everything(session)
    known = await repository.lock_entries(session, [erased.award_id])
    entry = known.get(erased.award_id)
    if entry is None:
        if await repository.list_erased(session, [erased.award_id]):
            return
        raise RegistrationUnknownError
    registration = entry.registration
    version = registration.record_version + 1
    await repository.erase_entry(session, entry, record_version=version, erased_at=erased.erased_at)
    fact = RegistrationErased(
        record_version=version,
        registration_id=registration.registration_id,
        organisation=registration.organisation,
        erased_at=erased.erased_at,
    )
    await announce(session, fact, now=now)
    await announce_gone(session, topics.REGISTRATIONS_STATE, str(registration.registration_id))


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


def _told_twice(
    fact: type[RegistrationRecorded | RegistrationCorrected | RegistrationStatusChanged],
    held: Registration,
) -> list[Event]:
    return [
        fact(record_version=held.record_version, registration=held),
        RegistrationState(record_version=held.record_version, registration=held),
    ]
