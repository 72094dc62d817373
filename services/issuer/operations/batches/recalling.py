"""Recalling a batch, or rows of it, until somebody was handed a credential.

1. The request marks what is recalled: unsigned rows are never signed, and whoever would hand out a
   credential of a marked row finds it recalled.
2. The worker finishes the intents that were durable by then, and revokes what was signed: a place
   once taken is shown as revoked, never as nothing. Nobody ever had it, so it no longer stands in
   the way: the mended row may be sent again under the same reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.issuer.domain import AwardState
from services.issuer.domain.batches import Batch, BatchState, NothingToRecallError
from services.issuer.domain.changes import Change
from services.issuer.operations.batches.claims import claim_request, keep_request
from services.issuer.operations.changes import revocation_event
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.repository import batches, batches_recalls, changes, status_lists
from shared.contracts.vocabulary import RevocationReason
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.outbox import announce_all

AT_ONCE = 500
_OPEN = frozenset({BatchState.REJECTED, BatchState.RECALLED, BatchState.LAPSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRecall:
    """Which rows of a batch are taken back (all, without lines), and why."""

    batch_id: UUID
    lines: Sequence[int] | None
    reason: RevocationReason


async def recall(desk: Desk, wanted: WantedRecall, *, asking: Asking, now: datetime) -> Batch:
    """Mark what is taken back; from here on nobody is handed a credential of it."""
    async with desk.database.acting_for(asking.organisation) as straight:
        claim = await claim_request(
            straight, desk, asking, route=f"{wanted.batch_id}/recalls", now=now
        )
        batch = await batches.get_batch(straight, wanted.batch_id, lock=True)
        if claim.resource is not None:
            return batch
        if batch.state in _OPEN:
            raise NothingToRecallError
        marked = await batches_recalls.mark_recalled(
            straight, batch, lines=wanted.lines, reason=wanted.reason.value, now=now
        )
        if wanted.lines is None:
            await batches_recalls.recall_batch(straight, batch.batch_id, now=now)
        elif not marked:
            raise NothingToRecallError
        await keep_request(straight, claim, batch.batch_id)
        return await batches.get_batch(straight, batch.batch_id)


async def revoke_recalled(desk: Desk, *, now: datetime) -> int:
    """Revoke signed awards that were recalled, a few hundred at a time; return how many."""
    total = 0
    while True:
        async with desk.database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            waiting = await batches_recalls.list_to_revoke(session, limit=AT_ONCE)
            for reason, award_ids in waiting.items():
                revoked = await changes.change_many(
                    session,
                    award_ids,
                    Change.REVOKED,
                    among=(AwardState.GRANTED, AwardState.SUSPENDED),
                    reason=reason,
                    now=now,
                )
                await batches_recalls.free_enrolments(session, [one.award_id for one in revoked])
                lists = await changes.raise_bits(session, [one.award_id for one in revoked])
                await status_lists.mark_changed(session, *lists)
                events = [
                    revocation_event(
                        one.award_id,
                        one.record_version,
                        reason=RevocationReason(reason),
                        now=now,
                    )
                    for one in revoked
                ]
                await announce_all(session, events, now=now)
            found = sum(len(award_ids) for award_ids in waiting.values())
        total += found
        if found < AT_ONCE:
            return total
