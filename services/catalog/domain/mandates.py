"""Mandates: an organisation lets another award its microcredentials, from a day on and until one.

Apart from organisations, because a mandate is the word of two: who gives it, and who acts by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from shared.errors import Fault, NotFoundError, NotPermittedError, RuleError


class MandateUnknownError(NotFoundError):
    """There is no such mandate, or it has ended."""

    code: ClassVar[str] = "mandate-unknown"
    dutch: ClassVar[str] = "Dit mandaat is er niet, of het is beëindigd."


class NotTheMandatorError(NotPermittedError):
    """Only the organisation itself gives and ends its mandates."""

    code: ClassVar[str] = "not-the-mandator"
    dutch: ClassVar[str] = "Alleen de organisatie zelf geeft en beëindigt haar mandaten."


class MandateRefusedError(RuleError):
    """This mandate would let nobody do anything."""

    code: ClassVar[str] = "mandate-refused"
    dutch: ClassVar[str] = "Met dit mandaat kan niemand iets doen."


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who may award for whom; `valid_until` is the first day without, as with recognition."""

    mandator: str
    agent: str
    valid_from: date
    valid_until: date | None
    given_at: datetime
    ended_at: datetime | None = None
    number: int = 0

    def holds_on(self, day: date) -> bool:
        """Say whether the mandate covers that day; an ended one covers none any more."""
        is_before_end = self.valid_until is None or day < self.valid_until
        return self.ended_at is None and self.valid_from <= day and is_before_end

    def ended(self, *, now: datetime) -> "Mandate":
        """Return the mandate after its end; it stays on record."""
        return replace(self, ended_at=now)


def decide_mandate(known: Mandate | None, wanted: Mandate) -> Mandate:
    """Return the mandate that holds from now on; the known one itself when nothing changes."""
    faults = []
    if wanted.agent == wanted.mandator:
        sentence = "An organisation needs no mandate of its own."
        dutch = "Een organisatie heeft van zichzelf geen mandaat nodig."
        faults.append(Fault("", "mandate-to-itself", sentence, dutch))
    faults += check_days(wanted)
    if faults:
        raise MandateRefusedError(faults=tuple(faults))
    if known is None:
        return wanted
    is_same = (known.valid_from, known.valid_until) == (wanted.valid_from, wanted.valid_until)
    return known if is_same else wanted


def check_days(wanted: Mandate) -> Iterator[Fault]:
    """Say whether there is any day on which it holds."""
    if wanted.valid_until is not None and wanted.valid_until <= wanted.valid_from:
        sentence = "validUntil is the first day without mandate, so it must be after validFrom."
        dutch = "validUntil is de eerste dag zonder mandaat en ligt dus na validFrom."
        yield Fault("/validUntil", "mandate-empty", sentence, dutch)
