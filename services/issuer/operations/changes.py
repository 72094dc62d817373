"""Suspending, reinstating and revoking an award, and recording that one expired."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.domain.changes import Change, WantedChange, check_change
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import note_context
from services.issuer.operations.granting import Asking
from services.issuer.repository import awards, changes, status_lists
from services.issuer.schemas import AwardAnswer
from shared.contracts.award import Reinstatement, Revocation, Suspension
from shared.contracts.events import (
    AwardExpired,
    AwardReinstated,
    AwardRevoked,
    AwardSuspended,
    Event,
)
from shared.contracts.vocabulary import ReinstatementReason, RevocationReason, SuspensionReason
from shared.proofs.sealing import seal
from shared.runtime import idempotency
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.idempotency import StoredAnswer
from shared.runtime.outbox import announce, announce_all

ROUTES: Mapping[Change, str] = {
    Change.SUSPENDED: "suspensions",
    Change.REINSTATED: "reinstatements",
    Change.REVOKED: "revocations",
}
MOST_EXPIRED_AT_ONCE = 500


async def change_award(
    session: AsyncSession, desk: Desk, wanted: WantedChange, *, asking: Asking, now: datetime
) -> StoredAnswer:
    """Suspend, reinstate or revoke an award; it stays known for ever, with the reason."""
    await act_for(session, asking.organisation)
    claim = await idempotency.claim(
        session,
        organisation=asking.organisation,
        route=f"POST /v1/awards/{wanted.award_id}/{ROUTES[wanted.change]}",
        key=asking.key,
        fingerprint=desk.blind(asking.fingerprint),
        now=now,
    )
    if claim.answer is not None:
        return claim.answer
    recorded = await awards.get_award(session, wanted.award_id, lock=True)
    check_change(recorded, wanted.change, now=now)
    changed, lists = await changes.keep_change(
        session,
        recorded,
        wanted.change,
        reason=wanted.reason.value,
        note=await _seal_note(session, desk, wanted, organisation=asking.organisation),
        now=now,
    )
    await status_lists.mark_changed(session, *lists)
    event = _EVENTS[wanted.change](wanted, changed.record_version, now)
    await announce(session, event, now=now)
    answer = AwardAnswer.of(changed, public_url=desk.public_url)
    stored = StoredAnswer(
        201, answer.to_bytes(), {"Location": answer.links.self}, str(wanted.award_id)
    )
    await idempotency.keep_answer(
        session, claim, status=stored.status, body=stored.body, headers=stored.headers
    )
    return stored


async def expire_awards(desk: Desk, *, now: datetime) -> int:
    """Record of every award that ended that it did; return how many."""
    total = 0
    while True:
        async with desk.database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            ended = await changes.list_ended(session, now=now, limit=MOST_EXPIRED_AT_ONCE)
            expired = await changes.change_many(
                session,
                ended,
                Change.EXPIRED,
                among=(AwardState.GRANTED, AwardState.SUSPENDED),
                reason=None,
                now=now,
            )
            events = [
                AwardExpired(
                    record_version=one.record_version,
                    award_id=one.award_id,
                    expired_at=one.valid_until or now,
                )
                for one in expired
            ]
            await announce_all(session, events, now=now)
        total += len(expired)
        if len(ended) < MOST_EXPIRED_AT_ONCE:
            return total


async def _seal_note(
    session: AsyncSession, desk: Desk, wanted: WantedChange, *, organisation: str
) -> bytes | None:
    """Seal the private note under the learner's key: it may tell of the learner."""
    if wanted.note is None:
        return None
    stored = await awards.get_credential(session, wanted.award_id)
    key = desk.learner_key(stored.wrapped_key, organisation=organisation, learner=stored.learner)
    return seal(wanted.note.encode(), key=key, context=note_context(wanted.award_id))


def _suspended(wanted: WantedChange, version: int, now: datetime) -> Event:
    suspension = Suspension(reason=SuspensionReason(wanted.reason), suspended_at=now)
    return AwardSuspended(record_version=version, award_id=wanted.award_id, suspension=suspension)


def _reinstated(wanted: WantedChange, version: int, now: datetime) -> Event:
    reinstatement = Reinstatement(reason=ReinstatementReason(wanted.reason), reinstated_at=now)
    return AwardReinstated(
        record_version=version, award_id=wanted.award_id, reinstatement=reinstatement
    )


def _revoked(wanted: WantedChange, version: int, now: datetime) -> Event:
    return revocation_event(
        wanted.award_id, version, reason=RevocationReason(wanted.reason), now=now
    )


def revocation_event(
    award_id: UUID, version: int, *, reason: RevocationReason, now: datetime
) -> AwardRevoked:
    """Return the event that tells of a revocation."""
    revocation = Revocation(reason=reason, revoked_at=now)
    return AwardRevoked(record_version=version, award_id=award_id, revocation=revocation)


_EVENTS: Mapping[Change, Callable[[WantedChange, int, datetime], Event]] = {
    Change.SUSPENDED: _suspended,
    Change.REINSTATED: _reinstated,
    Change.REVOKED: _revoked,
}
