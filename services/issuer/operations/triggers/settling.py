"""What follows from an association: nothing yet, an award, a correction, a refusal, or a question.

Whoever settles one twice, or at the same time, awards once: the keys of its requests are made of
the association and how often it changed, and the award's enrolment reference is the association.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic_core import to_json

from services.issuer.domain import (
    AlreadyAwardedError,
    AwardNotFoundError,
    MicrocredentialArchivedError,
    MicrocredentialIncompleteError,
    WantedAward,
)
from services.issuer.domain.changes import NothingChangedError
from services.issuer.domain.corrections import WantedCorrection
from services.issuer.domain.triggers import (
    OFFERING_UNKNOWN,
    UNDER_WAY,
    Association,
    KnownOffering,
    Outcome,
    Settled,
    WhyDecide,
    as_of_association,
    check_association,
    why_waiting,
)
from services.issuer.operations.corrections import correct_award
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.operations.sandbox import grant_award
from services.issuer.operations.triggers.contents import mark_of, marks_of, open_association
from services.issuer.repository import awards, triggers
from services.issuer.repository.triggers import KeptAssociation
from shared.contracts.award import Award
from shared.contracts.vocabulary import AwardElement, CorrectionReason
from shared.errors import ConflictError, Fault, RuleError, UnavailableError, WaarmerkError
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.idempotency import StillRunningError
from shared.runtime.observability import get_logger
from shared.strict_json import load_object

MOST_AT_ONCE: Final = 100
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 10
_MARK: Final = 32
_NEVER: Final = (MicrocredentialArchivedError, MicrocredentialIncompleteError)

log = get_logger(__name__)


async def settle_association(
    desk: Desk, organisation: str, association_id: UUID, *, now: datetime
) -> None:
    """Find out what follows from an association as it is now, let it follow, and keep that."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        kept = await triggers.find_association(session, organisation, association_id)
    if kept is None or kept.sealed_content is None:
        return
    settled = await _settle(desk, kept, now=now)
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        await triggers.keep_outcome(session, kept, settled, attempts=kept.attempts + 1, now=now)


