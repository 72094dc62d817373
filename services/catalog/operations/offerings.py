"""Offerings: runs of a microcredential that its provider records, changes, cancels and keeps.

A concept is the provider's own, so nothing is announced of it; from then on every record is.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain import MicrocredentialUnknownError
from services.catalog.domain.offering_rules import require_terms
from services.catalog.domain.offerings import (
    PUBLIC,
    NotOfferableError,
    OfferingCodeTakenError,
    OfferingUnknownError,
    decide_cancellation,
    decide_change,
    decide_offering,
    require_removable,
    with_defaults,
)
from services.catalog.operations.listing import list_again
from services.catalog.repository import offerings
from services.catalog.repository.offerings import Place, WantedOfferings
from shared.contracts.events import OfferingRecorded
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Offering, OfferingTerms
from shared.contracts.vocabulary import LocalText
from shared.runtime.database import act_for
from shared.runtime.outbox import announce
from shared.runtime.preconditions import ANY_STATE, Condition, tag_of_revision

__all__ = ["Place", "WantedOfferings"]


async def offer_microcredential(
    session: AsyncSession,
    microcredential_id: UUID,
    terms: OfferingTerms,
    *,
    provider: str,
    public_url: str,
    now: datetime,
    offering_id: UUID | None = None,
) -> Offering:
    """Record the first state of an offering of one's own published microcredential."""
    await act_for(session, provider)
    microcredential = await _own_published(session, microcredential_id, provider=provider)
    require_terms(with_defaults(terms, microcredential))
    if await offerings.lock_code(session, provider, terms.primary_code) is not None:
        raise OfferingCodeTakenError
    offering = decide_offering(terms, microcredential, offering_id=offering_id or uuid4(), now=now)
    await _record(session, offering, public_url=public_url, now=now)
    return offering


async def _own_published(
    session: AsyncSession, microcredential_id: UUID, *, provider: str
) -> Microcredential:
    published = await repository.find_version(session, microcredential_id)
    if published is not None and published.provider == provider:
        return published
    if published is None and await repository.find_desk(session, microcredential_id) is not None:
        raise NotOfferableError
    raise MicrocredentialUnknownError


async def _record(
    session: AsyncSession, offering: Offering, *, public_url: str, now: datetime
) -> None:
    await offerings.keep_offering(session, offering)
    if offering.state in PUBLIC:
        event = OfferingRecorded(record_version=offering.record_version, offering=offering)
        where = f"{public_url}/v1/offerings/{offering.offering_id}"
        await announce(session, event, now=now, dataref=where)
        await list_again(session, microcredential_ids=[offering.microcredential_id], now=now)


async def put_offering(
    session: AsyncSession,
    offering_id: UUID,
    terms: OfferingTerms,
    *,
    provider: str,
    condition: Condition = ANY_STATE,
    public_url: str,
    now: datetime,
) -> Offering:
    """Put these terms in the place of those before; the same again changes nothing."""
    await act_for(session, provider)
    known = await offerings.lock_own_offering(session, offering_id, provider=provider)
    condition.require(tag_of_revision(known.record_version))
    microcredential = await _own_published(session, known.microcredential_id, provider=provider)
    require_terms(with_defaults(terms, microcredential))
    if terms.primary_code != known.primary_code:
        taken = await offerings.lock_code(session, provider, terms.primary_code)
        if taken is not None:
            raise OfferingCodeTakenError
    changed = decide_change(known, terms, microcredential, now=now)
    if changed is not known:
        await _record(session, changed, public_url=public_url, now=now)
    return changed


async def cancel_offering(
    session: AsyncSession,
    offering_id: UUID,
    *,
    reason: LocalText | None,
    provider: str,
    condition: Condition = ANY_STATE,
    public_url: str,
    now: datetime,
) -> Offering:
    """Cancel an offering: it does not take place, and stays readable."""
    await act_for(session, provider)
    known = await offerings.lock_own_offering(session, offering_id, provider=provider)
    condition.require(tag_of_revision(known.record_version))
    cancelled = decide_cancellation(known, reason=reason, now=now)
    await _record(session, cancelled, public_url=public_url, now=now)
    return cancelled


async def remove_offering(
    session: AsyncSession, offering_id: UUID, *, provider: str, condition: Condition
) -> None:
    """Take away a concept; what was public is kept."""
    await act_for(session, provider)
    known = await offerings.lock_own_offering(session, offering_id, provider=provider)
    condition.require(tag_of_revision(known.record_version))
    require_removable(known)
    await offerings.remove_offering(session, offering_id)


async def read_offering(
    session: AsyncSession, offering_id: UUID, *, reader: str | None = None
) -> Offering:
    """Return an offering, past and cancelled ones too; a concept to its own provider only."""
    if reader is not None:
        await act_for(session, reader)
    found = await offerings.find_offering(session, offering_id)
    if found is None:
        raise OfferingUnknownError
    return found


async def list_offerings(
    session: AsyncSession,
    wanted: WantedOfferings,
    *,
    reader: str | None = None,
    after: Place | None = None,
    limit: int,
) -> list[Offering]:
    """Return offerings in the order in which they begin; concepts to their own provider only."""
    if reader is not None:
        await act_for(session, reader)
    return await offerings.list_offerings(session, wanted, after=after, limit=limit)


async def list_offerings_of(
    session: AsyncSession,
    microcredential_id: UUID,
    wanted: WantedOfferings,
    *,
    reader: str | None = None,
    after: Place | None = None,
    limit: int,
) -> list[Offering]:
    """Return the offerings of one published microcredential."""
    if await repository.find_version(session, microcredential_id) is None:
        raise MicrocredentialUnknownError
    of_it = replace(wanted, microcredential_id=microcredential_id)
    return await list_offerings(session, of_it, reader=reader, after=after, limit=limit)
