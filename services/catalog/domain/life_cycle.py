"""Microcredentials: what becomes of a draft, and what a published version is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from pydantic import AnyHttpUrl

from shared.contracts.microcredential import Description, Microcredential, PolicyPin
from shared.errors import ConflictError, NotFoundError, RuleError

LONGEST_CONTENT: Final = 48 * 1024
"""What leaves room for the rest of an event, which is at most 64 KiB (NL GOV CloudEvents)."""


class MicrocredentialUnknownError(NotFoundError):
    """There is no such microcredential, or it is not published."""

    code: ClassVar[str] = "microcredential-unknown"


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
