"""Organisations: what may be recorded of them, and which periods of recognition make sense."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from shared.contracts.policy import Organisation, Recognition
from shared.errors import Fault, NotFoundError, NotPermittedError, RuleError


class OrganisationUnknownError(NotFoundError):
    """No organisation is recorded under this OIN."""

    code: ClassVar[str] = "organisation-unknown"


class NotTheStewardError(NotPermittedError):
    """Only the steward of the catalogue may do this."""

    code: ClassVar[str] = "not-the-steward"


class RecognitionPeriodsError(RuleError):
    """The periods of recognition contradict each other."""

    code: ClassVar[str] = "recognition-periods"


@dataclass(frozen=True, slots=True)
class RecordedOrganisation:
    """An organisation as a whole state, and how many states were recorded so far."""

    organisation: Organisation
    record_version: int


def decide_recording(
    known: RecordedOrganisation | None, wanted: Organisation, *, now: datetime
) -> RecordedOrganisation:
    """Return the state to record; the known one itself when nothing changes."""
    check_recognitions(wanted.recognitions)
    recorded_at = known.organisation.recorded_at if known else now
    if known is not None and known.organisation == _recorded(wanted, recorded_at):
        return known
    version = known.record_version + 1 if known else 1
    return RecordedOrganisation(_recorded(wanted, now), version)


def _recorded(organisation: Organisation, moment: datetime | None) -> Organisation:
    return organisation.model_copy(update={"recorded_at": moment})


def check_recognitions(recognitions: Sequence[Recognition]) -> None:
    """Refuse periods without days, and periods of one recogniser that share a day."""
    faults = [
        Fault(
            f"/recognitions/{at}/validUntil",
            "recognition-empty",
            "validUntil is the first day without recognition, so it must be after validFrom.",
        )
        for at, recognition in enumerate(recognitions)
        if recognition.valid_until is not None and recognition.valid_until <= recognition.valid_from
    ]
    faults.extend(
        Fault(
            f"/recognitions/{at}/validFrom",
            "recognition-overlap",
            "Two periods of the same recogniser share a day; one must end before the next begins.",
        )
        for at in _overlapping(recognitions)
    )
    if faults:
        raise RecognitionPeriodsError(faults=tuple(faults))


def _overlapping(recognitions: Sequence[Recognition]) -> list[int]:
    """Return which recognitions begin before an earlier one of the same recogniser has ended."""
    ends: dict[str, date] = {}
    found = []
    for at, recognition in sorted(enumerate(recognitions), key=lambda one: one[1].valid_from):
        known = ends.get(recognition.recogniser, date.min)
        if recognition.valid_from < known:
            found.append(at)
        ends[recognition.recogniser] = max(known, recognition.valid_until or date.max)
    return sorted(found)
