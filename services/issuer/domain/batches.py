"""A batch of awards: what its rows come to, in which state it is, and who may agree to it.

No clock and no database here, as with single awards: the moment and the facts are handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.errors import ConflictError, NotFoundError, NotPermittedError

KEPT_AFTER_END = timedelta(days=30)


class RowOutcome(StrEnum):
    """What checking makes of a row; each row comes to exactly one of these."""

    READY = "ready"
    ALREADY_AWARDED = "already-awarded"
    CORRECTION = "correction"
    DUPLICATE_IN_FILE = "duplicate-in-file"
    ERROR = "error"


class RowState(StrEnum):
    """How far a row has come; `skipped` rows ask for nothing, and stay so."""

    QUEUED = "queued"
    SIGNED = "signed"
    REGISTERED = "registered"
    DELIVERED = "delivered"
    CORRECTED = "corrected"
    FAILED = "failed"
    RECALLED = "recalled"
    ERASED = "erased"
    SKIPPED = "skipped"


class BatchState(StrEnum):
    """Where a batch stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    WAITING_FOR_APPROVAL = "waiting-for-approval"
    RUNNING = "running"
    FINISHED = "finished"
    REJECTED = "rejected"
    RECALLED = "recalled"
    LAPSED = "lapsed"


class BatchNotFoundError(NotFoundError):
    """There is no such batch."""

    code = "batch-not-found"
    dutch = "Deze partij bestaat niet."


class BatchNotCheckedError(ConflictError):
    """This batch is still being checked; ask again in a moment."""

    code = "batch-not-checked"
    dutch = "Deze partij wordt nog gecontroleerd; vraag het zo meteen opnieuw."
    remedy = (
        "Ask for the batch until its state is checked, or follow its events; then send this again.",
        (
            "Vraag de partij op tot zij is gecontroleerd, of volg haar events; stuur dit daarna "
            "opnieuw."
        ),
    )

    def __init__(self) -> None:
        """Ask for a little patience."""
        super().__init__(retry_after=2)


class BatchClosedError(ConflictError):
    """This batch was run, rejected, recalled or has lapsed; upload the file again."""

    code = "batch-closed"
    dutch = (
        "Deze partij is uitgevoerd, afgewezen, teruggehaald of verlopen; stuur het bestand opnieuw."
    )
    remedy = (
        "Upload the file again: what was awarded before is recognised, and not done twice.",
        "Stuur het bestand opnieuw: wat al is toegekend, wordt herkend en niet nog eens gedaan.",
    )


class BatchWipedError(ConflictError):
    """What the file said was wiped, as happens 30 days after a batch has ended."""

    code = "batch-wiped"
    dutch = "De inhoud van het bestand is gewist; dat gebeurt 30 dagen na het einde van een partij."
    remedy = (
        "Take the results from your own file; counts and ids of awards are still here.",
        "Gebruik uw eigen bestand; aantallen en nummers van toekenningen staan hier nog.",
    )


class NothingToApproveError(ConflictError):
    """This batch does not wait for a second person."""

    code = "nothing-to-approve"
    dutch = "Deze partij wacht niet op een tweede persoon."
    remedy = (
        "Read the batch to see what became of it.",
        "Lees de partij om te zien wat ervan is geworden.",
    )


class OtherDigestError(ConflictError):
    """This is not the digest of what was checked; look at the batch again and decide again."""

    code = "batch-digest"
    dutch = (
        "Dit is niet de digest van wat is gecontroleerd; bekijk de partij opnieuw en beslis "
        "opnieuw."
    )
    remedy = (
        "Read the batch, look at what it asks now, and send the digest you find there.",
        "Lees de partij, bekijk wat zij nu vraagt, en stuur de digest die u daar vindt.",
    )


class SamePersonError(NotPermittedError):
    """Somebody else than who uploaded the batch or asked for its run must decide on it."""

    code = "second-person-needed"
    dutch = "Iemand anders dan wie de partij aanbood of liet uitvoeren, moet hierover beslissen."
    remedy = (
        "Let somebody else decide, with a token of their own and the scope awards:approve.",
        "Laat iemand anders beslissen, met een eigen token en de scope awards:approve.",
    )


