"""What may become of an award once it is granted: six changes, and when each is allowed.

Apart from the granting, because here an award is there already, and everybody may have seen it.
An erased award is never changed again, a revoked one is only ever erased, and what has expired is
not revived.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.issuer.domain.awards import (
    AlreadyRevokedError,
    AwardNotFoundError,
    AwardState,
    RecordedAward,
)
from shared.contracts.vocabulary import (
    CorrectionReason,
    ReinstatementReason,
    RevocationReason,
    SuspensionReason,
)
from shared.errors import ConflictError

ChangeReason = RevocationReason | SuspensionReason | ReinstatementReason | CorrectionReason


class Change(StrEnum):
    """The six things that can become of an award; each is an event and a row of its history."""

    CORRECTED = "corrected"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ERASED = "erased"


class AlreadySuspendedError(ConflictError):
    """This award is suspended already."""

    code = "already-suspended"
    dutch = "Deze toekenning is al opgeschort."
    remedy = (
        "Nothing, or reinstate it when the reason is gone.",
        "Niets, of herstel haar als de reden weg is.",
    )


class NotSuspendedError(ConflictError):
    """This award is not suspended, so there is nothing to reinstate."""

    code = "not-suspended"
    dutch = "Deze toekenning is niet opgeschort; er is niets te herstellen."
    remedy = (
        "Read the award: it counts, or is revoked, which is final.",
        "Lees de toekenning: ze geldt, of is ingetrokken, en dat is definitief.",
    )


class AwardExpiredError(ConflictError):
    """This award has expired; it can only be revoked or erased."""

    code = "award-expired"
    dutch = "Deze toekenning is verlopen; ze kan alleen nog worden ingetrokken of gewist."
    remedy = (
        "Award it anew, under another enrolment reference.",
        "Ken hem opnieuw toe, onder een andere inschrijving.",
    )


class AwardErasedError(ConflictError):
    """The learner of this award was erased; nothing can be changed any more."""

    code = "award-erased"
    dutch = "De lerende van deze toekenning is gewist; er kan niets meer worden gewijzigd."
    remedy = (
        "Nothing: who the award was about is no longer known. The enrolment can be awarded again.",
        (
            "Niets: over wie de toekenning ging, is niet meer bekend. De inschrijving kan opnieuw "
            "worden toegekend."
        ),
    )


class NothingChangedError(ConflictError):
    """The award says all of this already, so there is nothing to correct."""

    code = "nothing-changed"
    dutch = "De toekenning zegt dit alles al; er is niets te verbeteren."
    remedy = (
        "Nothing; compare what you sent with the award as it is.",
        "Niets; vergelijk wat u stuurde met de toekenning zoals die is.",
    )


class CorrectionUnderWayError(ConflictError):
    """Another correction of this award is under way; try again in a moment."""

    code = "correction-under-way"
    dutch = "Er loopt al een verbetering van deze toekenning; probeer het zo meteen opnieuw."
    remedy = (
        "Wait as long as Retry-After says, read the award, and send what is still to be corrected.",
        (
            "Wacht zo lang als Retry-After zegt, lees de toekenning, en stuur wat dan nog te "
            "verbeteren is."
        ),
    )

    def __init__(self) -> None:
        """Ask for a little patience."""
        super().__init__(retry_after=5)


_ALLOWED_IN: Mapping[Change, frozenset[AwardState]] = {
    Change.CORRECTED: frozenset({AwardState.GRANTED, AwardState.SUSPENDED}),
    Change.SUSPENDED: frozenset({AwardState.GRANTED}),
    Change.REINSTATED: frozenset({AwardState.SUSPENDED}),
    Change.REVOKED: frozenset({AwardState.GRANTED, AwardState.SUSPENDED, AwardState.EXPIRED}),
    Change.EXPIRED: frozenset({AwardState.GRANTED, AwardState.SUSPENDED}),
    Change.ERASED: frozenset(
        {AwardState.GRANTED, AwardState.SUSPENDED, AwardState.REVOKED, AwardState.EXPIRED}
    ),
}
_IN_THE_WAY: Mapping[AwardState, type[ConflictError]] = {
    AwardState.GRANTED: NotSuspendedError,
    AwardState.SUSPENDED: AlreadySuspendedError,
    AwardState.REVOKED: AlreadyRevokedError,
    AwardState.EXPIRED: AwardExpiredError,
    AwardState.ERASED: AwardErasedError,
}
STATE_AFTER: Mapping[Change, AwardState] = {
    Change.SUSPENDED: AwardState.SUSPENDED,
    Change.REINSTATED: AwardState.GRANTED,
    Change.REVOKED: AwardState.REVOKED,
    Change.EXPIRED: AwardState.EXPIRED,
    Change.ERASED: AwardState.ERASED,
}
"""What an award is afterwards; a correction leaves it as it is."""
RAISES_BITS = frozenset({Change.REVOKED, Change.ERASED})
"""Changes after which no credential of the award may pass for good anywhere, ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedChange:
    """Which award is to change, and why; the note is the organisation's own."""

    award_id: UUID
    change: Change
    reason: ChangeReason
    note: str | None = field(default=None, repr=False)


def state_on(recorded: RecordedAward, now: datetime) -> AwardState:
    """Return the state that counts: what ended has expired, also before that was recorded."""
    ends = recorded.award.valid_until
    lasting = recorded.state in _ALLOWED_IN[Change.EXPIRED]
    return AwardState.EXPIRED if lasting and ends and ends <= now else recorded.state


def check_change(recorded: RecordedAward, change: Change, *, now: datetime) -> None:
    """Raise when this cannot become of this award now; an intent is no award at all."""
    if not recorded.is_public:
        raise AwardNotFoundError
    state = state_on(recorded, now)
    if state not in _ALLOWED_IN[change]:
        raise _IN_THE_WAY[state]
