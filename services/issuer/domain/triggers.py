"""When a result in an institution's own system becomes an award: the rule, and what came of it.

Pure: an association is handed in as it was told, and what follows from it is said in one word and
a reason. Only a final pass becomes an award, and what becomes less never takes one away by itself:
that is for people to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.issuer.domain.awards import AwardState, Learner
from shared.errors import Fault, NotFoundError, RuleError


class AssociationKind(StrEnum):
    """Of what a run somebody takes part in: of a course, or of a programme (OEAPI v6)."""

    COURSE = "course"
    PROGRAMME = "programme"


class Outcome(StrEnum):
    """What came of an association that was received."""

    WAITING = "waiting"
    AWARDED = "awarded"
    CORRECTED = "corrected"
    REFUSED = "refused"
    NEEDS_DECISION = "needs-decision"


class WhyWaiting(StrEnum):
    """What a result still lacks, in the order in which it is looked at."""

    NOT_FINISHED = "not-finished"
    NO_RESULT = "no-result"
    NOT_COMPLETED = "not-completed"
    NOT_PASSED = "not-passed"
    NOT_FINAL = "not-final"


class WhyDecide(StrEnum):
    """What may not follow by itself once there is an award."""

    RESULT_WITHDRAWN = "result-withdrawn"
    LEARNER_CHANGED = "learner-changed"
    OFFERING_CHANGED = "offering-changed"
    LEARNER_ERASED = "learner-erased"


UNDER_WAY = "under-way"
OFFERING_UNKNOWN = "offering-not-known-yet"
IS_WRONG = "association-not-awardable"


class AssociationNotFoundError(NotFoundError):
    """No result of this association was received from your organisation."""

    code = "association-not-found"
    dutch = "Van deze deelname is van uw organisatie geen resultaat ontvangen."


class AssociationRefusedError(RuleError):
    """This association can never become an award as it stands; every reason is listed."""

    code = IS_WRONG
    dutch = "Deze deelname kan zo nooit een toekenning worden; elke reden staat erbij."


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A learner's part in a run, as an institution's system tells of it."""

    association_id: UUID
    kind: AssociationKind
    role: str
    state: str
    offering_id: UUID | None
    offering_code: str | None
    learner: Learner
    result_state: str | None
    passed: str | None
    is_final: bool
    score: str | None = field(default=None, repr=False)
    decided_on: date | None = None

    @property
    def enrolment_reference(self) -> str:
        """By what the award is known to belong to this association."""
        return str(self.association_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of an association, and why."""

    outcome: Outcome
    reason: str | None = None
    faults: tuple[Fault, ...] = ()
    award_id: UUID | None = None
    microcredential_id: UUID | None = None
    retry_at: datetime | None = None
    marks: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedAssociation:
    """An association as its organisation reads it back: what came of it, and of nobody."""

    association_id: UUID
    number: int
    kind: AssociationKind
    revision: int
    settled: Settled
    award_state: AwardState | None
    received_at: datetime
    changed_at: datetime
    is_pulled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOffering:
    """A run that the catalogue told of, and what can be earned by it."""

    offering_id: UUID
    microcredential_id: UUID


def why_waiting(association: Association) -> WhyWaiting | None:
    """Return what the result lacks to become an award, or None when it is a final pass."""
    if association.state != "finished":
        return WhyWaiting.NOT_FINISHED
    if association.result_state is None:
        return WhyWaiting.NO_RESULT
    if association.result_state != "completed":
        return WhyWaiting.NOT_COMPLETED
    if association.passed != "passed":
        return WhyWaiting.NOT_PASSED
    return None if association.is_final else WhyWaiting.NOT_FINAL


def check_association(association: Association) -> None:
    """Raise when this can be no learner's final pass, whatever we come to know later."""
    faults = []
    if association.role != "student":
        faults.append(
            Fault(
                "/role",
                "not-a-student",
                "Only who takes part as a student can be awarded anything.",
                "Alleen wie als student deelneemt, kan iets krijgen toegekend.",
            )
        )
    if not association.learner.identifier:
        faults.append(
            Fault(
                "/person",
                "person-unknown",
                "Expand the person, with an eduID (otherCodes, codeType x-eduid) or email.",
                "Schrijf de persoon uit, met een eduID (otherCodes, codeType x-eduid) of email.",
            )
        )
    if association.offering_id is None and association.offering_code is None:
        faults.append(
            Fault(
                "",
                "offering-missing",
                "The association names no offering.",
                "De deelname noemt geen aanbod.",
            )
        )
    if faults:
        raise AssociationRefusedError(faults=tuple(faults))


_POINTERS: Mapping[str, str] = {
    "/awardedOn": "/result/resultDateTime",
    "/result/grade": "/result/score",
    "/learner/email": "/person/email",
    "/learner/eduId": "/person/otherCodes",
    "/learner/givenName": "/person/givenName",
    "/learner/familyName": "/person/surname",
    "/learner": "/person",
}


def as_of_association(fault: Fault) -> Fault:
    """Point into the association, where the rule points into the award it would become."""
    pointer = _POINTERS.get(fault.pointer, fault.pointer)
    return Fault(pointer, fault.code, fault.detail, fault.dutch)
