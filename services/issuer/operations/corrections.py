"""Correcting an award: a new credential replaces the one before; intent before signature here too.

1. One transaction makes durable what will be signed, with a place of its own in a status list.
2. The signature is made with no transaction open.
3. One transaction lets the new credential count, raises the bit of the one before, and tells.
What became of the award meanwhile decides: a correction of what was revoked is given up.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.credential.reading import read_payload, said_in
from services.issuer.domain import AwardNotFoundError, AwardVoidedError
from services.issuer.domain.changes import Change, check_change
from services.issuer.domain.corrections import (
    AwardVersion,
    Difference,
    VersionNotFoundError,
    WantedCorrection,
    compare,
)
from services.issuer.domain.signatures import LoggedSignature
from services.issuer.operations.correcting import Draft, draft_correction
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import (
    NothingToSignWithError,
    sign_with_living_key,
)
from services.issuer.operations.granting import Asking
from services.issuer.operations.payloads import open_payload
from services.issuer.operations.status_lists import with_open_lists
from services.issuer.repository import awards, corrections, issuers, status_lists
from services.issuer.repository.signatures import log_signatures, refuse_lost_key
from services.issuer.schemas import VersionAnswer
from services.issuer.signing import SigningRefusedError
from shared.contracts.award import Award
from shared.contracts.events import AwardCorrected
from shared.errors import ConflictError
from shared.proofs.sealing import SealError
from shared.runtime import idempotency
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.idempotency import Claim, StoredAnswer
from shared.runtime.observability import current_context, get_logger
from shared.runtime.outbox import announce

MOST_SWEPT = 200

log = get_logger(__name__)


async def correct_award(
    desk: Desk, wanted: WantedCorrection, *, asking: Asking, now: datetime
) -> StoredAnswer:
    """Let an award read otherwise; a repeated request gets the first answer."""
    claim, draft = await with_open_lists(
        desk,
        asking.organisation,
        lambda: _intend(desk, wanted, asking=asking, now=now),
        now=now,
    )
    if claim.answer is not None:
        return claim.answer
    if draft is None:
        credential_id = UUID(claim.resource)
        draft = await _reload(desk, credential_id, organisation=claim.organisation)
        if draft is None:
            return await _answer_late(
                desk, wanted.award_id, credential_id, organisation=claim.organisation, claim=claim
            )
    return await _grant(desk, draft, claim=claim, now=now)


async def reissue_award(
    desk: Desk, wanted: WantedCorrection, *, organisation: str, now: datetime
) -> None:
    """Sign an award anew that nobody asks for by request: its old key is in wrong hands."""

    async def intend() -> Draft:
        async with desk.database.transaction() as session:
            await act_for(session, organisation)
            return await draft_correction(session, desk, wanted, now=now)

    await _grant(desk, await with_open_lists(desk, organisation, intend, now=now), now=now)


async def finish_corrections(desk: Desk, *, older_than: timedelta, now: datetime) -> int:
    """Finish what others left undone; a correction that can never be signed is given up."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        unfinished = await corrections.list_unfinished(
            session, intended_before=now - older_than, limit=MOST_SWEPT
        )
    for credential_id, organisation in unfinished:
        try:
            draft = await _reload(desk, credential_id, organisation=organisation)
            if draft is not None:
                await _grant(desk, draft, now=now)
        except (SealError, SigningRefusedError):
            await _void(desk, credential_id, organisation=organisation)
        except ConflictError as reason:
            log.info("correction given up", reason=reason.code)
        except NothingToSignWithError:
            log.warning("correction waits for a signing key", credential_id=str(credential_id))
    return len(unfinished)


async def read_versions(
    session: AsyncSession, award_id: UUID, *, organisation: str
) -> list[AwardVersion]:
    """Return every version of an award to the organisation that made it."""
    await act_for(session, organisation)
    if not (await awards.get_award(session, award_id)).is_public:
        raise AwardNotFoundError
    return await corrections.list_versions(session, award_id)


async def read_version(
    session: AsyncSession, award_id: UUID, number: int, *, organisation: str
) -> AwardVersion:
    """Return one version of an award to the organisation that made it."""
    versions = await read_versions(session, award_id, organisation=organisation)
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise VersionNotFoundError
    return found


async def compare_versions(
    session: AsyncSession,
    desk: Desk,
    award_id: UUID,
    *,
    before: int,
    after: int,
    organisation: str,
) -> tuple[Difference, ...]:
    """Return what two versions say differently, out of what is sealed; to their organisation."""
    said = []
    for number in (before, after):
        version = await read_version(session, award_id, number, organisation=organisation)
        stored = await awards.get_credential(session, award_id, version=number)
        key = desk.learner_key(
            stored.wrapped_key, organisation=organisation, learner=stored.learner
        )
        payload = open_payload(stored.sealed_payload, key=key, credential_id=stored.credential_id)
        said.append(said_in(version.award, read_payload(payload)))
    return compare(*said)


