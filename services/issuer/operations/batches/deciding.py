"""Who lets a batch be signed: its run is asked for, and a second person agrees, or does not.

Apart from checking and running, because here people decide: each decision is one transaction, on
exactly the digest that was checked, under a lock on the batch.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.issuer.domain.batches import (
    Batch,
    Decision,
    IssuingRule,
    check_decidable,
    check_runnable,
)
from services.issuer.operations.batches.checking import start_if_clear
from services.issuer.operations.batches.claims import claim_request, keep_request
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.repository import batches
from shared.errors import StaleError


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDecision:
    """What a second person decides on a batch, on what they read of it, and why."""

    batch_id: UUID
    is_approved: bool
    digest: str
    note: str | None = field(default=None, repr=False)


async def run_batch(
    desk: Desk,
    batch_id: UUID,
    *,
    asking: Asking,
    subject: str,
    with_corrections: bool,
    now: datetime,
) -> Batch:
    """Ask for the run of a checked batch; it begins at once, or when a second person agreed."""
    async with desk.database.acting_for(asking.organisation) as straight:
        claim = await claim_request(straight, desk, asking, route=f"{batch_id}/runs", now=now)
        batch = await batches.get_batch(straight, batch_id, lock=True)
        if claim.resource is not None:
            return batch
        check_runnable(batch)
        await batches.ask_run(
            straight, batch_id, asked_by=subject, with_corrections=with_corrections, now=now
        )
        await start_if_clear(straight, await batches.get_batch(straight, batch_id), now=now)
        await keep_request(straight, claim, batch_id)
        return await batches.get_batch(straight, batch_id)


async def decide_batch(
    desk: Desk, wanted: WantedDecision, *, asking: Asking, subject: str, now: datetime
) -> Batch:
    """Agree to the signing of a batch, or refuse it, as a second person."""
    verb = "approvals" if wanted.is_approved else "rejections"
    async with desk.database.acting_for(asking.organisation) as straight:
        claim = await claim_request(
            straight, desk, asking, route=f"{wanted.batch_id}/{verb}", now=now
        )
        batch = await batches.get_batch(straight, wanted.batch_id, lock=True)
        if claim.resource is not None:
            return batch
        check_decidable(batch, subject=subject, digest=wanted.digest)
        decision = Decision(
            is_approved=wanted.is_approved,
            digest=wanted.digest,
            decided_by=subject,
            decided_at=now,
        )
        note = _sealed_note(desk, batch, wanted.note)
        await batches.add_decision(straight, batch, decision, sealed_note=note)
        if wanted.is_approved:
            await batches.clear_batch(straight, batch.batch_id, now=now)
        else:
            await batches.end_batch(straight, batch.batch_id, now=now)
        await keep_request(straight, claim, batch.batch_id)
        return await batches.get_batch(straight, batch.batch_id)


async def read_rule(desk: Desk, *, organisation: str) -> IssuingRule:
    """Return the rules an organisation issues by."""
    async with desk.database.acting_for(organisation) as straight:
        return await batches.find_rule(straight, organisation)


async def change_rule(
    desk: Desk,
    *,
    organisation: str,
    subject: str,
    wanted: IssuingRule,
    read: IssuingRule,
    now: datetime,
) -> IssuingRule:
    """Set the rules an organisation issues by, in place of those that were read."""
    rule = replace(wanted, revision=read.revision + 1)
    async with desk.database.acting_for(organisation) as straight:
        if not await batches.keep_rule(straight, organisation, rule, changed_by=subject, now=now):
            raise StaleError
    return rule


def _sealed_note(desk: Desk, batch: Batch, note: str | None) -> bytes | None:
    if note is None or batch.wrapped_key is None:
        return None
    return Seals(desk, batch.batch_id, batch.wrapped_key).close(note.encode(), "note")
