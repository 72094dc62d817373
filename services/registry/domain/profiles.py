"""The two legal profiles: who answers for each processing, by which right, and for how long.

Apart from the rules of a registration, because the law on microcredentials is not there yet: when
it comes, this page changes and no other. A lawyer decides on it; what stands here is our reading.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.contracts.vocabulary import LocalText
from shared.errors import NotFoundError

STATUTORY_YEARS: Final = 60
"""As long as DUO keeps diplomas."""


class LegalProfile(StrEnum):
    """As what the register keeps registrations."""

    PILOT = "pilot"
    STATUTORY = "statutory"


class Controller(StrEnum):
    """Who decides why and how something is processed (GDPR article 4, 7)."""

    INSTITUTION = "institution"
    OPERATOR = "operator"
    CONSUMER = "consumer"


class Basis(StrEnum):
    """By which right somebody processes personal data (GDPR article 6, 1)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    PUBLIC_TASK = "public-task"


class Outcome(StrEnum):
    """What became of a request to erase."""

    ERASED = "erased"
    RESTRICTED = "restricted"


class ActivityUnknownError(NotFoundError):
    """The register has no such processing activity."""

    code = "processing-activity-unknown"
    dutch = "Het register kent deze verwerking niet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One processing of personal data, as the record of processing activities names it."""

    activity: str
    name: LocalText
    controller: Controller
    bases: tuple[Basis, ...]
    term: LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureTerm:
    """The clock of one request to erase: by when, what became of it, and when it is complete.

    The institution that was asked acts first, and that is when our clock begins. What was erased is
    gone at once but for the copies that a replay would send, and those in backups.
    """

    requested_at: datetime
    due_at: datetime
    settled_at: datetime
    outcome: Outcome
    keep_until: datetime | None
    copies_gone_at: datetime | None = None
    backups_gone_at: datetime | None = None


def decide_erasure(profile: LegalProfile, *, requested_at: datetime, now: datetime) -> ErasureTerm:
    """Honour a request to erase in the pilot; restrict instead where a law says to keep.

    GDPR article 17, 3 (b): no right to erasure where a legal obligation or a public task asks to
    keep; what is left is restriction (article 18), until the term of that law has passed.
    """
    statutory = profile is LegalProfile.STATUTORY
    return ErasureTerm(
        requested_at=requested_at,
        due_at=months_after(requested_at, 1),
        settled_at=now,
        outcome=Outcome.RESTRICTED if statutory else Outcome.ERASED,
        keep_until=months_after(requested_at, 12 * STATUTORY_YEARS) if statutory else None,
    )


def backups_gone(copies_gone_at: datetime, *, backups_kept: timedelta) -> datetime:
    """Say when the last backup with it is gone: it was in one until its last copy was wiped."""
    return copies_gone_at + backups_kept


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day so many months later, or the last of that month (Reg. 1182/71, 3)."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def processings(profile: LegalProfile) -> tuple[Processing, ...]:
    """Return everything that is processed under a profile."""
    return _PROCESSINGS[profile]


def get_processing(profile: LegalProfile, activity: str) -> Processing:
    """Return one processing, or raise ActivityUnknownError."""
    for one in processings(profile):
        if one.activity == activity:
            return one
    raise ActivityUnknownError


_UNTIL_ERASED: Final = LocalText(nl="tot de lerende laat wissen", en="until the learner erases it")
_SIXTY: Final = LocalText(
    nl="60 jaar na het verzoek om wissen; anders blijvend",
    en="60 years after a request to erase; else for good",
)
_FIVE: Final = LocalText(nl="5 jaar", en="5 years")
_NOT_KEPT: Final = LocalText(nl="wordt niet bewaard", en="is not kept")
_CONSUMERS_OWN: Final = LocalText(
    nl="zolang de afnemer het antwoord nodig heeft; de regel in het logboek 5 jaar",
    en="as long as the consumer needs the answer; the line in the log for 5 years",
)
_CONSUMING: Final = (Basis.PUBLIC_TASK, Basis.CONTRACT, Basis.CONSENT)