class NothingToRecallError(ConflictError):
    """Nothing of this can be recalled: it was delivered, recalled before, or never awarded."""

    code = "nothing-to-recall"
    dutch = (
        "Hiervan is niets terug te halen: het is afgeleverd, al teruggehaald of nooit toegekend."
    )
    remedy = (
        "What was delivered can be revoked, award by award or many at once.",
        "Wat is afgeleverd, kan worden ingetrokken, per toekenning of met veel tegelijk.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a second person decided on exactly this digest."""

    is_approved: bool
    digest: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingRule:
    """From how many rows an organisation wants a second person; None is never.

    And for a domain of its staff, the one its students have: an award of a student to an address
    of staff is most likely a mistake.
    """

    approval_from: int | None = None
    student_domains: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0

    def asks_second_person(self, *, rows: int) -> bool:
        """Say whether a batch that awards or corrects so many rows needs a second person."""
        return self.approval_from is not None and rows >= self.approval_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A file of awards that came in whole, and what became of it."""

    batch_id: UUID
    number: int
    organisation: str
    format: str
    rows: int
    asked_by: str
    received_at: datetime
    with_corrections: bool = False
    wrapped_key: bytes | None = field(default=None, repr=False)
    sealed_layout: bytes | None = field(default=None, repr=False)
    checked_at: datetime | None = None
    digest: str | None = None
    run_asked_by: str | None = None
    run_asked_at: datetime | None = None
    decision: Decision | None = None
    cleared_at: datetime | None = None
    recalled_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def state(self) -> BatchState:  # noqa: PLR0911 - one answer for each state
        """Say where the batch stands."""
        if self.decision is not None and not self.decision.is_approved:
            return BatchState.REJECTED
        if self.recalled_at is not None:
            return BatchState.RECALLED
        if self.ended_at is not None:
            return BatchState.LAPSED if self.cleared_at is None else BatchState.FINISHED
        if self.cleared_at is not None:
            return BatchState.RUNNING
        if self.checked_at is None:
            return BatchState.CHECKING
        if self.run_asked_at is None:
            return BatchState.CHECKED
        return BatchState.WAITING_FOR_APPROVAL

    @property
    def is_wiped(self) -> bool:
        """Say whether what the file said of people is gone."""
        return self.wrapped_key is None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One row: what checking made of it, and how far it has come."""

    line: int
    outcome: RowOutcome
    state: RowState
    code: str | None = None
    award_id: UUID | None = None
    sealed_faults: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many rows came how far; each counts all that came at least so far."""

    outcomes: Mapping[RowOutcome, int]
    signed: int = 0
    registered: int = 0
    delivered: int = 0
    corrected: int = 0
    failed: int = 0
    recalled: int = 0
    erased: int = 0

    def to_do(self, *, with_corrections: bool) -> int:
        """Return how many rows a run awards, and corrects when it is told to."""
        corrections = self.outcomes.get(RowOutcome.CORRECTION, 0) if with_corrections else 0
        return self.outcomes.get(RowOutcome.READY, 0) + corrections


def check_runnable(batch: Batch) -> None:
    """Raise when this batch cannot be run, or was told to run before."""
    match batch.state:
        case BatchState.CHECKED:
            return
        case BatchState.CHECKING:
            raise BatchNotCheckedError
        case _:
            raise BatchClosedError


def check_decidable(batch: Batch, *, subject: str, digest: str) -> None:
    """Raise when this person may not decide on this batch, or read another one than it is.

    Four eyes: who uploaded the file, and who asked for its run, decide on nothing.
    """
    if batch.state is BatchState.CHECKING:
        raise BatchNotCheckedError
    if batch.state is not BatchState.WAITING_FOR_APPROVAL:
        raise NothingToApproveError
    if subject in {batch.asked_by, batch.run_asked_by}:
        raise SamePersonError
    if digest != batch.digest:
        raise OtherDigestError
