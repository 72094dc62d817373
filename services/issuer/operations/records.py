"""What an organisation may read of its own awards, and the revocation of one."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardNotFoundError, RecordedAward, check_revocable
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import note_context, payload_context
from services.issuer.operations.granting import Asking
from services.issuer.repository import awards, status_lists
from services.issuer.schemas import AwardAnswer
from services.issuer.signing import token
from shared.contracts.award import Revocation
from shared.contracts.events import AwardRevoked
from shared.contracts.vocabulary import RevocationReason
from shared.proofs.sealing import open_sealed, seal
from shared.proofs.vc_jwt import Form
from shared.runtime import idempotency
from shared.runtime.database import act_for
from shared.runtime.idempotency import StoredAnswer
from shared.runtime.outbox import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRevocation:
    """Which award no longer counts, and why."""

    award_id: UUID
    reason: RevocationReason
    note: str | None = field(default=None, repr=False)


async def read_award(session: AsyncSession, award_id: UUID, *, organisation: str) -> RecordedAward:
    """Return an award to the organisation that made it."""
    await act_for(session, organisation)
    recorded = await awards.get_award(session, award_id)
    if not recorded.is_public:
        raise AwardNotFoundError
    return recorded


async def read_awards(
    session: AsyncSession, *, organisation: str, after: int, limit: int
) -> list[RecordedAward]:
    """Return an organisation's own awards, in the order they were decided."""
    await act_for(session, organisation)
    return await awards.list_awards(session, after=after, limit=limit)


async def read_credential(
    session: AsyncSession, desk: Desk, award_id: UUID, *, organisation: str, form: Form
) -> str:
    """Return the signed credential in one of its forms, to the organisation that made it."""
    await act_for(session, organisation)
    stored = await awards.get_credential(session, award_id)
    if stored.signatures is None:
        raise AwardNotFoundError
    key = desk.learner_key(stored.wrapped_key, organisation=organisation, learner=stored.learner)
    payload = open_sealed(
        stored.sealed_payload, key=key, context=payload_context(stored.credential_id)
    )
    return token(payload, form=form, signatures=stored.signatures)


async def revoke_award(
    session: AsyncSession,
    desk: Desk,
    wanted: WantedRevocation,
    *,
    asking: Asking,
    now: datetime,
) -> StoredAnswer:
    """Decide that an award no longer counts; it stays known for ever, with the reason."""
    await act_for(session, asking.organisation)
    claim = await idempotency.claim(
        session,
        organisation=asking.organisation,
        route=f"POST /v1/awards/{wanted.award_id}/revocations",
        key=asking.key,
        fingerprint=desk.blind(asking.fingerprint),
        now=now,
    )
    if claim.answer is not None:
        return claim.answer
    recorded = await awards.get_award(session, wanted.award_id, lock=True)
    check_revocable(recorded)
    revocation = Revocation(reason=wanted.reason, revoked_at=now)
    note = await _seal_note(session, desk, wanted, organisation=asking.organisation)
    revoked, lists = await awards.revoke_award(session, recorded, revocation=revocation, note=note)
    for list_id in lists:
        await status_lists.mark_changed(session, list_id)
    event = AwardRevoked(
        record_version=revoked.record_version, award_id=wanted.award_id, revocation=revocation
    )
    await announce(session, event, now=now)
    answer = AwardAnswer.of(revoked, public_url=desk.public_url)
    stored = StoredAnswer(
        201, answer.to_bytes(), {"Location": answer.links.self}, str(wanted.award_id)
    )
    await idempotency.keep_answer(
        session, claim, status=stored.status, body=stored.body, headers=stored.headers
    )
    return stored


async def _seal_note(
    session: AsyncSession, desk: Desk, wanted: WantedRevocation, *, organisation: str
) -> bytes | None:
    """Seal the private note under the learner's key: it may tell of the learner."""
    if wanted.note is None:
        return None
    stored = await awards.get_credential(session, wanted.award_id)
    key = desk.learner_key(stored.wrapped_key, organisation=organisation, learner=stored.learner)
    return seal(wanted.note.encode(), key=key, context=note_context(wanted.award_id))