async def _intend(
    desk: Desk, wanted: WantedCorrection, *, asking: Asking, now: datetime
) -> tuple[Claim, Draft | None]:
    """Make the intent durable, unless an earlier attempt came that far."""
    async with desk.database.transaction() as session:
        await act_for(session, asking.organisation)
        claim = await idempotency.claim(
            session,
            organisation=asking.organisation,
            route=f"POST /v1/awards/{wanted.award_id}/corrections",
            key=asking.key,
            fingerprint=desk.blind(asking.fingerprint),
            now=now,
            lease=desk.lease,
        )
        if claim.answer is not None or claim.resource is not None:
            return claim, None
        draft = await draft_correction(session, desk, wanted, now=now)
        await idempotency.keep_resource(session, claim, str(draft.award.credential_id))
        return claim, draft


async def _grant(
    desk: Desk, draft: Draft, *, claim: Claim | None = None, now: datetime
) -> StoredAnswer:
    """Sign an intent and let it count; anew when its key was lost meanwhile."""
    return await sign_with_living_key(
        desk,
        draft.key,
        organisation=draft.award.organisation,
        sign=lambda key: _sign(desk, replace(draft, key=key), claim=claim, now=now),
    )


async def _sign(desk: Desk, draft: Draft, *, claim: Claim | None, now: datetime) -> StoredAnswer:
    """Sign, and let it count unless the award came to an end meanwhile."""
    award = draft.award
    signed = await desk.sign_credential(
        draft.key,
        organisation=award.organisation,
        payload=draft.payload,
        digest=award.credential_digest,
    )
    refusal: ConflictError | None = None
    async with desk.database.transaction() as session:
        await act_for(session, award.organisation)
        recorded = await awards.get_award(session, award.award_id, lock=True)
        try:
            check_change(recorded, Change.CORRECTED, now=now)
        except ConflictError as conflict:
            refusal = conflict
            await corrections.void_intent(session, award.credential_id)
        else:
            lists = await corrections.grant_intent(
                session, recorded, award.credential_id, signed, now=now
            )
            if lists is not None:
                await _log(session, award, kid=signed.kid, now=now)
                await status_lists.mark_changed(session, *lists)
                await _tell(session, draft, record_version=recorded.record_version + 1, now=now)
                return await _keep_answer(session, desk, _version_of(draft), claim=claim)
    if refusal is not None:
        raise refusal
    return await _answer_late(
        desk,
        award.award_id,
        award.credential_id,
        organisation=award.organisation,
        claim=claim,
    )


async def _log(session: AsyncSession, award: Award, *, kid: str, now: datetime) -> None:
    context = current_context()
    logged = LoggedSignature.of_credential(
        award.credential_id, kid=kid, digest=award.credential_digest
    )
    with refuse_lost_key():
        await log_signatures(
            session,
            [logged],
            organisation=award.organisation,
            request_id=context.request_id if context else None,
            now=now,
        )


async def _tell(session: AsyncSession, draft: Draft, *, record_version: int, now: datetime) -> None:
    event = AwardCorrected(
        record_version=record_version,
        award_id=draft.award.award_id,
        award=draft.award,
        correction=draft.correction,
    )
    await announce(session, event, now=now)


def _version_of(draft: Draft) -> AwardVersion:
    return AwardVersion(
        number=draft.correction.version, award=draft.award, correction=draft.correction
    )


async def _answer_late(
    desk: Desk, award_id: UUID, credential_id: UUID, *, organisation: str, claim: Claim | None
) -> StoredAnswer:
    """Answer with what the sweeper, or an earlier attempt, made of it meanwhile."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        for one in await corrections.list_versions(session, award_id):
            if one.award.credential_id == credential_id:
                # The answer is what it would have been, also when it was replaced in between.
                return await _keep_answer(
                    session, desk, replace(one, replaced_at=None), claim=claim
                )
    raise AwardVoidedError


async def _keep_answer(
    session: AsyncSession, desk: Desk, version: AwardVersion, *, claim: Claim | None
) -> StoredAnswer:
    answer = VersionAnswer.of(version, public_url=desk.public_url)
    stored = StoredAnswer(
        status=201,
        body=answer.to_bytes(),
        headers={"Location": answer.links.self},
        resource=str(version.award.credential_id),
    )
    if claim is not None:
        await idempotency.keep_answer(
            session, claim, status=stored.status, body=stored.body, headers=stored.headers
        )
    return stored


async def _reload(desk: Desk, credential_id: UUID, *, organisation: str) -> Draft | None:
    """Return the intent of an earlier attempt as it was; None when it is no longer intended."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        kept = await corrections.find_intent(session, credential_id)
        key = await issuers.find_key(session, organisation)
    if kept is None:
        return None
    if key is None:
        raise NothingToSignWithError
    data_key = desk.learner_key(kept.wrapped_key, organisation=organisation, learner=kept.learner)
    return Draft(
        award=kept.award,
        correction=kept.correction,
        payload=open_payload(kept.sealed_payload, key=data_key, credential_id=credential_id),
        key=key,
    )


async def _void(desk: Desk, credential_id: UUID, *, organisation: str) -> None:
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        await corrections.void_intent(session, credential_id)
    log.error("correction voided", credential_id=str(credential_id))
