"""Running a batch: slice by slice, intent before signature, whoever dies in between.

1. A slice is taken for a while; who dies lets go of it by falling silent.
2. Learners are kept and places taken; neither does harm when nothing comes of it.
3. Everything is drafted. One transaction puts on record which credentials will be signed, with
   their places and digests; a row whose enrolment has an award by now is left out.
4. Everything is signed by the hand that drafted it, with no transaction open.
5. One transaction grants: awards, credentials, the log of signatures and the events; the slice is
   settled. A row that the database refuses fails alone.
6. Another transaction ends the batch if nothing of it is left: of two who settle the last two
   slices at the same time, neither sees in its own that the other does.
Nobody sees a signature before step 5, so who takes the slice of somebody who died begins anew, and
what that one was to sign stays on record as void. A slice that somebody else took meanwhile is no
longer ours, and what we did for it is undone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from services.issuer.domain import SealedKey
from services.issuer.operations.batches.correcting import correct_rows
from services.issuer.operations.batches.drafting import (
    Drafted,
    DraftOrder,
    SliceAtHand,
    SliceOrder,
    draft_slice,
    prepare_learners,
    take_in_hand,
)
from services.issuer.operations.batches.processes import HandLostError
from services.issuer.operations.batches.signing import SignOrder, sign_slice
from services.issuer.operations.batches.workshop import Hand, Workshop
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import NothingToSignWithError
from services.issuer.operations.status_lists import reserve_places
from services.issuer.repository import (
    batches_checks,
    batches_grants,
    batches_intents,
    batches_runs,
    signatures,
)
from services.issuer.repository.batches_grants import SignedAward, Stamp
from services.issuer.repository.batches_intents import BatchIntent, KnownLearner, NewLearner
from services.issuer.repository.batches_runs import TakenSlice
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Straight
from shared.runtime.observability import get_logger

LEASE: Final = timedelta(seconds=15)
ALREADY_AWARDED: Final = "already-awarded"
NOT_STORABLE: Final = "not-storable"
SIGNING_REFUSED: Final = "signing-refused"

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


@dataclass(frozen=True, slots=True)
class _Signed:
    """What was intended of a slice, and what signing made of each; by which key."""

    kid: str
    intents: Sequence[BatchIntent] = ()
    made: Sequence[SignedAward | None] = ()


async def run_slice(desk: Desk, workshop: Workshop, *, now: datetime | None = None) -> bool:
    """Award the next slice of any batch that may be signed; False when there is none."""
    moment = clock.now()
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        taken = await batches_runs.take_slice(straight, now=moment, until=moment + LEASE)
    if taken is None:
        await _end_settled(desk, now=now or moment)
        return False
    run = _Run(desk, workshop, taken, now or moment)
    try:
        await _award(run)
    except HandLostError:
        log.warning("a hand was lost, with a slice", batch=str(taken.batch_id), slice=taken.number)
    except SliceLostError:
        log.warning("a slice was taken over", batch=str(taken.batch_id), slice=taken.number)
    except asyncio.CancelledError:
        # Who is told to stop lets the next one go on at once; what fails waits, behind the others.
        await asyncio.shield(_let_go(desk, taken))
        raise
    else:
        await _end_settled(desk, now=run.now)
    return True


async def _award(run: _Run) -> None:
    taken, signed = await _make(run)
    if taken.with_corrections:
        await _grant(run, taken, signed, settles=False)
        await correct_rows(run.desk, run.workshop, taken, now=run.now)
        signed = _Signed(signed.kid)
    await _grant(run, taken, signed, settles=True)


async def _make(run: _Run) -> tuple[TakenSlice, _Signed]:
    """Have one hand draft what is to be awarded of a slice, and sign it once that is on record."""
    taken = run.taken
    async with run.desk.database.acting_for(taken.organisation) as straight:
        lines = await batches_runs.list_to_do(straight, taken)
        record = await batches_checks.find_organisation_record(straight, taken.organisation)
        offered = await batches_checks.list_offered_records(straight, taken.organisation)
        mandators = await batches_intents.list_mandators(straight, taken.organisation)
    if not lines or record is None:
        return taken, _Signed("")
    order = SliceOrder(
        batch_id=taken.batch_id,
        number=taken.number,
        organisation=taken.organisation,
        wrapped_key=taken.wrapped_key,
        sealed_wishes=taken.sealed_wishes,
        lines=lines,
    )
    async with run.workshop.begin(take_in_hand, order) as hand:
        learners = await _keep_learners(run, await hand.do(prepare_learners))
        places = await reserve_places(
            run.desk, organisation=taken.organisation, count=len(lines), now=run.now
        )
        grounds = DraftOrder(
            record=record,
            offered=tuple(offered),
            mandators=mandators,
            learners=learners,
            places=places,
            now=run.now,
        )
        return await _sign(run, hand, await hand.do(draft_slice, grounds))


async def _keep_learners(run: _Run, learners: Sequence[NewLearner]) -> Mapping[str, KnownLearner]:
    async with run.desk.database.acting_for(run.taken.organisation) as straight:
        # Who was erased since we took the slice may not come back as a learner.
        if not await batches_runs.lock_slice(straight, run.taken):
            raise SliceLostError
        return await batches_intents.keep_learners(
            straight, learners, organisation=run.taken.organisation
        )


async def _sign(run: _Run, hand: Hand[SliceAtHand], drafted: Drafted) -> tuple[TakenSlice, _Signed]:
    """Put on record what is to be signed of a slice, and sign it."""
    taken, key, intents = await _intend(run, drafted)
    if key is None:
        return taken, _Signed("")
    order = SignOrder(
        key=key,
        lines=[one.line for one in intents],
        source=run.desk.database.source,
        now=run.now,
    )
    return taken, _Signed(key.kid, intents, await hand.do(sign_slice, order))


async def _intend(
    run: _Run, drafted: Drafted
) -> tuple[TakenSlice, SealedKey | None, Sequence[BatchIntent]]:
    taken, until = run.taken, clock.now() + LEASE
    async with run.desk.database.acting_for(taken.organisation) as straight:
        if not await batches_runs.hold_slice(straight, taken, until=until):
            raise SliceLostError
        awarded = await batches_intents.list_awarded(
            straight, drafted.intents, organisation=taken.organisation
        )
        failed = [*drafted.failures, *((line, ALREADY_AWARDED) for line in awarded)]
        await batches_runs.keep_failures(straight, taken.batch_id, failed)
        intents = [one for one in drafted.intents if one.line not in awarded]
        key = None
        if intents:
            key = await _find_key(straight, run.desk, taken.organisation)
            await batches_intents.keep_intent(straight, taken, intents, kid=key.kid, now=run.now)
    return replace(taken, taken_until=until), key, intents


async def _find_key(straight: Straight, desk: Desk, organisation: str) -> SealedKey:
    key = await batches_runs.find_key(straight, organisation)
    if key is None or not desk.signer.can_use(key):
        raise NothingToSignWithError
    return key


async def _grant(run: _Run, taken: TakenSlice, signed: _Signed, *, settles: bool) -> None:
    """Make awards of what was signed, and tell of them, in one transaction."""
    async with run.desk.database.acting_for(taken.organisation) as straight:
        if not await batches_runs.lock_slice(straight, taken):
            raise SliceLostError
        if signed.intents:
            await _keep_granted(straight, taken, signed, now=run.now)
        if settles and not await batches_runs.settle_slice(straight, taken, now=run.now):
            raise SliceLostError


async def _keep_granted(
    straight: Straight, taken: TakenSlice, signed: _Signed, *, now: datetime
) -> None:
    gone = await batches_runs.list_gone(straight, taken)
    both = [one for one in zip(signed.intents, signed.made, strict=True) if one[0].line not in gone]
    ready = [(intent, made) for intent, made in both if made is not None]
    stamp = Stamp(organisation=taken.organisation, kid=signed.kid, now=now)
    granted, refused = await _grant_all(straight, ready, stamp)
    failures = {intent.line: SIGNING_REFUSED for intent, made in both if made is None}
    for intent, _ in ready:
        if intent.line in refused:
            failures[intent.line] = NOT_STORABLE
        elif intent.award_id not in granted:
            failures[intent.line] = ALREADY_AWARDED
    await batches_runs.keep_failures(straight, taken.batch_id, failures.items())
    left = [one for one in signed.intents if one.award_id not in granted]
    await batches_intents.settle_intent(straight, taken, left, now=now)


async def _grant_all(
    straight: Straight, signed: Sequence[tuple[BatchIntent, SignedAward]], stamp: Stamp
) -> tuple[set[str], set[int]]:
    """Grant all at once; where the database refuses some, find out which by halves."""
    if not signed:
        return set(), set()
    try:
        with signatures.refuse_lost_key():
            async with batches_grants.trying(straight):
                return await batches_grants.grant(straight, signed, stamp=stamp), set()
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
        if len(signed) == 1:
            return set(), {signed[0][0].line}
        middle = len(signed) // 2
        granted, refused = await _grant_all(straight, signed[:middle], stamp)
        more, others = await _grant_all(straight, signed[middle:], stamp)
        return granted | more, refused | others


async def _end_settled(desk: Desk, *, now: datetime) -> None:
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        await batches_runs.end_settled(straight, now=now)


async def _let_go(desk: Desk, taken: TakenSlice) -> None:
    async with desk.database.acting_for(taken.organisation) as straight:
        await batches_runs.let_go(straight, taken)
