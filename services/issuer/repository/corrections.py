"""Corrections: the intent of a next credential, its becoming the present one, and all versions.

Separate from the other changes, because only here something is signed in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardNotFoundError, RecordedAward, Signatures
from services.issuer.domain.changes import Change, CorrectionUnderWayError
from services.issuer.domain.corrections import AwardVersion, in_order
from services.issuer.repository.awards import read_award
from services.issuer.repository.intents import SealedLearner
from services.issuer.status import Place
from services.issuer.tables import award as awards
from services.issuer.tables import award_change as changes
from services.issuer.tables import correction as corrections
from services.issuer.tables import credential as credentials
from services.issuer.tables import learner as learners
from shared.contracts.award import Award, Correction
from shared.contracts.vocabulary import AwardElement, CorrectionReason
from shared.runtime.database import of_caller

_INTENDED, _GRANTED, _VOIDED = "intended", "granted", "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionIntent:
    """Everything that is durable of a correction before anything is signed."""

    award: Award
    correction: Correction
    learner_id: UUID
    place: Place
    sealed_payload: bytes = field(repr=False)
    sealed_note: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIntent:
    """A correction as it was intended, to be signed by whoever goes on with it."""

    award: Award
    correction: Correction
    learner: str
    wrapped_key: bytes = field(repr=False)
    sealed_payload: bytes = field(repr=False)


async def lock_award(session: AsyncSession, award_id: UUID) -> tuple[RecordedAward, int]:
    """Return an award and the number of its present credential; nobody else changes it meanwhile.

    One correction at a time: a second one would be made on what the first is about to replace.
    """
    own = select(awards).where(awards.c.award_id == award_id, of_caller(awards.c.organisation))
    query = own.with_for_update()
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise AwardNotFoundError
    under_way = select(corrections.c.credential_id).where(
        corrections.c.award_id == award_id, corrections.c.state == _INTENDED
    )
    if await session.scalar(under_way):
        raise CorrectionUnderWayError
    newest = select(func.max(credentials.c.version)).where(credentials.c.award_id == award_id)
    return read_award(row), await session.scalar(newest) or 1


async def get_learner_id(session: AsyncSession, award_id: UUID) -> UUID:
    """Return whom an award is about."""
    query = select(awards.c.learner_id).where(awards.c.award_id == award_id)
    found: UUID | None = await session.scalar(query)
    if found is None:
        raise AwardNotFoundError
    return found


async def keep_learner(
    session: AsyncSession, learner: SealedLearner, *, organisation: str
) -> tuple[UUID, bytes]:
    """Keep a learner, or only how they are called now; return the id and wrapped key in force."""
    new = insert_or_not(learners).values(
        learner_id=learner.learner_id,
        organisation=organisation,
        pseudonym=learner.pseudonym,
        wrapped_key=learner.wrapped_key,
        sealed_identity=learner.sealed_identity,
    )
    kept = new.on_conflict_do_update(
        index_elements=[learners.c.organisation, learners.c.pseudonym],
        set_={"pseudonym": new.excluded.pseudonym},
    ).returning(learners.c.learner_id, learners.c.wrapped_key)
    row = (await session.execute(kept)).one()
    return row.learner_id, row.wrapped_key


async def keep_identity(session: AsyncSession, learner_id: UUID, sealed_identity: bytes) -> None:
    """Keep how a learner is called from now on."""
    await session.execute(
        update(learners)
        .where(learners.c.learner_id == learner_id)
        .values(sealed_identity=sealed_identity)
    )


async def add_intent(session: AsyncSession, intent: CorrectionIntent, *, now: datetime) -> None:
    """Keep what will be signed."""
    award, correction = intent.award, intent.correction
    await session.execute(
        insert(corrections).values(
            credential_id=award.credential_id,
            award_id=award.award_id,
            organisation=award.organisation,
            version=correction.version,
            state=_INTENDED,
            learner_id=intent.learner_id,
            list_id=intent.place.list_id,
            status_index=intent.place.index,
            sealed_payload=intent.sealed_payload,
            decision=award.model_dump_json(exclude_none=True),
            reason=correction.reason.value,
            changed=[element.value for element in correction.changed],
            sealed_note=intent.sealed_note,
            intended_at=now,
        )
    )


async def find_intent(session: AsyncSession, credential_id: UUID) -> KeptIntent | None:
    """Return a correction that is still intended."""
    query = (
        select(corrections, learners.c.pseudonym, learners.c.wrapped_key)
        .join(learners, learners.c.learner_id == corrections.c.learner_id)
        .where(corrections.c.credential_id == credential_id, corrections.c.state == _INTENDED)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    award = Award.model_validate_json(row.decision)
    return KeptIntent(
        award=award,
        correction=_correction(row.version, row.reason, row.changed, award.recorded_at),
        learner=row.pseudonym,
        wrapped_key=row.wrapped_key,
        sealed_payload=row.sealed_payload,
    )


async def list_unfinished(
    session: AsyncSession, *, intended_before: datetime, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Return corrections somebody should have finished by now, with their organisations."""
    query = (
        select(corrections.c.credential_id, corrections.c.organisation)
        .where(corrections.c.state == _INTENDED, corrections.c.intended_at < intended_before)
        .order_by(corrections.c.intended_at)
        .limit(limit)
    )
    return [(row.credential_id, row.organisation) for row in await session.execute(query)]


