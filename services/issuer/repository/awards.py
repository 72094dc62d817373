"""Awards as they are, and their credentials and learners under seal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import (
    AwardNotFoundError,
    AwardState,
    RecordedAward,
    SealedCredential,
    Signatures,
)
from services.issuer.domain.corrections import CredentialErasedError, VersionNotFoundError
from services.issuer.tables import award as awards
from services.issuer.tables import credential as credentials
from services.issuer.tables import learner as learners
from shared.contracts.award import Award
from shared.runtime.database import of_caller

_NO_AWARD = [AwardState.INTENDED.value, AwardState.VOIDED.value]


async def void_intent(session: AsyncSession, award_id: UUID) -> None:
    """Give up an intent that can never be signed; its place is not given out again."""
    await session.execute(
        update(awards)
        .where(awards.c.award_id == award_id, awards.c.state == AwardState.INTENDED.value)
        .values(state=AwardState.VOIDED.value)
    )


async def get_award(session: AsyncSession, award_id: UUID, *, lock: bool = False) -> RecordedAward:
    """Return an award or intent of the acting organisation, or raise AwardNotFoundError."""
    query = select(awards).where(awards.c.award_id == award_id, of_caller(awards.c.organisation))
    row = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise AwardNotFoundError
    return read_award(row)


async def list_awards(session: AsyncSession, *, after: int, limit: int) -> list[RecordedAward]:
    """Return the acting organisation's awards in the order they were intended."""
    query = (
        select(awards)
        .where(awards.c.number > after, awards.c.state.not_in(_NO_AWARD))
        .where(of_caller(awards.c.organisation))
        .order_by(awards.c.number)
        .limit(limit)
    )
    return [read_award(row) for row in await session.execute(query)]


async def list_unfinished(
    session: AsyncSession, *, intended_before: datetime, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Return intents somebody should have finished by now, with their organisations."""
    query = (
        select(awards.c.award_id, awards.c.organisation)
        .where(awards.c.state == AwardState.INTENDED.value, awards.c.intended_at < intended_before)
        .order_by(awards.c.intended_at)
        .limit(limit)
    )
    return [(row.award_id, row.organisation) for row in await session.execute(query)]


async def get_credential(
    session: AsyncSession, award_id: UUID, *, version: int | None = None
) -> SealedCredential:
    """Return a credential of an award of the acting organisation: the present one, or another."""
    query = (
        select(credentials, learners.c.pseudonym, learners.c.wrapped_key)
        .join(awards, awards.c.award_id == credentials.c.award_id)
        .join(
            learners,
            learners.c.learner_id == func.coalesce(credentials.c.learner_id, awards.c.learner_id),
        )
        .where(credentials.c.award_id == award_id, of_caller(awards.c.organisation))
        .order_by(credentials.c.version.desc())
        .limit(1)
    )
    if version is not None:
        query = query.where(credentials.c.version == version)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise AwardNotFoundError if version is None else VersionNotFoundError
    if row.sealed_payload is None:
        raise CredentialErasedError
    return SealedCredential(
        credential_id=row.credential_id,
        award_id=row.award_id,
        sealed_payload=row.sealed_payload,
        learner=row.pseudonym,
        wrapped_key=row.wrapped_key,
        signatures=row.kid
        and Signatures(kid=row.kid, jwt=row.jwt_signature, enveloped=row.enveloped_signature),
    )


def read_award(row: Row[tuple[object, ...]]) -> RecordedAward:
    """Read a row of the table of awards."""
    return RecordedAward(
        number=row.number,
        award=Award.model_validate_json(row.decision),
        state=AwardState(row.state),
        record_version=row.record_version,
        reason=row.reason,
        changed_at=row.changed_at,
    )
