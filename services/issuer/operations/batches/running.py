"""Running a batch: slice by slice, intent before signature, whoever dies in between.

1. A slice is taken for a while; who dies lets go of it by falling silent.
2. Learners are kept and places taken; neither does harm when nothing comes of it.
3. One transaction makes the intents of the slice durable; an enrolment that has an award by now,
   or a row that the database refuses, fails alone.
4. Everything is signed in the workshop, with no transaction open.
5. One transaction grants: signatures, their log, the events, and the slice is settled.
Who takes a slice with intents goes on from those: the same credential, the same place. A slice that
somebody else took meanwhile is no longer ours, and what we did for it is undone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from services.issuer.domain import SealedKey
from services.issuer.operations.batches.correcting import correct_rows
from services.issuer.operations.batches.drafting import (
    Drafted,
    DraftOrder,
    SliceOrder,
    Unsigned,
    draft_slice,
    prepare_learners,
)
from services.issuer.operations.batches.signing import (
    SignedSlice,
    SignOrder,
    reopen_slice,
    sign_slice,
)
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import NothingToSignWithError
from services.issuer.operations.status_lists import reserve_places
from services.issuer.repository import batches_checks, batches_intents, batches_runs, signatures
from services.issuer.repository.batches_intents import BatchIntent
from services.issuer.repository.batches_runs import TakenSlice
from shared.contracts import topics
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Straight
from shared.runtime.observability import get_logger

LEASE: Final = timedelta(seconds=15)
ALREADY_AWARDED: Final = "already-awarded"
NOT_STORABLE: Final = "not-storable"

log = get_logger(__name__)


class SliceLostError(Exception):
    """Somebody else took this slice meanwhile."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A slice that is ours, and with what it is worked on."""

    desk: Desk
    workshop: Workshop
    taken: TakenSlice
    now: datetime


async def run_slice(desk: Desk, workshop: Workshop, *, now: datetime | None = None) -> bool:
    """Award the next slice of any batch that may be signed; False when there is none."""
    moment = clock.now()
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        taken = await batches_runs.take_slice(straight, now=moment, until=moment + LEASE)
    if taken is None:
        return False
    run = _Run(desk, workshop, taken, now or moment)
    try:
        await _award(run)
    except SliceLostError:
        log.warning("a slice was taken over", batch=str(taken.batch_id), slice=taken.number)
    except asyncio.CancelledError:
        # Who is told to stop lets the next one go on at once; what fails waits, behind the others.
        await asyncio.shield(_let_go(desk, taken))
        raise
    return True


async def _award(run: _Run) -> None:
    taken = run.taken
    if taken.intended_at is None:
        taken, unsigned, lost = await _intend(run)
    else:
        async with run.desk.database.acting_for(taken.organisation) as straight:
            kept = await batches_intents.list_kept(straight, taken)
        unsigned, lost = await run.workshop.do(reopen_slice, kept, taken.organisation)
    signed = await _sign(run, unsigned)
    refused = [*lost, *signed.refused]
    if taken.with_corrections:
        await _grant(run, taken, signed, refused, settles=False)
        await correct_rows(run.desk, run.workshop, taken, now=run.now)
        signed = SignedSlice()
    await _grant(run, taken, signed, refused, settles=True)


async def _intend(run: _Run) -> tuple[TakenSlice, list[Unsigned], list[str]]:
    """Make the intents of a slice durable."""
    desk, taken = run.desk, run.taken
    async with desk.database.acting_for(taken.organisation) as straight:
        lines = await batches_runs.list_to_do(straight, taken)
        record = await batches_checks.find_organisation_record(straight, taken.organisation)
        offered = await batches_checks.list_offered_records(straight, taken.organisation)
        mandators = await batches_intents.list_mandators(straight, taken.organisation)
    drafted = Drafted()
    if lines and record is not None:
        piece = SliceOrder(
            batch_id=taken.batch_id,
            number=taken.number,
            organisation=taken.organisation,
            wrapped_key=taken.wrapped_key,
            sealed_wishes=taken.sealed_wishes,
            lines=lines,
        )
        learners, pseudonyms = await run.workshop.do(prepare_learners, piece)
        async with desk.database.acting_for(taken.organisation) as straight:
            # Who was erased since we took the slice may not come back as a learner.
            if not await batches_runs.lock_slice(straight, taken):
                raise SliceLostError
            known = await batches_intents.keep_learners(
                straight, learners, organisation=taken.organisation
            )
        places = await reserve_places(
            desk, organisation=taken.organisation, count=len(lines), now=run.now
        )
        order = DraftOrder(
            piece=piece,
            record=record,
            offered=tuple(offered),
            mandators=mandators,
            learners=known,
            pseudonyms=pseudonyms,
            places=places,
            now=run.now,
        )
        drafted = await run.workshop.do(draft_slice, order)
    return await _keep_intents(run, drafted)


