"""Organisations: what may be recorded of them, and what was on record at some moment.

Two clocks: `on` asks whether an organisation was recognised on a day, `as_of` what the register
said at a moment. Every state that was ever recorded is a version, and stays.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar, Final

from services.catalog.domain.days import dutch_day
from services.catalog.domain.recognition import (
    PERIOD_RULES,
    find_period_faults,
    find_taken_back,
    recognitions_on,
)
from shared.contracts.identifiers import OinFlaw, brin_in, kvk_in, oin_flaw
from shared.contracts.policy import Organisation, Recognition
from shared.errors import ConflictError, Fault, NotFoundError, NotPermittedError, RuleError

_TICK = timedelta(microseconds=1)


class OrganisationUnknownError(NotFoundError):
    """No organisation is recorded under this OIN."""

    code: ClassVar[str] = "organisation-unknown"
    dutch: ClassVar[str] = "Onder dit OIN is geen organisatie vastgelegd."


class OrganisationVersionUnknownError(NotFoundError):
    """This organisation was not recorded so often, or not yet at that moment."""

    code: ClassVar[str] = "organisation-version-unknown"
    dutch: ClassVar[str] = "Zo vaak, of op dat moment, was deze organisatie nog niet vastgelegd."


class NotTheStewardError(NotPermittedError):
    """Only the steward of the catalogue may do this."""

    code: ClassVar[str] = "not-the-steward"
    dutch: ClassVar[str] = "Alleen de beheerder van de catalogus mag dit doen."


class OrganisationRefusedError(RuleError):
    """What is said of this organisation contradicts itself, its number or what is on record."""

    code: ClassVar[str] = "organisation-refused"
    dutch: ClassVar[str] = (
        "Wat over deze organisatie is gezegd, is in strijd met zichzelf, met haar nummer of met"
        " wat al is vastgelegd."
    )


class RecognitionCodeTakenError(ConflictError):
    """Another organisation is recognised under this code on one of these days."""

    code: ClassVar[str] = "recognition-code-taken"
    dutch: ClassVar[str] = "Een andere organisatie is op een van deze dagen erkend onder deze code."


@dataclass(frozen=True, slots=True)
class RecordedOrganisation:
    """An organisation as a whole state, how many were recorded so far, and why this one was."""

    organisation: Organisation
    record_version: int
    reason: str | None = None

    @property
    def recorded_at(self) -> datetime:
        """Return when this became what the register says."""
        moment = self.organisation.recorded_at
        if moment is None:
            raise ValueError("what was recorded has its moment")
        return moment


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an organisation was recognised on a day, and by whom."""

    on: date
    by: tuple[Recognition, ...]

    @property
    def recognised(self) -> bool:
        """Say whether anybody recognised it."""
        return bool(self.by)


def standing_on(organisation: Organisation, day: date) -> Standing:
    """Say who recognised an organisation on a day."""
    return Standing(day, tuple(recognitions_on(organisation.recognitions, day)))


def decide_recording(
    known: RecordedOrganisation | None,
    wanted: Organisation,
    *,
    now: datetime,
    reason: str | None = None,
) -> RecordedOrganisation:
    """Return the state to record; the known one itself when nothing changes."""
    faults = find_period_faults(wanted.recognitions) + _number_faults(known, wanted)
    if known is not None and reason is None:
        faults += find_taken_back(
            known.organisation.recognitions, wanted.recognitions, today=dutch_day(now)
        )
    if faults:
        raise OrganisationRefusedError(faults=tuple(faults))
    if known is None:
        return RecordedOrganisation(_recorded(wanted, now), 1, reason)
    if known.organisation == _recorded(wanted, known.recorded_at):
        return known
    # Two states never have one moment, also when the clocks of two processes differ.
    moment = max(now, known.recorded_at + _TICK)
    return RecordedOrganisation(_recorded(wanted, moment), known.record_version + 1, reason)


def _judge_periods(
    rule: Callable[[Sequence[Recognition]], Iterator[Fault]], wanted: Organisation
) -> Iterator[Fault]:
    return rule(wanted.recognitions)


RULES: Final = tuple(partial(_judge_periods, rule) for rule in PERIOD_RULES)
"""What an organisation is judged by alone, without its number and what is on record."""


def check_codes(wanted: Organisation, others: list[Organisation]) -> None:
    """Refuse a code that another organisation has on a same day: it is unique per recogniser."""
    mine = [one for one in wanted.recognitions if one.code is not None]
    taken = any(
        one.recogniser is its.recogniser and one.code == its.code and _share_a_day(one, its)
        for other in others
        if other.oin != wanted.oin
        for its in other.recognitions
        for one in mine
    )
    if taken:
        raise RecognitionCodeTakenError


def _share_a_day(one: Recognition, other: Recognition) -> bool:
    return one.valid_from < (other.valid_until or date.max) and other.valid_from < (
        one.valid_until or date.max
    )


def _recorded(organisation: Organisation, moment: datetime) -> Organisation:
    return organisation.model_copy(update={"recorded_at": moment})


def _number_faults(known: RecordedOrganisation | None, wanted: Organisation) -> list[Fault]:
    """Return what is wrong with its numbers; who is on record keeps the number it has."""
    flaw = oin_flaw(wanted.oin) if known is None else None
    faults = [] if flaw is None else [Fault("/oin", flaw, *_FLAWS[flaw])]
    return [*faults, *find_contradictions(wanted, wanted.oin)]


def find_contradictions(wanted: Organisation, oin: str) -> Iterator[Fault]:
    """Give the numbers that are others than an OIN carries."""
    for name, carried in (("brin", brin_in(oin)), ("kvk", kvk_in(oin))):
        if carried is not None and getattr(wanted, name) not in {None, carried}:
            yield Fault(
                f"/{name}",
                "number-contradicts-oin",
                "This is another number than the OIN carries.",
                "Dit is een ander nummer dan in het OIN staat.",
            )


_FLAWS: Final[Mapping[OinFlaw, tuple[str, str]]] = {
    OinFlaw.PREFIX_FREE: (
        "No register stands behind this prefix of an OIN.",
        "Achter dit voorvoegsel van een OIN staat geen register.",
    ),
    OinFlaw.RSIN: (
        "After 00000001 come an RSIN, nine digits that pass the eleven-test, and 000.",
        "Na 00000001 komen een RSIN, negen cijfers die aan de elfproef voldoen, en 000.",
    ),
    OinFlaw.KVK: (
        "After 00000003 come the eight digits of the trade register, and 0000.",
        "Na 00000003 komen de acht cijfers van het Handelsregister, en 0000.",
    ),
    OinFlaw.BRIN: (
        "After 00000007 come 000, a BRIN, the two digits of a location (00), and 000.",
        "Na 00000007 komen 000, een BRIN, de twee cijfers van een vestiging (00), en 000.",
    ),
    OinFlaw.NUMBER: (
        "After this prefix of an OIN come nine digits, and 000.",
        "Na dit voorvoegsel van een OIN komen negen cijfers, en 000.",
    ),
}