async def void_intent(session: AsyncSession, credential_id: UUID) -> None:
    """Give up a correction; its place is not given out again."""
    await session.execute(
        update(corrections)
        .where(corrections.c.credential_id == credential_id, corrections.c.state == _INTENDED)
        .values(state=_VOIDED, sealed_payload=None, decision=None, sealed_note=None)
    )


async def grant_intent(
    session: AsyncSession,
    recorded: RecordedAward,
    credential_id: UUID,
    signatures: Signatures,
    *,
    now: datetime,
) -> list[int] | None:
    """Make the intended credential the present one of a locked award, and raise the older bits.

    Return the lists that must show it; None when somebody did so, or gave it up.
    """
    query = select(corrections).where(
        corrections.c.credential_id == credential_id, corrections.c.state == _INTENDED
    )
    intent = (await session.execute(query.with_for_update())).one_or_none()
    if intent is None:
        return None
    lists = await _replace_credentials(session, recorded, learner_id=intent.learner_id)
    await session.execute(
        insert(credentials).values(
            credential_id=credential_id,
            award_id=intent.award_id,
            version=intent.version,
            organisation=intent.organisation,
            list_id=intent.list_id,
            status_index=intent.status_index,
            sealed_payload=intent.sealed_payload,
            kid=signatures.kid,
            jwt_signature=signatures.jwt,
            enveloped_signature=signatures.enveloped,
            signed_at=now,
        )
    )
    await _keep_award(session, recorded, intent, now=now)
    await session.execute(
        update(corrections)
        .where(corrections.c.credential_id == credential_id)
        .values(state=_GRANTED, sealed_payload=None, decision=None, sealed_note=None)
    )
    return lists


async def _replace_credentials(
    session: AsyncSession, recorded: RecordedAward, *, learner_id: UUID
) -> list[int]:
    """Raise the bits of what is replaced, and remember whom and what it was about."""
    award_id = recorded.award.award_id
    owner = await get_learner_id(session, award_id)
    of_another = func.coalesce(credentials.c.learner_id, owner)
    # Who is the award's learner again needs no mention of their own.
    of_same = case((credentials.c.learner_id == owner, None), else_=credentials.c.learner_id)
    before = recorded.award.model_dump_json(exclude_none=True)
    replaced = (
        update(credentials)
        .where(credentials.c.award_id == award_id)
        .values(
            is_revoked=True,
            decision=func.coalesce(credentials.c.decision, before),
            learner_id=of_same if owner == learner_id else of_another,
        )
        .returning(credentials.c.list_id)
    )
    return sorted({row.list_id for row in await session.execute(replaced)})


async def _keep_award(
    session: AsyncSession,
    recorded: RecordedAward,
    intent: Row[tuple[object, ...]],
    *,
    now: datetime,
) -> None:
    """Let the award read as it was intended to, and add the fact to its history."""
    version = recorded.record_version + 1
    await session.execute(
        update(awards)
        .where(awards.c.award_id == intent.award_id)
        .values(
            decision=intent.decision,
            learner_id=intent.learner_id,
            valid_until=Award.model_validate_json(intent.decision).valid_until,
            record_version=version,
        )
    )
    await session.execute(
        insert(changes).values(
            award_id=intent.award_id,
            record_version=version,
            organisation=intent.organisation,
            kind=Change.CORRECTED.value,
            reason=intent.reason,
            changed_at=now,
            learner_id=intent.learner_id if intent.sealed_note else None,
            sealed_note=intent.sealed_note,
        )
    )


async def list_versions(session: AsyncSession, award_id: UUID) -> list[AwardVersion]:
    """Return every version of an award of the acting organisation, oldest first."""
    query = (
        select(
            credentials.c.version,
            func.coalesce(credentials.c.decision, awards.c.decision).label("decision"),
            corrections.c.reason,
            corrections.c.changed,
        )
        .join(awards, awards.c.award_id == credentials.c.award_id)
        .outerjoin(corrections, corrections.c.credential_id == credentials.c.credential_id)
        .where(credentials.c.award_id == award_id)
        .order_by(credentials.c.version)
    )
    found: list[tuple[int, Award, Correction | None]] = []
    for row in await session.execute(query):
        award = Award.model_validate_json(row.decision)
        why = row.reason and _correction(row.version, row.reason, row.changed, award.recorded_at)
        found.append((row.version, award, why or None))
    return in_order(found)


def _correction(
    version: int, reason: str, changed: Sequence[str], corrected_at: datetime
) -> Correction:
    return Correction(
        version=version,
        reason=CorrectionReason(reason),
        changed=tuple(AwardElement(element) for element in changed),
        corrected_at=corrected_at,
    )