def _consulting(
    activity: str, nl: str, en: str, bases: tuple[Basis, ...] = _CONSUMING
) -> Processing:
    return Processing(
        activity=activity,
        name=LocalText(nl=nl, en=en),
        controller=Controller.CONSUMER,
        bases=bases,
        term=_CONSUMERS_OWN,
    )


def _kept(
    activity: str,
    name: LocalText,
    term: LocalText,
    *bases: Basis,
    controller: Controller = Controller.OPERATOR,
) -> Processing:
    return Processing(activity=activity, name=name, controller=controller, bases=bases, term=term)


_CONSULTING: Final = (
    _consulting("admission", "Raadplegen voor toelating", "Consulting for admission"),
    _consulting("exemption", "Raadplegen voor een vrijstelling", "Consulting for an exemption"),
    _consulting("stacking", "Raadplegen om te stapelen", "Consulting for stacking"),
    _consulting(
        "credential-check",
        "Raadplegen om een bewijs te controleren",
        "Consulting to check a credential",
        (Basis.CONSENT, Basis.CONTRACT, Basis.LEGAL_OBLIGATION),
    ),
    _consulting(
        "funding",
        "Raadplegen voor bekostiging of subsidie",
        "Consulting for funding",
        (Basis.LEGAL_OBLIGATION, Basis.PUBLIC_TASK),
    ),
)
_RIGHTS: Final = (
    _kept(
        "consultation-log",
        LocalText(nl="Bijhouden wie wat inzag", en="Keeping who looked at what"),
        _FIVE,
        Basis.LEGAL_OBLIGATION,
    ),
    _kept(
        "learner-access",
        LocalText(nl="De lerende laten zien wie er keek", en="Showing the learner who looked"),
        _NOT_KEPT,
        Basis.LEGAL_OBLIGATION,
    ),
    _kept(
        "access-export",
        LocalText(nl="Inzage: alles over één lerende", en="Access: everything about one learner"),
        _NOT_KEPT,
        Basis.LEGAL_OBLIGATION,
    ),
)
_REGISTERING: Final = LocalText(nl="Toekenningen registreren", en="Registering awards")
_LOGGING: Final = LocalText(
    nl="Vastleggen in het openbare logboek (zonder persoonsgegevens)",
    en="Committing to the public log (without personal data)",
)
_NOTIFYING: Final = LocalText(
    nl="Afnemers op de hoogte houden (zonder lerende)",
    en="Keeping consumers informed (without the learner)",
)
_FOR_GOOD: Final = LocalText(nl="blijvend", en="for good")
_TEN: Final = LocalText(nl="10 jaar", en="10 years")
_PROCESSINGS: Final[Mapping[LegalProfile, tuple[Processing, ...]]] = {
    LegalProfile.PILOT: (
        _kept(
            "registering",
            _REGISTERING,
            _UNTIL_ERASED,
            Basis.PUBLIC_TASK,
            Basis.CONTRACT,
            controller=Controller.INSTITUTION,
        ),
        _kept(
            "logging",
            _LOGGING,
            _FOR_GOOD,
            Basis.PUBLIC_TASK,
            Basis.CONTRACT,
            controller=Controller.INSTITUTION,
        ),
        _kept(
            "notifying",
            _NOTIFYING,
            _TEN,
            Basis.PUBLIC_TASK,
            Basis.CONTRACT,
            controller=Controller.INSTITUTION,
        ),
        *_CONSULTING,
        *_RIGHTS,
    ),
    LegalProfile.STATUTORY: (
        _kept("registering", _REGISTERING, _SIXTY, Basis.PUBLIC_TASK),
        _kept("logging", _LOGGING, _FOR_GOOD, Basis.PUBLIC_TASK),
        _kept("notifying", _NOTIFYING, _TEN, Basis.PUBLIC_TASK),
        *_CONSULTING,
        *_RIGHTS,
    ),
}
