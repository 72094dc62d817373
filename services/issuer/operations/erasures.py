"""Erasing a learner: the data key is destroyed, and with it all that was ever sealed under it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.operations.batches import forgetting
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.repository import erasures, status_lists, triggers
from services.issuer.repository.erasures import Erasure
from services.issuer.schemas import ErasureAnswer, ErasureLinks
from shared.contracts.events import AwardErased
from shared.contracts.vocabulary import ErasureReason
from shared.errors import NotFoundError
from shared.runtime import idempotency
from shared.runtime.database import act_for
from shared.runtime.idempotency import StoredAnswer
from shared.runtime.outbox import announce_all

ERASE_ROUTE = "POST /v1/learner-erasures"


class ErasureNotFoundError(NotFoundError):
    """There is no such erasure."""

    code = "erasure-not-found"
    dutch = "Dit wissen is hier niet bekend."


async def erase_learner(
    session: AsyncSession,
    desk: Desk,
    identifier: str,
    *,
    reason: ErasureReason,
    asking: Asking,
    now: datetime,
) -> StoredAnswer:
    """Erase a learner as one organisation knows them; of who is not known, nothing is erased.

    Nothing is kept to tell the two apart later, so the learner's next award starts afresh.
    """
    await act_for(session, asking.organisation)
    claim = await idempotency.claim(
        session,
        organisation=asking.organisation,
        route=ERASE_ROUTE,
        key=asking.key,
        fingerprint=desk.blind(asking.fingerprint),
        now=now,
    )
    if claim.answer is not None:
        return claim.answer
    erasure = Erasure(
        erasure_id=uuid4(),
        organisation=asking.organisation,
        reason=reason,
        awards=await _erase(session, desk, identifier, asking.organisation, reason, now=now),
        erased_at=now,
        backups_gone_at=now + desk.backups_kept,
    )
    await erasures.add_erasure(session, erasure)
    answer = answer_of(erasure, public_url=desk.public_url)
    stored = StoredAnswer(
        201, answer.to_bytes(), {"Location": answer.links.self}, str(erasure.erasure_id)
    )
    await idempotency.keep_answer(
        session, claim, status=stored.status, body=stored.body, headers=stored.headers
    )
    return stored


async def read_erasure(session: AsyncSession, erasure_id: UUID, *, organisation: str) -> Erasure:
    """Return what an erasure did, to the organisation that asked for it."""
    await act_for(session, organisation)
    erasure = await erasures.find_erasure(session, erasure_id)
    if erasure is None:
        raise ErasureNotFoundError
    return erasure


def answer_of(erasure: Erasure, *, public_url: str) -> ErasureAnswer:
    """Return what the organisation may read of an erasure."""
    return ErasureAnswer(
        erasure_id=erasure.erasure_id,
        reason=erasure.reason,
        awards=erasure.awards,
        erased_at=erasure.erased_at,
        backups_gone_at=erasure.backups_gone_at,
        links=ErasureLinks(self=f"{public_url}/v1/learner-erasures/{erasure.erasure_id}"),
    )


async def _erase(
    session: AsyncSession,
    desk: Desk,
    identifier: str,
    organisation: str,
    reason: ErasureReason,
    *,
    now: datetime,
) -> int:
    pseudonym = desk.pseudonym_of(identifier)
    await triggers.forget_person(session, organisation, pseudonym)
    await forgetting.forget_person(session, desk, identifier, organisation=organisation, now=now)
    learner_id = await erasures.lock_learner(
        session, organisation=organisation, pseudonym=pseudonym
    )
    if learner_id is None:
        return 0
    erased, lists = await erasures.erase_awards(session, learner_id, reason=reason, now=now)
    await erasures.delete_learner(session, learner_id)
    await status_lists.mark_changed(session, *lists)
    events = [
        AwardErased(record_version=one.record_version, award_id=one.award_id, erased_at=now)
        for one in erased
    ]
    await announce_all(session, events, now=now)
    return len(erased)