async def settle_due(desk: Desk, *, now: datetime) -> int:
    """Settle what waits for something we did not know, or was left behind; return how many."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        due = await triggers.list_due(session, now=now, limit=MOST_AT_ONCE)
    for organisation, association_id in due:
        try:
            await settle_association(desk, organisation, association_id, now=now)
        except StillRunningError:
            log.info("somebody else settles an association", organisation=organisation)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            log.warning("an association is not settled", reason=type(error).__name__)
            await _put_off(desk, organisation, association_id, now=now)
    return len(due)


async def _put_off(desk: Desk, organisation: str, association_id: UUID, *, now: datetime) -> None:
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        kept = await triggers.find_association(session, organisation, association_id)
        if kept is not None:
            later = _later(kept, UNDER_WAY, now=now)
            await triggers.keep_outcome(session, kept, later, attempts=kept.attempts + 1, now=now)


async def _settle(desk: Desk, kept: KeptAssociation, *, now: datetime) -> Settled:
    try:
        return await _follow(desk, kept, now=now)
    except StillRunningError:
        raise
    except (RuleError, *_NEVER) as error:
        return _refused(kept, error)
    except AwardNotFoundError:
        # An intent is in the way: another revision is being awarded at this moment.
        return _later(kept, UNDER_WAY, now=now)
    except (UnavailableError, ConflictError) as error:
        if error.retry_after is None:
            return _asks(kept, error.code)
        return _later(kept, error.code, now=now)


async def _follow(desk: Desk, kept: KeptAssociation, *, now: datetime) -> Settled:
    association = open_association(desk, kept)
    waiting = why_waiting(association)
    if waiting is not None:
        return _waits(kept, waiting)
    check_association(association)
    offering = await _find_offering(desk, kept.organisation, association)
    if offering is None:
        return _later(kept, OFFERING_UNKNOWN, now=now)
    return await _award(desk, kept, association, offering, now=now)


async def _award(
    desk: Desk,
    kept: KeptAssociation,
    association: Association,
    offering: KnownOffering,
    *,
    now: datetime,
) -> Settled:
    """Award a final pass, or correct what was awarded for it before."""
    marks = marks_of(desk, association)
    award_id = kept.award_id
    outcome = Outcome.AWARDED
    if award_id is None:
        try:
            award_id = await _grant(desk, kept, association, offering, now=now)
        except AlreadyAwardedError as earlier:
            award_id = earlier.award_id
            outcome = Outcome.CORRECTED
    else:
        outcome = Outcome.CORRECTED
    if outcome is Outcome.CORRECTED:
        award = await _read_award(desk, award_id, organisation=kept.organisation)
        if desk.pseudonym_of(association.learner.identifier) != award.learner:
            return _asks(kept, WhyDecide.LEARNER_CHANGED)
        if offering.microcredential_id != award.microcredential_id:
            return _asks(kept, WhyDecide.OFFERING_CHANGED)
        outcome = await _correct(desk, kept, association, award_id, marks=marks, now=now)
    return Settled(
        outcome=outcome,
        award_id=award_id,
        microcredential_id=offering.microcredential_id,
        marks=marks,
    )


async def _read_award(desk: Desk, award_id: UUID, *, organisation: str) -> Award:
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        return (await awards.get_award(session, award_id)).award


async def _grant(
    desk: Desk,
    kept: KeptAssociation,
    association: Association,
    offering: KnownOffering,
    *,
    now: datetime,
) -> UUID:
    wanted = WantedAward(
        microcredential_id=offering.microcredential_id,
        enrolment_reference=association.enrolment_reference,
        awarded_on=association.decided_on or now.date(),
        learner=association.learner,
        grade=association.score,
    )
    answer = await grant_award(desk, wanted, asking=_asking(desk, kept, "award"), now=now)
    told = load_object(answer.body or b"{}")
    return UUID(str(told["awardId"]))


async def _correct(
    desk: Desk,
    kept: KeptAssociation,
    association: Association,
    award_id: UUID,
    *,
    marks: bytes,
    now: datetime,
) -> Outcome:
    """Let the award say what the association says now; nothing new is no correction."""
    only_name = kept.marks is not None and kept.marks[:_MARK] == marks[:_MARK]
    wanted = WantedCorrection(
        award_id=award_id,
        reason=CorrectionReason.PERSONAL_DETAILS if only_name else CorrectionReason.REASSESSED,
        given=frozenset(
            {AwardElement.LEARNER_IDENTIFIER, AwardElement.GRADE, AwardElement.AWARDED_ON}
        ),
        learner=association.learner,
        grade=association.score,
        awarded_on=association.decided_on,
    )
    try:
        await correct_award(desk, wanted, asking=_asking(desk, kept, "correction"), now=now)
    except NothingChangedError:
        return Outcome.AWARDED
    return Outcome.CORRECTED


def _asking(desk: Desk, kept: KeptAssociation, what: str) -> Asking:
    """Return the request that this revision of the association stands for."""
    key = f"association:{kept.association_id}:{kept.revision}:{what}"
    return Asking(
        organisation=kept.organisation,
        key=key,
        fingerprint=mark_of(desk, to_json([key, kept.content_mark.hex()])),
    )


async def _find_offering(
    desk: Desk, organisation: str, association: Association
) -> KnownOffering | None:
    async with desk.database.transaction() as session:
        return await triggers.find_offering(
            session,
            provider=organisation,
            offering_id=association.offering_id,
            code=association.offering_code,
        )


def _waits(kept: KeptAssociation, reason: str) -> Settled:
    """Wait for a pass; where there was one already, ask people to decide."""
    if kept.award_id is not None:
        return _asks(kept, WhyDecide.RESULT_WITHDRAWN)
    return Settled(outcome=Outcome.WAITING, reason=reason)


def _asks(kept: KeptAssociation, reason: str) -> Settled:
    return Settled(outcome=Outcome.NEEDS_DECISION, reason=reason, award_id=kept.award_id)


def _later(kept: KeptAssociation, reason: str, *, now: datetime) -> Settled:
    pause = min(FIRST_PAUSE * 2 ** min(kept.attempts, _MOST_DOUBLINGS), LONGEST_PAUSE)
    return Settled(
        outcome=Outcome.WAITING, reason=reason, award_id=kept.award_id, retry_at=now + pause
    )


def _refused(kept: KeptAssociation, error: WaarmerkError) -> Settled:
    told = error.faults if isinstance(error, RuleError) else ()
    faults = told or (Fault("", error.code, error.detail, error.detail_in_dutch),)
    return Settled(
        outcome=Outcome.REFUSED,
        reason=error.code,
        faults=tuple(map(as_of_association, faults)),
        award_id=kept.award_id,
    )
