"""When an organisation may award a microcredential: the rules, their errors, what they judge.

No clock and no database here: the moment, the organisation and the microcredential are handed in,
so that every rule can be read, and tested, as a sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.contracts.award import Award, Revocation, Suspension
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import RevocationReason, SuspensionReason
from shared.errors import ConflictError, Fault, NotFoundError, RuleError

HERE = ZoneInfo("Europe/Amsterdam")
DUTCH_GRADE = re.compile(r"(10|[1-9])([.,][0-9])?")
LOWEST_PASS = Decimal("5.5")
HIGHEST_GRADE = Decimal(10)


class AwardState(StrEnum):
    """How far an award has come; an intent is no award yet, and a void one never became it."""

    INTENDED = "intended"
    GRANTED = "granted"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ERASED = "erased"
    VOIDED = "voided"


class AwardNotFoundError(NotFoundError):
    """There is no such award."""

    code = "award-not-found"
    dutch = "Deze toekenning bestaat niet."


class OrganisationNotKnownYetError(ConflictError):
    """The issuer has not heard of your organisation yet; try again in a moment."""

    code = "organisation-not-known-yet"
    dutch = "De uitgever kent uw organisatie nog niet; probeer het zo meteen opnieuw."
    remedy = (
        (
            "Wait as long as Retry-After says; if it stays, ask the steward whether you are in "
            "the catalogue."
        ),
        (
            "Wacht zo lang als Retry-After zegt; blijft het, vraag dan de beheerder of u in de "
            "catalogus staat."
        ),
    )

    def __init__(self) -> None:
        """Ask for a little patience."""
        super().__init__(retry_after=5)


class MicrocredentialNotKnownYetError(ConflictError):
    """The issuer does not know this microcredential of yours yet; if it is new, try again."""

    code = "microcredential-not-known-yet"
    dutch = (
        "De uitgever kent deze microcredential van u nog niet; is hij nieuw, probeer het dan "
        "opnieuw."
    )
    remedy = (
        (
            "If it was published just now, wait as long as Retry-After says. If not, look whether "
            "id and version are right, and whether it is yours."
        ),
        (
            "Is hij zojuist gepubliceerd, wacht dan zo lang als Retry-After zegt. Zo niet, kijk "
            "dan na of id en versie kloppen en of hij van u is."
        ),
    )

    def __init__(self) -> None:
        """Ask for a little patience."""
        super().__init__(retry_after=5)


class MicrocredentialArchivedError(ConflictError):
    """This microcredential is archived and can no longer be awarded."""

    code = "microcredential-archived"
    dutch = "Deze microcredential is gearchiveerd en kan niet meer worden toegekend."
    remedy = (
        "Award a version that is not archived, or publish a new one.",
        "Ken een versie toe die niet is gearchiveerd, of publiceer een nieuwe.",
    )


class MicrocredentialIncompleteError(ConflictError):
    """This microcredential has no study load or no level, so it cannot be awarded."""

    code = "microcredential-incomplete"
    dutch = (
        "Deze microcredential heeft geen studielast of geen niveau en kan daarom niet worden "
        "toegekend."
    )
    remedy = (
        "Publish a version with a study load and a level, and award that.",
        "Publiceer een versie met een studielast en een niveau, en ken die toe.",
    )


class AlreadyAwardedError(ConflictError):
    """This enrolment was awarded this microcredential already."""

    code = "already-awarded"
    dutch = "Voor deze inschrijving is deze microcredential al toegekend."
    remedy = (
        (
            "Read the award that is named. To change it, correct it; for another course, use "
            "another enrolment reference."
        ),
        (
            "Lees de toekenning die wordt genoemd. Wilt u haar wijzigen, verbeter haar dan; "
            "gebruik voor een andere cursus een andere inschrijving."
        ),
    )

    def __init__(self, award_id: UUID) -> None:
        """Point to the award that is there."""
        super().__init__(
            f"This enrolment has award {award_id} for this microcredential already.",
            f"Deze inschrijving heeft al toekenning {award_id} voor deze microcredential.",
        )
        self.award_id = award_id


class AlreadyRevokedError(ConflictError):
    """This award is revoked already."""

    code = "already-revoked"
    dutch = "Deze toekenning is al ingetrokken."
    remedy = (
        (
            "Nothing: this is final. Who earned it after all is awarded anew, under another "
            "enrolment reference."
        ),
        (
            "Niets: dit is definitief. Wie hem toch heeft verdiend, krijgt een nieuwe toekenning, "
            "onder een andere inschrijving."
        ),
    )


class AwardVoidedError(ConflictError):
    """This request could not be completed; send it again under a new Idempotency-Key."""

    code = "award-voided"
    dutch = (
        "Dit verzoek kon niet worden afgerond; stuur het opnieuw met een nieuwe Idempotency-Key."
    )
    remedy = (
        "Send the same request under a new Idempotency-Key.",
        "Stuur hetzelfde verzoek met een nieuwe Idempotency-Key.",
    )


class AwardNotAllowedError(RuleError):
    """This award may not be made; every reason is listed."""

    code = "award-not-allowed"
    dutch = "Deze toekenning mag niet; elke reden staat erbij."


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """The person who earned it; nothing of this may be shown by `repr`, and so by any log."""

    edu_id: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    given_name: str | None = field(default=None, repr=False)
    family_name: str | None = field(default=None, repr=False)

    @property
    def identifier(self) -> str:
        """What the learner's pseudonym is made of."""
        return self.edu_id or self.email or ""

    @property
    def full_name(self) -> str | None:
        """The name as it is shown, if one was given."""
        return " ".join(name for name in (self.given_name, self.family_name) if name) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAward:
    """What an organisation asks to be awarded."""

    microcredential_id: UUID
    microcredential_version: int | None = None
    enrolment_reference: str
    awarded_on: date
    learner: Learner
    grade: str | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAward:
    """An award and what has become of it."""

    number: int
    award: Award
    state: AwardState
    record_version: int
    reason: str | None = None
    changed_at: datetime | None = None

    @property
    def revocation(self) -> Revocation | None:
        """Why and when it was revoked, if it was."""
        if self.state is not AwardState.REVOKED or not self.reason or self.changed_at is None:
            return None
        return Revocation(reason=RevocationReason(self.reason), revoked_at=self.changed_at)

    @property
    def suspension(self) -> Suspension | None:
        """Why and since when it is suspended, if it is."""
        if self.state is not AwardState.SUSPENDED or not self.reason or self.changed_at is None:
            return None
        return Suspension(reason=SuspensionReason(self.reason), suspended_at=self.changed_at)

    @property
    def is_public(self) -> bool:
        """Whether there is an award at all, or only an intent."""
        return self.state not in {AwardState.INTENDED, AwardState.VOIDED}


