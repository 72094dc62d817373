"""Revoking many awards at once: nothing happens before a second person agrees to exactly these."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.contracts.vocabulary import RevocationReason
from shared.errors import ConflictError, Fault, NotFoundError, NotPermittedError, RuleError

MOST_AWARDS = 100_000
MOST_NAMED = 100


class RevocationState(StrEnum):
    """How far it is; derived from its rows, and never counted up."""

    WAITING_FOR_APPROVAL = "waiting-for-approval"
    RUNNING = "running"
    FINISHED = "finished"


class RowOutcome(StrEnum):
    """What became of one award of many."""

    REVOKED = "revoked"
    ALREADY_REVOKED = "already-revoked"
    ERASED = "erased"


class RevocationBatchNotFoundError(NotFoundError):
    """There is no such request to revoke many awards."""

    code = "revocation-batch-not-found"
    dutch = "Dit verzoek om veel toekenningen in te trekken bestaat niet."


class AwardsUnknownError(RuleError):
    """These are not all awards of yours; up to a hundred of the others are named."""

    code = "awards-unknown"
    dutch = "Dit zijn niet allemaal toekenningen van u; tot honderd van de andere staan erbij."


class NothingToRevokeError(ConflictError):
    """There is no award in that batch that you could revoke."""

    code = "nothing-to-revoke"
    dutch = "In die partij staat geen toekenning die u kunt intrekken."
    remedy = (
        "Look at the ids: those awards are revoked, erased, or none of yours.",
        "Kijk de nummers na: die toekenningen zijn ingetrokken, gewist of niet van u.",
    )


class AlreadyApprovedError(ConflictError):
    """This was approved already."""

    code = "already-approved"
    dutch = "Dit is al goedgekeurd."
    remedy = (
        "Nothing; read it to see how far it is.",
        "Niets; lees het om te zien hoe ver het is.",
    )


class OtherNumberError(ConflictError):
    """This is about another number of awards than you agree to; look again, and decide again."""

    code = "other-number"
    dutch = "Dit gaat om een ander aantal toekenningen; bekijk het opnieuw en beslis opnieuw."
    remedy = (
        "Read how many awards it is about, and send that number if you agree to it.",
        "Lees om hoeveel toekenningen het gaat, en stuur dat aantal als u daarmee instemt.",
    )


class AskedYourselfError(NotPermittedError):
    """Somebody else than who asked for it must agree."""

    code = "asked-yourself"
    dutch = "Iemand anders dan wie erom vroeg, moet hiermee instemmen."
    remedy = (
        "Let somebody else agree, with a token of their own and the scope awards:approve.",
        "Laat iemand anders instemmen, met een eigen token en de scope awards:approve.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationBatch:
    """A request to revoke many awards, and how far it is."""

    batch_id: UUID
    number: int
    organisation: str
    reason: RevocationReason
    asked_by: str
    asked_at: datetime
    approved_at: datetime | None
    awards: int
    revoked: int
    already_revoked: int
    erased: int

    @property
    def waiting(self) -> int:
        """How many awards nothing became of yet."""
        return self.awards - self.revoked - self.already_revoked - self.erased

    @property
    def state(self) -> RevocationState:
        """How far it is."""
        if self.approved_at is None:
            return RevocationState.WAITING_FOR_APPROVAL
        return RevocationState.RUNNING if self.waiting else RevocationState.FINISHED


def check_approval(batch: RevocationBatch, *, subject: str, awards: int) -> None:
    """Raise when this person may not let this happen, or agrees to something else."""
    if batch.asked_by == subject:
        raise AskedYourselfError
    if batch.approved_at is not None:
        raise AlreadyApprovedError
    if batch.awards != awards:
        raise OtherNumberError


def awards_unknown(positions: list[int]) -> AwardsUnknownError:
    """Return the refusal that points at what is no award of the caller's."""
    return AwardsUnknownError(
        faults=tuple(
            Fault(
                f"/awardIds/{position}",
                "award-not-found",
                "There is no such award.",
                "Deze toekenning bestaat niet.",
            )
            for position in positions[:MOST_NAMED]
        )
    )
