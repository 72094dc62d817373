"""Erasing a learner: everything personal goes, and what must stay no longer says whom it was about.

Separate from the other changes, because this is the only code that ever destroys anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    case,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.domain.changes import Change
from services.issuer.repository.changes import Changed, change_many, raise_bits
from services.issuer.tables import award as awards
from services.issuer.tables import award_change as changes
from services.issuer.tables import correction as corrections
from services.issuer.tables import credential as credentials
from services.issuer.tables import embedded_proof as proofs
from services.issuer.tables import learner as learners
from services.issuer.tables import learner_erasure as erasures
from shared.contracts.vocabulary import ErasureReason
from shared.runtime.database import of_caller

ERASABLE = (AwardState.GRANTED, AwardState.SUSPENDED, AwardState.REVOKED, AwardState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was done, without whom it was done to."""

    erasure_id: UUID
    organisation: str
    reason: ErasureReason
    awards: int
    erased_at: datetime
    backups_gone_at: datetime


async def lock_learner(session: AsyncSession, *, organisation: str, pseudonym: str) -> UUID | None:
    """Return a learner; nobody can award them anything before our commit."""
    query = select(learners.c.learner_id).where(
        learners.c.organisation == organisation, learners.c.pseudonym == pseudonym
    )
    found: UUID | None = await session.scalar(query.with_for_update())
    return found


async def erase_awards(
    session: AsyncSession, learner_id: UUID, *, reason: ErasureReason, now: datetime
) -> tuple[list[Changed], list[int]]:
    """Erase every award of a learner; return them, and the lists that must show it.

    An intent never becomes an award any more: it is voided.
    """
    own = select(awards.c.award_id).where(awards.c.learner_id == learner_id)
    ids = list(await session.scalars(own.order_by(awards.c.award_id).with_for_update()))
    await session.execute(
        update(awards)
        .where(awards.c.award_id.in_(ids), awards.c.state == AwardState.INTENDED.value)
        .values(state=AwardState.VOIDED.value)
    )
    erased = await change_many(
        session, ids, Change.ERASED, among=ERASABLE, reason=reason.value, now=now
    )
    lists = await raise_bits(session, ids)
    await _forget(session, ids, learner_id)
    return erased, lists


async def delete_learner(session: AsyncSession, learner_id: UUID) -> None:
    """Destroy a learner's data key and identity; whatever it sealed can never be opened again."""
    await session.execute(delete(learners).where(learners.c.learner_id == learner_id))


async def add_erasure(session: AsyncSession, erasure: Erasure) -> None:
    """Remember that somebody was erased, and not who."""
    await session.execute(
        insert(erasures).values(
            erasure_id=erasure.erasure_id,
            organisation=erasure.organisation,
            reason=erasure.reason.value,
            awards=erasure.awards,
            erased_at=erasure.erased_at,
            backups_gone_at=erasure.backups_gone_at,
        )
    )


async def find_erasure(session: AsyncSession, erasure_id: UUID) -> Erasure | None:
    """Return an erasure of the acting organisation."""
    query = select(erasures).where(
        erasures.c.erasure_id == erasure_id, of_caller(erasures.c.organisation)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return Erasure(
        erasure_id=row.erasure_id,
        organisation=row.organisation,
        reason=ErasureReason(row.reason),
        awards=row.awards,
        erased_at=row.erased_at,
        backups_gone_at=row.backups_gone_at,
    )


async def _forget(session: AsyncSession, ids: Sequence[UUID], learner_id: UUID) -> None:
    """Empty what these awards, and others that once were this learner's, say of the learner."""
    await session.execute(
        update(awards)
        .where(awards.c.award_id.in_(ids), awards.c.learner_id == learner_id)
        .values(
            learner_id=None,
            # The organisation's own reference may lead to a person there.
            enrolment_reference=cast(awards.c.award_id, Text),
            decision=_scrubbed(awards.c.decision),
        )
    )
    of_learner = or_(credentials.c.award_id.in_(ids), credentials.c.learner_id == learner_id)
    await session.execute(
        delete(proofs).where(
            proofs.c.credential_id.in_(select(credentials.c.credential_id).where(of_learner))
        )
    )
    await session.execute(
        update(credentials)
        .where(of_learner)
        .values(
            learner_id=None,
            sealed_payload=None,
            jwt_signature=None,
            enveloped_signature=None,
            decision=_scrubbed(credentials.c.decision),
        )
    )
    await session.execute(
        update(corrections)
        .where(or_(corrections.c.award_id.in_(ids), corrections.c.learner_id == learner_id))
        .values(
            learner_id=None,
            sealed_payload=None,
            decision=None,
            sealed_note=None,
            state=case((corrections.c.state == "intended", "voided"), else_=corrections.c.state),
        )
    )
    await session.execute(
        update(changes)
        .where(or_(changes.c.award_id.in_(ids), changes.c.learner_id == learner_id))
        .values(learner_id=None, sealed_note=None)
    )


def _scrubbed(decision: ColumnElement[str]) -> ColumnElement[str]:
    """Keep a record whole, about nobody; its digest is of a payload with salt, and says nothing."""
    nobody = f'"learner":"{"A" * 43}"'
    return func.regexp_replace(decision, '"learner":"[A-Za-z0-9_-]{43}"', nobody, type_=Text)
