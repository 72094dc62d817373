"""What becomes of registrations, and what was said of them.

Every change is a fact beside it, in the same transaction. The sequencer (`log`) gives facts their
place in the log, and tells of them in that order.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.facts import kind_of, record_erasure, record_facts
from services.registry.domain.profiles import LegalProfile, Outcome, decide_erasure
from services.registry.domain.registrations import (
    AwardChange,
    CredentialTakenError,
    Entry,
    MomentToComeError,
    RegistrationUnknownError,
    check_same_award,
    decide_change,
    decide_registration,
)
from services.registry.operations.recovery import adopt, is_new
from services.registry.repository import registrations as repository
from services.registry.repository import retention
from services.registry.repository.recovery import find_recovered
from shared.contracts.events import AwardErased, AwardGranted, RegistrationErased
from shared.contracts.identifiers import credential_mark
from shared.contracts.registration import Registration
from shared.proofs.log_entries import EntryKind


async def record_awards(
    session: AsyncSession, granted: Sequence[AwardGranted], *, now: datetime
) -> None:
    """Register awards and tell everybody; one we hold already changes nothing, nor one erased."""
    entries = [decide_registration(one.award, award_id=one.award_id, now=now) for one in granted]
    await repository.see_everything(session)
    gone = await repository.list_erased(session, [one.award_id for one in granted])
    entries = [entry for entry in entries if entry.registration.registration_id not in gone]
    recovered = await find_recovered(session, (one.award_id for one in granted))
    entries = [adopt(entry, recovered) for entry in entries]
    added = await repository.add_entries(session, entries)
    again = [entry for entry in entries if entry.registration.registration_id not in added]
    known = await repository.lock_entries(session, [e.registration.registration_id for e in again])
    for entry in again:
        if entry.registration.registration_id not in known:
            raise CredentialTakenError
        check_same_award(known[entry.registration.registration_id], entry)
    new = [
        entry.registration
        for entry in entries
        if entry.registration.registration_id in added and is_new(entry.registration, recovered)
    ]
    await repository.add_facts(session, record_facts((EntryKind.ISSUED, held) for held in new))


async def find_known(session: AsyncSession, award_ids: Collection[str]) -> frozenset[str]:
    """Return which awards were heard of, whatever became of them."""
    await repository.see_everything(session)
    return await repository.list_known(session, award_ids)


async def change_registrations(
    session: AsyncSession, told: Sequence[AwardChange], *, now: datetime
) -> None:
    """Say of registrations what became of their awards; hearing it again changes nothing."""
    await repository.see_everything(session)
    known = await repository.lock_entries(session, [event.award_id for event in told])
    recovered = await find_recovered(session, known)
    changed: list[Entry] = []
    facts: list[tuple[EntryKind, Registration]] = []
    for event in told:
        if event.award_id not in known:
            raise RegistrationUnknownError
        entry = decide_change(known[event.award_id], event, now=now)
        if entry is not None:
            known[event.award_id] = adopt(entry, recovered)
            changed.append(known[event.award_id])
            if is_new(entry.registration, recovered):
                facts.append((kind_of(event), entry.registration))
    await repository.keep_entries(session, changed)
    await repository.add_facts(session, record_facts(facts))


async def erase_registration(
    session: AsyncSession,
    erased: AwardErased,
    *,
    now: datetime,
    profile: LegalProfile = LegalProfile.PILOT,
) -> None:
    """Forget a registration with all its versions; only that it was erased stays known.

    Where a law says to keep it, it is out of everybody's sight from now on, which looks the same.
    """
    await repository.see_everything(session)
    known = await repository.lock_entries(session, [erased.award_id])
    entry = known.get(erased.award_id)
    if entry is None:
        if await repository.list_erased(session, [erased.award_id]):
            return
        raise RegistrationUnknownError
    registration = entry.registration
    version = registration.record_version + 1
    about = registration.registration_id
    term = decide_erasure(profile, requested_at=erased.erased_at, now=now)
    openings = await retention.list_openings(session, about)
    await repository.erase_entry(session, entry, record_version=version, erased_at=erased.erased_at)
    await retention.add_term(session, about, registration.organisation, term)
    if term.outcome is Outcome.RESTRICTED:
        await retention.add_restricted(session, entry, openings, term)
    told = RegistrationErased(
        record_version=version,
        registration_id=registration.registration_id,
        organisation=registration.organisation,
        erased_at=erased.erased_at,
        known_by=tuple(map(credential_mark, registration.credential_ids)),
    )
    if (about, version) not in await find_recovered(session, [about]):
        await repository.add_facts(session, [record_erasure(told, now=now)])


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


async def read_state_on(
    session: AsyncSession, registration_id: UUID, moment: datetime, *, now: datetime
) -> Registration:
    """Return what a registration said at a moment, to anybody who knows its id."""
    if moment > now:
        raise MomentToComeError
    await repository.see_everything(session)
    return await repository.get_state_on(session, registration_id, moment)


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