async def _keep_intents(
    run: _Run, drafted: Drafted
) -> tuple[TakenSlice, list[Unsigned], list[str]]:
    taken, until = run.taken, clock.now() + LEASE
    async with run.desk.database.acting_for(taken.organisation) as straight:
        if not await batches_runs.hold_slice(straight, taken, now=run.now, until=until):
            raise SliceLostError
        added, refused = await _add(straight, drafted.intents, taken.organisation, run.now)
        too_late = [
            (one.line, ALREADY_AWARDED)
            for one in drafted.intents
            if one.award_id not in added and one.line not in refused
        ]
        failed = [*drafted.failures, *too_late, *((line, NOT_STORABLE) for line in refused)]
        await batches_runs.keep_failures(straight, taken.batch_id, failed)
    unsigned = [one for one in drafted.unsigned if one.award_id in added]
    return replace(taken, taken_until=until), unsigned, []


async def _add(
    straight: Straight, intents: Sequence[BatchIntent], organisation: str, now: datetime
) -> tuple[set[str], set[int]]:
    """Keep intents, all at once; where the database refuses some, find out which by halves."""
    if not intents:
        return set(), set()
    try:
        async with batches_intents.trying(straight):
            added = await batches_intents.add_intents(
                straight, intents, organisation=organisation, now=now
            )
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
        if len(intents) == 1:
            return set(), {intents[0].line}
        middle = len(intents) // 2
        added, refused = await _add(straight, intents[:middle], organisation, now)
        more, others = await _add(straight, intents[middle:], organisation, now)
        return added | more, refused | others
    return added, set()


async def _sign(run: _Run, unsigned: Sequence[Unsigned]) -> SignedSlice:
    if not unsigned:
        return SignedSlice()
    desk, organisation = run.desk, run.taken.organisation
    key = await _find_key(desk, organisation)
    return await run.workshop.do(
        sign_slice,
        SignOrder(
            key=key,
            organisation=organisation,
            unsigned=unsigned,
            source=desk.database.source,
            now=run.now,
        ),
    )


async def _find_key(desk: Desk, organisation: str) -> SealedKey:
    async with desk.database.acting_for(organisation) as straight:
        key = await batches_runs.find_key(straight, organisation)
    if key is None or not desk.signer.can_use(key):
        raise NothingToSignWithError
    return key


async def _grant(
    run: _Run,
    taken: TakenSlice,
    work: SignedSlice,
    refused: Sequence[str],
    *,
    settles: bool,
) -> None:
    """Make awards of what was signed, and tell of them, in one transaction."""
    async with run.desk.database.acting_for(taken.organisation) as straight:
        if not await batches_runs.lock_slice(straight, taken):
            raise SliceLostError
        with signatures.refuse_lost_key():
            await _keep_granted(straight, taken, work, now=run.now)
        await batches_intents.void_intents(straight, refused)
        if settles:
            if not await batches_runs.settle_slice(straight, taken, now=run.now):
                raise SliceLostError
            await batches_runs.end_if_settled(straight, taken.batch_id, now=run.now)


async def _keep_granted(
    straight: Straight, taken: TakenSlice, work: SignedSlice, *, now: datetime
) -> None:
    if not work.signed:
        return
    granted = await batches_runs.grant_intents(straight, [one.award_id for one in work.signed])
    ours = [one for one in work.signed if one.award_id in granted]
    await batches_runs.keep_signatures(straight, ours, kid=work.kid, now=now)
    await batches_runs.log_signatures(
        straight, ours, organisation=taken.organisation, kid=work.kid, now=now
    )
    await batches_runs.copy_events(
        straight, topics.AWARDS.name, [(one.award_id, one.event) for one in ours]
    )


async def _let_go(desk: Desk, taken: TakenSlice) -> None:
    async with desk.database.acting_for(taken.organisation) as straight:
        await batches_runs.let_go(straight, taken)