def today(now: datetime) -> date:
    """Return the day it is for Dutch institutions."""
    return now.astimezone(HERE).date()


def choose_version(
    known: Sequence[Microcredential], *, organisation: str, version: int | None
) -> Microcredential:
    """Return the version to award: the one asked for, or the newest that is not archived.

    What another provider offers looks like what nobody offers.
    """
    own = [one for one in known if one.provider == organisation]
    asked = [one for one in own if version is None or one.version == version]
    if not asked:
        raise MicrocredentialNotKnownYetError
    current = [one for one in asked if one.archived_at is None]
    if not current:
        raise MicrocredentialArchivedError
    return max(current, key=lambda one: one.version)


def check_award(wanted: WantedAward, *, organisation: Organisation, now: datetime) -> None:
    """Raise every reason why this organisation may not make this award now.

    The assessment may lie before the day the definition was published (courses ran before the
    catalogue existed), never in the future; the organisation is recognised on both days.
    """
    faults = [
        *_faults_of_day(wanted, organisation=organisation, now=now),
        *_faults_of_grade(wanted.grade),
    ]
    if wanted.valid_until is not None and wanted.valid_until <= now:
        faults.append(
            Fault(
                "/validUntil",
                "valid-until-past",
                "The end of validity must lie in the future.",
                "Het einde van de geldigheid moet in de toekomst liggen.",
            )
        )
    if faults:
        raise AwardNotAllowedError(faults=tuple(faults))


def dutch_grade(grade: str) -> Decimal | None:
    """Return a grade on the Dutch scale from 1 to 10, or None when it is of another kind."""
    if not DUTCH_GRADE.fullmatch(grade):
        return None
    value = Decimal(grade.replace(",", "."))
    return value if value <= HIGHEST_GRADE else None


def _faults_of_day(
    wanted: WantedAward, *, organisation: Organisation, now: datetime
) -> list[Fault]:
    present = today(now)
    faults = []
    if wanted.awarded_on > present:
        faults.append(
            Fault(
                "/awardedOn",
                "awarded-in-future",
                "The day of the award lies in the future.",
                "De dag van de toekenning ligt in de toekomst.",
            )
        )
    elif organisation.recognition_on(wanted.awarded_on) is None:
        faults.append(
            Fault(
                "/awardedOn",
                "not-recognised-then",
                "Your organisation was not recognised on the day of the award.",
                "Uw organisatie was op de dag van de toekenning niet erkend.",
            )
        )
    if organisation.recognition_on(present) is None:
        faults.append(
            Fault(
                "",
                "not-recognised-now",
                "Your organisation is not recognised at present.",
                "Uw organisatie is nu niet erkend.",
            )
        )
    return faults


def _faults_of_grade(grade: str | None) -> list[Fault]:
    value = None if grade is None else dutch_grade(grade)
    if value is None or value >= LOWEST_PASS:
        return []
    return [
        Fault(
            "/result/grade",
            "grade-insufficient",
            "A grade below 5.5 is no pass, so there is nothing to award.",
            "Een cijfer onder de 5,5 is geen voldoende; er is niets toe te kennen.",
        )
    ]
