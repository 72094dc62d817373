"""Organisations and microcredentials: what may be recorded, and what becomes of a draft.

Pure, because a rule about recognition or versions must be testable without a database or a clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AnyHttpUrl

from shared.contracts.microcredential import Description, Microcredential, PolicyPin
from shared.contracts.policy import Organisation, Recognition
from shared.errors import (
    ConflictError,
    Fault,
    NotFoundError,
    NotPermittedError,
    RuleError,
)

LONGEST_CONTENT: Final = 48 * 1024
"""What leaves room for the rest of an event, which is at most 64 KiB (NL GOV CloudEvents)."""

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def dutch_day(moment: datetime) -> date:
    """Return which day it is in the Netherlands; recognition and policies count in those."""
    return moment.astimezone(AMSTERDAM).date()


class OrganisationUnknownError(NotFoundError):
    """No organisation is recorded under this OIN."""

    code: ClassVar[str] = "organisation-unknown"


class MicrocredentialUnknownError(NotFoundError):
    """There is no such microcredential, or it is not published."""

    code: ClassVar[str] = "microcredential-unknown"


class NotTheStewardError(NotPermittedError):
    """Only the steward of the catalogue may do this."""

    code: ClassVar[str] = "not-the-steward"


class RecognitionPeriodsError(RuleError):
    """The periods of recognition contradict each other."""

    code: ClassVar[str] = "recognition-periods"


class NothingToPublishError(ConflictError):
    """There is no draft to publish; put one first."""

    code: ClassVar[str] = "nothing-to-publish"


class NothingToArchiveError(ConflictError):
    """No published version is left to archive."""

    code: ClassVar[str] = "nothing-to-archive"


class TooLongToPublishError(RuleError):
    """The description is longer than a microcredential can be: 48 KiB of JSON."""

    code: ClassVar[str] = "too-long-to-publish"


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


@dataclass(frozen=True, slots=True)
class Desk:
    """A microcredential as its provider has it on the desk: the draft, and how often published."""

    microcredential_id: UUID
    organisation: str
    draft: Description | None
    versions: int
    changed_at: datetime
    first_published_at: datetime | None = None

    def drafted(self, draft: Description, *, now: datetime) -> "Desk":
        """Return the desk with this draft on it, instead of the one before."""
        return replace(self, draft=draft, changed_at=now)

    def published(self, *, now: datetime) -> "Desk":
        """Return the desk after its draft became the next version."""
        return replace(
            self,
            draft=None,
            versions=self.versions + 1,
            changed_at=now,
            first_published_at=self.first_published_at or now,
        )


def decide_publication(
    desk: Desk, content: Description, *, pin: PolicyPin, public_url: str, now: datetime
) -> Microcredential:
    """Make the draft the next version; it will never change."""
    if len(content.model_dump_json(exclude_none=True).encode()) > LONGEST_CONTENT:
        raise TooLongToPublishError
    version = desk.versions + 1
    return Microcredential(
        microcredential_id=desk.microcredential_id,
        version=version,
        provider=desk.organisation,
        page=AnyHttpUrl(page_of(public_url, desk.microcredential_id, version)),
        content=content,
        policy=pin,
        published_at=now,
    )


def page_of(public_url: str, microcredential_id: UUID, version: int) -> str:
    """Return the address of a version's own page: the achievement id in every credential."""
    return f"{public_url}/microcredentials/{microcredential_id}/versions/{version}"


def decide_archival(
    versions: Sequence[Microcredential], *, wanted: int | None, now: datetime
) -> list[Microcredential]:
    """Archive the wanted version, or every version still open; what was awarded stays good."""
    if wanted is not None and wanted not in {found.version for found in versions}:
        raise MicrocredentialUnknownError
    archived = [
        found.model_copy(update={"archived_at": now})
        for found in versions
        if found.archived_at is None and wanted in {None, found.version}
    ]
    if not archived:
        raise NothingToArchiveError
    return archived
