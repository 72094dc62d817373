"""Granting an award: intent before signature, lint before signature (Boulder; reliability.md 9).

1. One transaction makes durable what will be signed: the claim on the Idempotency-Key, the award as
   an intent, its place in the status list, the sealed payload and its digest.
2. The signature is made with no transaction open.
3. One transaction grants: signatures, event, answer.
Whoever dies in between is followed by the same request after its lease, or by the sweeper; both go
on from the intent, so there is never a second award, credential or place.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.issuer.domain import AwardState, AwardVoidedError, RecordedAward, WantedAward
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import (
    Intent,
    NothingToSignWithError,
    draft_award,
    sign_with_living_key,
)
from services.issuer.operations.payloads import open_payload
from services.issuer.operations.status_lists import with_open_lists
from services.issuer.repository import awards, intents, issuers
from services.issuer.repository.signatures import refuse_lost_key
from services.issuer.schemas import AwardAnswer
from services.issuer.signing import SigningRefusedError
from shared.contracts.award import Award
from shared.contracts.events import AwardGranted
from shared.proofs.sealing import SealError
from shared.runtime import idempotency
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.idempotency import Claim, StoredAnswer
from shared.runtime.observability import current_context, get_logger
from shared.runtime.outbox import announce

GRANT_ROUTE = "POST /v1/awards"
MOST_SWEPT = 200

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, and which request it is, so that it can be told from a repeated one."""

    organisation: str
    key: str
    fingerprint: bytes


async def grant_award(
    desk: Desk, wanted: WantedAward, *, asking: Asking, now: datetime
) -> StoredAnswer:
    """Award a microcredential to a learner; a repeated request gets the first answer."""
    claim, intent = await with_open_lists(
        desk,
        asking.organisation,
        lambda: _intend(desk, wanted, asking=asking, now=now),
        now=now,
    )
    if claim.answer is not None:
        return claim.answer
    if intent is None:
        intent = await _resume(desk, claim)
    return await grant_intent(desk, intent, claim=claim, now=now)


async def finish_intents(desk: Desk, *, older_than: timedelta, now: datetime) -> int:
    """Finish what others left undone; an intent that can never be signed is voided."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        unfinished = await awards.list_unfinished(
            session, intended_before=now - older_than, limit=MOST_SWEPT
        )
    for award_id, organisation in unfinished:
        try:
            await _finish(desk, award_id, organisation=organisation, now=now)
        except (SealError, SigningRefusedError) as reason:
            await _void(desk, award_id, organisation=organisation, reason=reason)
        except NothingToSignWithError:
            log.warning("award waits for a signing key", award_id=str(award_id))
    return len(unfinished)


async def _intend(
    desk: Desk, wanted: WantedAward, *, asking: Asking, now: datetime
) -> tuple[Claim, Intent | None]:
    """Make the intent durable, unless an earlier attempt came that far."""
    async with desk.database.acting_for(asking.organisation) as straight:
        claim = await idempotency.claim(
            straight,
            organisation=asking.organisation,
            route=GRANT_ROUTE,
            key=asking.key,
            fingerprint=desk.blind(asking.fingerprint),
            now=now,
            lease=desk.lease,
        )
        if claim.answer is not None or claim.resource is not None:
            return claim, None
        return claim, await draft_award(straight, desk, wanted, claim=claim, now=now)


async def _resume(desk: Desk, claim: Claim) -> Intent:
    """Return the intent that an earlier attempt at this request left."""
    intent = await _reload(desk, UUID(claim.resource), organisation=claim.organisation)
    if intent is None:
        raise AwardVoidedError
    return intent


async def grant_intent(
    desk: Desk, intent: Intent, *, claim: Claim | None, now: datetime
) -> StoredAnswer:
    """Sign an intent, and record that it is an award; anew when its key was lost meanwhile."""
    return await sign_with_living_key(
        desk,
        intent.key,
        organisation=intent.award.organisation,
        sign=lambda key: _sign(desk, replace(intent, key=key), claim=claim, now=now),
    )


async def _sign(desk: Desk, intent: Intent, *, claim: Claim | None, now: datetime) -> StoredAnswer:
    award = intent.award
    signatures = await desk.sign_credential(
        intent.key,
        organisation=award.organisation,
        payload=intent.payload,
        digest=award.credential_digest,
    )
    answer = answer_of(award, public_url=desk.public_url)
    async with desk.database.acting_for(award.organisation) as straight:
        context = current_context()
        with refuse_lost_key():
            granted = await intents.grant_intent(
                straight,
                award,
                signatures,
                claim=claim,
                answer=answer,
                request_id=context.request_id if context else None,
                now=now,
            )
        if granted:
            event = AwardGranted(record_version=1, award_id=award.award_id, award=award)
            await announce(straight, event, now=now)
            return answer
    return await _answer_late(desk, award, claim=claim)


async def _answer_late(desk: Desk, award: Award, *, claim: Claim | None) -> StoredAnswer:
    """Answer with what the sweeper, or an earlier attempt, granted meanwhile."""
    async with desk.database.transaction() as session:
        await act_for(session, award.organisation)
        recorded = await awards.get_award(session, award.award_id)
        if not recorded.is_public:
            raise AwardVoidedError
        # The answer is what it would have been, also when the award was revoked in between.
        answer = answer_of(recorded.award, public_url=desk.public_url)
        if claim is not None:
            await idempotency.keep_answer(
                session, claim, status=answer.status, body=answer.body, headers=answer.headers
            )
    return answer


async def _reload(desk: Desk, award_id: UUID, *, organisation: str) -> Intent | None:
    """Return the intent of an earlier attempt as it was; None when it was voided."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        recorded = await awards.get_award(session, award_id)
        if recorded.state is AwardState.VOIDED:
            return None
        stored = await awards.get_credential(session, award_id)
        key = await issuers.find_key(session, organisation)
    if key is None:
        raise NothingToSignWithError
    data_key = desk.learner_key(
        stored.wrapped_key, organisation=organisation, learner=stored.learner
    )
    return Intent(
        award=recorded.award,
        payload=open_payload(
            stored.sealed_payload, key=data_key, credential_id=stored.credential_id
        ),
        key=key,
    )


async def _finish(desk: Desk, award_id: UUID, *, organisation: str, now: datetime) -> None:
    intent = await _reload(desk, award_id, organisation=organisation)
    if intent is not None:
        await grant_intent(desk, intent, claim=None, now=now)
        log.info("award finished", award_id=str(award_id))


async def _void(desk: Desk, award_id: UUID, *, organisation: str, reason: Exception) -> None:
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        await awards.void_intent(session, award_id)
    log.error("award voided", award_id=str(award_id), reason=type(reason).__name__)


def answer_of(award: Award, *, public_url: str) -> StoredAnswer:
    """Return what is answered to who asked for this award."""
    recorded = RecordedAward(number=0, award=award, state=AwardState.GRANTED, record_version=1)
    answer = AwardAnswer.of(recorded, public_url=public_url)
    return StoredAnswer(
        status=201,
        body=answer.to_bytes(),
        headers={"Location": answer.links.self},
        resource=str(award.award_id),
    )
