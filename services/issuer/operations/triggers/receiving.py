"""Receiving associations: kept under seal, compared with what was known, and read back.

1. One transaction keeps what it says now, unless it says nothing new.
2. `settling` finds out what follows, in transactions of its own; the worker does so for whoever
   died in between.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain.triggers import (
    UNDER_WAY,
    AssociationKind,
    AssociationNotFoundError,
    Outcome,
    ReceivedAssociation,
    WhyDecide,
)
from services.issuer.operations.desk import Desk
from services.issuer.operations.triggers.contents import (
    content_context,
    key_name,
    mark_of,
    pseudonym_in,
    read_content,
)
from services.issuer.operations.triggers.settling import settle_association
from services.issuer.repository import triggers
from services.issuer.repository.triggers import KeptAssociation, NewContent
from services.issuer.schemas.associations import AssociationBody
from shared.contracts.offering import Offering
from shared.proofs.sealing import seal
from shared.runtime.database import act_for
from shared.runtime.idempotency import StillRunningError
from shared.strict_json import JsonObject, load_object

LEFT_ALONE: Final = timedelta(seconds=30)
"""After so long an association that somebody was busy with is taken up by the worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An association on its way in: from whom, which one, and how it came."""

    organisation: str
    association_id: UUID
    kind: AssociationKind
    listed_mark: bytes | None = None
    is_pulled: bool = False


async def keep_offering(session: AsyncSession, offering: Offering) -> None:
    """Keep our own copy of an offering, so that a result leads to what is earned by it."""
    await triggers.keep_offering(session, offering)


async def receive_association(
    desk: Desk, sent: Sent, body: AssociationBody, *, now: datetime
) -> tuple[ReceivedAssociation, bool]:
    """Take an association as it is now, and let follow what follows; say whether it was new."""
    async with desk.database.transaction() as session:
        await act_for(session, sent.organisation)
        kept = await triggers.lock_association(session, sent.organisation, sent.association_id)
        is_open = await _keep(session, desk, sent, body, kept, now=now)
    if is_open:
        # Whoever settles the same at this moment keeps what follows; ours is taken in already.
        with suppress(StillRunningError):
            await settle_association(desk, sent.organisation, sent.association_id, now=now)
    received = await read_association(desk, sent.association_id, organisation=sent.organisation)
    return received, kept is None


async def read_content_of(
    desk: Desk, association_id: UUID, *, organisation: str, kind: AssociationKind
) -> JsonObject:
    """Return what was last received of an association, for who changes a part of it."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        kept = await triggers.find_association(session, organisation, association_id)
    if kept is None or kept.kind is not kind or kept.sealed_content is None:
        raise AssociationNotFoundError
    return load_object(read_content(desk, kept))


async def read_association(
    desk: Desk, association_id: UUID, *, organisation: str
) -> ReceivedAssociation:
    """Return what came of an association to the organisation it is of."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        found = await triggers.find_received(session, organisation, association_id)
    if found is None:
        raise AssociationNotFoundError
    return found


async def list_associations(
    session: AsyncSession,
    *,
    organisation: str,
    outcome: Outcome | None,
    after: int,
    limit: int,
) -> list[ReceivedAssociation]:
    """Return what came of an organisation's associations, by pages."""
    await act_for(session, organisation)
    found = await triggers.list_received(
        session, organisation, outcome=outcome, after=after, limit=limit
    )
    return [*found]


async def _keep(
    session: AsyncSession,
    desk: Desk,
    sent: Sent,
    body: AssociationBody,
    kept: KeptAssociation | None,
    *,
    now: datetime,
) -> bool:
    """Keep what an association says if that is new; say whether something may follow from it.

    Of an erased learner nothing is kept again.
    """
    if kept is not None and kept.reason == WhyDecide.LEARNER_ERASED:
        return False
    content = body.kept()
    mark = mark_of(desk, to_json([sent.kind.value, content.decode()]))
    if kept is not None and kept.content_mark == mark:
        if sent.listed_mark is not None and sent.listed_mark != kept.listed_mark:
            await triggers.keep_listed(
                session, sent.organisation, sent.association_id, sent.listed_mark
            )
        is_open = kept.outcome in {Outcome.WAITING, Outcome.REFUSED}
        return is_open and not sent.is_pulled
    key, wrapped = desk.new_key_of(key_name(sent.organisation, sent.association_id))
    sealed = seal(content, key=key, context=content_context(sent.association_id))
    await triggers.keep_content(
        session,
        sent.organisation,
        sent.association_id,
        NewContent(
            kind=sent.kind,
            wrapped_key=wrapped,
            sealed_content=sealed,
            content_mark=mark,
            learner=pseudonym_in(desk, body),
            listed_mark=sent.listed_mark,
            is_pulled=sent.is_pulled,
        ),
        reason=UNDER_WAY,
        retry_at=now + LEFT_ALONE,
        now=now,
    )
    return True
