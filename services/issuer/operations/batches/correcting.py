"""Rows that correct what was awarded before: one by one, the way every correction goes.

Apart from awarding, because a correction is a decision about an award that is there: each is its
own request under a key of its own, so that one who died half-way is followed by the same.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from services.issuer.domain import WantedAward
from services.issuer.domain.corrections import WantedCorrection
from services.issuer.operations import corrections
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.repository import batches_erasures, batches_runs
from services.issuer.repository.batches_runs import TakenSlice
from shared.contracts.vocabulary import AwardElement, CorrectionReason
from shared.errors import UnavailableError, WaarmerkError

_SAID_BY_ROW = frozenset(
    {
        AwardElement.LEARNER_IDENTIFIER,
        AwardElement.LEARNER_NAME,
        AwardElement.GRADE,
        AwardElement.AWARDED_ON,
        AwardElement.VALID_UNTIL,
    }
)


def open_wishes(desk: Desk, taken: TakenSlice) -> dict[int, WantedAward]:
    """Return what the rows of a slice ask for."""
    seals = Seals(desk, taken.batch_id, taken.wrapped_key)
    return seals.open_wishes(taken.sealed_wishes, taken.number)


async def correct_rows(desk: Desk, workshop: Workshop, taken: TakenSlice, *, now: datetime) -> None:
    """Correct every award that a row of this slice says otherwise; a bad one fails alone."""
    async with desk.database.acting_for(taken.organisation) as straight:
        lines = await batches_runs.list_to_correct(straight, taken)
    if not lines:
        return
    wishes = await workshop.do(open_wishes, taken)
    for line, award_id in lines.items():
        async with desk.database.acting_for(taken.organisation) as straight:
            if not await batches_erasures.is_asked(straight, taken.batch_id, line):
                continue
        failure = None
        try:
            await corrections.correct_award(
                desk,
                _correction(award_id, wishes[line]),
                asking=_asking(taken, line),
                now=now,
            )
        except UnavailableError:
            raise
        except WaarmerkError as error:
            failure = error.code
        async with desk.database.acting_for(taken.organisation) as straight:
            if failure is None:
                await batches_runs.keep_corrected(straight, taken.batch_id, line, now=now)
            else:
                await batches_runs.keep_failures(straight, taken.batch_id, [(line, failure)])


def _correction(award_id: UUID, wanted: WantedAward) -> WantedCorrection:
    given = set(_SAID_BY_ROW)
    if wanted.learner.full_name is None:
        given.discard(AwardElement.LEARNER_NAME)
    return WantedCorrection(
        award_id=award_id,
        reason=CorrectionReason.ADMINISTRATIVE_ERROR,
        given=frozenset(given),
        learner=wanted.learner,
        grade=wanted.grade,
        awarded_on=wanted.awarded_on,
        valid_until=wanted.valid_until,
    )


def _asking(taken: TakenSlice, line: int) -> Asking:
    key = f"batch-{taken.batch_id}-{line}"
    return Asking(
        organisation=taken.organisation, key=key, fingerprint=sha256(key.encode()).digest()
    )
