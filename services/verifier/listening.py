"""What the verifier does about what it hears: keep the last of each, and forget what is erased.

Apart from verifying, which only reads. Each of these may come twice, and topics come in any order:
what the register erased stays erased, whichever of its two topics tells first.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier.repository import copies, counts, shares
from shared.contracts import topics
from shared.contracts.events import IssuerKey, RegistrationErased, StatusListPublished
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation, Policy
from shared.contracts.registration import Registration
from shared.proofs.public_keys import parse_issuer_jwk
from shared.runtime.completeness import Completeness
from shared.runtime.database import Database


async def keep_organisation(
    session: AsyncSession, organisation: Organisation, *, now: datetime
) -> None:
    """Keep our own copy, to judge recognition on the day of an award."""
    await copies.keep_organisation(session, organisation)
    await copies.note_change(session, topics.CATALOG, heard_at=now)


async def keep_policy(session: AsyncSession, policy: Policy, *, now: datetime) -> None:
    """Keep our own copy, to judge sizes by the version a credential pins."""
    await copies.keep_policy(session, policy)
    await copies.note_change(session, topics.CATALOG, heard_at=now)


async def keep_microcredential(
    session: AsyncSession, microcredential: Microcredential, *, now: datetime
) -> None:
    """Keep our own copy, to compare with what a credential says was earned."""
    await copies.keep_microcredential(session, microcredential)
    await copies.note_change(session, topics.CATALOG, heard_at=now)


async def keep_key(session: AsyncSession, key: IssuerKey, *, now: datetime) -> None:
    """Keep our own copy, so that no key is ever fetched from where a credential says it is.

    A key that cannot be read is refused here: a dead letter now, not a failure at every check.
    """
    parse_issuer_jwk(key.public_jwk)
    await copies.keep_key(session, key)
    await copies.note_change(session, topics.ISSUER_KEYS, heard_at=now)


async def keep_status_list(
    session: AsyncSession, published: StatusListPublished, *, now: datetime
) -> None:
    """Keep our own copy, so that no issuer learns who is being checked."""
    await copies.keep_status_list(session, published)
    await copies.note_change(session, topics.STATUS_LISTS, heard_at=now)


async def keep_registrations(session: AsyncSession, held: Sequence[Registration]) -> None:
    """Keep our own copy of what the register says now."""
    await copies.keep_registrations(session, held)
    await copies.keep_replaced(session, held)


async def keep_recorded(session: AsyncSession, recorded: Sequence[Registration]) -> None:
    """Keep that these were registered once.

    The state of what was erased is swept out of its topic, and the tombstone after it: a verifier
    that starts empty later would say of a raised bit that it means a revocation.
    """
    await copies.keep_recorded(session, recorded)


async def keep_corrected(session: AsyncSession, corrected: Sequence[Registration]) -> None:
    """Keep that the newest credential of these was registered once as well."""
    await copies.keep_credentials(
        session, [(one.credential_id, one.registration_id) for one in corrected]
    )
    await copies.keep_replaced(session, corrected)


async def keep_erased(session: AsyncSession, erased: Sequence[RegistrationErased]) -> None:
    """Keep by which marks credentials of these are known, whether we ever held them or not."""
    known = {one.registration_id: one.known_by for one in erased if one.known_by}
    await copies.keep_erased(session, known)


async def erase_registration(
    session: AsyncSession, registration_id: UUID, *, now: datetime
) -> None:
    """Erase what the register erased, how often it was checked, and every share of it."""
    await copies.erase_registration(session, registration_id)
    await counts.forget_checked(session, registration_id)
    await shares.end_shares_of(session, registration_id, now=now)


async def note_complete(database: Database, completeness: Completeness) -> None:
    """Remember up to when we heard everything, if that became later."""
    moment = await completeness.look()
    if moment is not None:
        async with database.transaction() as session:
            await copies.note_complete(session, moment)
