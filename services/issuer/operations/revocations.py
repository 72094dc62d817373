"""Revoking many awards: asked by one person, agreed to by another, done in slices that can stop.

1. One transaction keeps exactly which awards are meant; nothing happens to them.
2. Somebody else agrees, to that number of awards.
3. The worker revokes a few hundred in a transaction, with their events; who dies is followed by
   the next round, and how far it is is read from the rows.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.domain.changes import Change
from services.issuer.domain.revocations import (
    NothingToRevokeError,
    RevocationBatch,
    awards_unknown,
    check_approval,
)
from services.issuer.operations.changes import revocation_event
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.repository import changes, revocations, status_lists
from services.issuer.schemas.revocations import RevocationBatchAnswer
from shared.contracts.vocabulary import RevocationReason
from shared.runtime import idempotency
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.idempotency import Claim, StoredAnswer
from shared.runtime.outbox import announce_all

ASK_ROUTE = "POST /v1/revocation-batches"
AT_ONCE = 500
_REVOCABLE = (AwardState.GRANTED, AwardState.SUSPENDED, AwardState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRevocations:
    """Which awards are to be revoked: these, or all that a batch made."""

    award_ids: tuple[UUID, ...] | None
    award_batch_id: UUID | None
    reason: RevocationReason
    subject: str


async def ask_revocations(
    session: AsyncSession, desk: Desk, wanted: WantedRevocations, *, asking: Asking, now: datetime
) -> StoredAnswer:
    """Keep a request to revoke many awards, until a second person agrees."""
    claim = await _claim(session, desk, ASK_ROUTE, asking=asking, now=now)
    if claim.answer is not None:
        return claim.answer
    batch_id = uuid4()
    await revocations.add_batch(
        session,
        batch_id,
        await _awards_meant(session, wanted),
        organisation=asking.organisation,
        reason=wanted.reason,
        asked_by=wanted.subject,
        now=now,
    )
    return await _answer(session, desk, batch_id, claim=claim)


async def approve_revocations(
    session: AsyncSession,
    desk: Desk,
    batch_id: UUID,
    *,
    subject: str,
    awards: int,
    asking: Asking,
    now: datetime,
) -> StoredAnswer:
    """Let many awards be revoked; somebody else asked for it."""
    route = f"{ASK_ROUTE}/{batch_id}/approvals"
    claim = await _claim(session, desk, route, asking=asking, now=now)
    if claim.answer is not None:
        return claim.answer
    batch = await revocations.get_batch(session, batch_id, lock=True)
    check_approval(batch, subject=subject, awards=awards)
    await revocations.approve_batch(session, batch_id, approved_by=subject, now=now)
    return await _answer(session, desk, batch_id, claim=claim)


async def read_revocations(
    session: AsyncSession, batch_id: UUID, *, organisation: str
) -> RevocationBatch:
    """Return how far a request is, to the organisation that made it."""
    await act_for(session, organisation)
    return await revocations.get_batch(session, batch_id)


async def revoke_approved(desk: Desk, *, now: datetime) -> int:
    """Revoke what was agreed to, slice by slice; return how many awards were looked at."""
    total = 0
    while done := await _revoke_slice(desk, now=now):
        total += done
    return total


async def _revoke_slice(desk: Desk, *, now: datetime) -> int:
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        batch = await revocations.find_waiting(session)
        if batch is None:
            return 0
        award_ids = await revocations.take_slice(session, batch.batch_id, limit=AT_ONCE)
        revoked = await changes.change_many(
            session,
            award_ids,
            Change.REVOKED,
            among=_REVOCABLE,
            reason=batch.reason.value,
            now=now,
        )
        changed = [one.award_id for one in revoked]
        await revocations.keep_outcomes(session, batch.batch_id, award_ids, revoked=changed)
        lists = await changes.raise_bits(session, changed)
        await status_lists.mark_changed(session, *lists)
        events = [
            revocation_event(one.award_id, one.record_version, reason=batch.reason, now=now)
            for one in revoked
        ]
        await announce_all(session, events, now=now)
    return len(award_ids)


async def _awards_meant(session: AsyncSession, wanted: WantedRevocations) -> list[UUID]:
    if wanted.award_batch_id is not None:
        meant = await revocations.list_of_batch(session, wanted.award_batch_id)
        if not meant:
            raise NothingToRevokeError
        return meant
    asked = wanted.award_ids or ()
    own = await revocations.list_own(session, asked)
    unknown = [position for position, award_id in enumerate(asked) if award_id not in own]
    if unknown:
        raise awards_unknown(unknown)
    return sorted(own)


async def _claim(
    session: AsyncSession, desk: Desk, route: str, *, asking: Asking, now: datetime
) -> Claim:
    await act_for(session, asking.organisation)
    return await idempotency.claim(
        session,
        organisation=asking.organisation,
        route=route,
        key=asking.key,
        fingerprint=desk.blind(asking.fingerprint),
        now=now,
    )


async def _answer(
    session: AsyncSession, desk: Desk, batch_id: UUID, *, claim: Claim
) -> StoredAnswer:
    batch = await revocations.get_batch(session, batch_id)
    answer = RevocationBatchAnswer.of(batch, public_url=desk.public_url)
    stored = StoredAnswer(201, answer.to_bytes(), {"Location": answer.links.self}, str(batch_id))
    await idempotency.keep_answer(
        session, claim, status=stored.status, body=stored.body, headers=stored.headers
    )
    return stored
