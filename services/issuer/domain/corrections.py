"""What a correction changes: what two versions of an award say, compared element by element.

Names of elements may be told to everybody; what they said is for the organisation only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.issuer.domain.awards import Learner, dutch_grade
from shared.contracts.award import Award, Correction
from shared.contracts.vocabulary import AwardElement, CorrectionReason
from shared.errors import NotFoundError


class VersionNotFoundError(NotFoundError):
    """This award has no such version."""

    code = "award-version-not-found"
    dutch = "Deze toekenning heeft deze versie niet."


class CredentialErasedError(NotFoundError):
    """The learner was erased, and with them what this credential said."""

    code = "credential-erased"
    dutch = "De lerende is gewist, en daarmee wat dit bewijs zei."
    remedy = (
        "Nothing: it cannot be had back. If the learner still has it, it verifies as erased.",
        (
            "Niets: het is niet terug te krijgen. Heeft de lerende het nog, dan zegt de controle "
            "dat het is gewist."
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCorrection:
    """How an award should read; what is not in `given` stays as it is, whatever stands here."""

    award_id: UUID
    reason: CorrectionReason
    given: frozenset[AwardElement] = frozenset()
    learner: Learner | None = None
    grade: str | None = field(default=None, repr=False)
    awarded_on: date | None = None
    valid_until: datetime | None = None
    microcredential_version: int | None = None
    note: str | None = field(default=None, repr=False)

    @property
    def is_reissue(self) -> bool:
        """Whether the same may be signed anew: with another key, because the old one leaked."""
        return self.reason is CorrectionReason.KEY_COMPROMISED


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one version of an award says; what is personal is never shown by `repr`."""

    learner: str = field(repr=False)
    name: str | None = field(repr=False)
    grade: str | None = field(repr=False)
    awarded_on: date
    valid_until: datetime | None
    microcredential_version: int

    def elements(self) -> Mapping[AwardElement, str | None]:
        """Return it element by element, as text."""
        return {
            AwardElement.LEARNER_IDENTIFIER: self.learner,
            AwardElement.LEARNER_NAME: self.name,
            AwardElement.GRADE: self.grade,
            AwardElement.AWARDED_ON: self.awarded_on.isoformat(),
            AwardElement.VALID_UNTIL: self.valid_until.isoformat() if self.valid_until else None,
            AwardElement.MICROCREDENTIAL_VERSION: str(self.microcredential_version),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One element that two versions say differently."""

    element: AwardElement
    before: str | None = field(repr=False)
    after: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardVersion:
    """An award as one of its credentials says it, and why there was a next one."""

    number: int
    award: Award
    correction: Correction | None = None
    replaced_at: datetime | None = None


def compare(before: Said, after: Said) -> tuple[Difference, ...]:
    """Return every element that reads differently."""
    said = after.elements()
    return tuple(
        Difference(element=element, before=old, after=said[element])
        for element, old in before.elements().items()
        if old != said[element]
    )


def corrected(wanted: WantedCorrection, before: Said, *, learner: str) -> Said:
    """Return what the award will say; `learner` is the pseudonym of whom it will be about."""
    given = wanted.given
    about = AwardElement.LEARNER_IDENTIFIER in given and wanted.learner is not None
    return Said(
        learner=learner if about else before.learner,
        name=wanted.learner.full_name if about and wanted.learner else before.name,
        grade=shown_grade(wanted.grade) if AwardElement.GRADE in given else before.grade,
        awarded_on=wanted.awarded_on or before.awarded_on,
        valid_until=(
            wanted.valid_until and wanted.valid_until.replace(microsecond=0)
            if AwardElement.VALID_UNTIL in given
            else before.valid_until
        ),
        microcredential_version=wanted.microcredential_version or before.microcredential_version,
    )


def shown_grade(grade: str | None) -> str | None:
    """Return a grade as a credential shows it: a Dutch one with a point."""
    return grade.replace(",", ".") if grade and dutch_grade(grade) is not None else grade


def in_order(versions: list[tuple[int, Award, Correction | None]]) -> list[AwardVersion]:
    """Return the versions of an award, oldest first, each with the moment it was replaced."""
    following = [*(award.recorded_at for _number, award, _why in versions[1:]), None]
    return [
        AwardVersion(number=number, award=award, correction=why, replaced_at=after)
        for (number, award, why), after in zip(versions, following, strict=True)
    ]
