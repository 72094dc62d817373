"""The report of an import: per programme, course and offering what became of it, and why.

Apart from the rules, because it is kept and shown as it is; nothing of the source is repeated but
its id, its code and its name.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.catalog.oeapi.importing import Basis, Kind, Verdict
from shared.errors import Fault


class ImportState(StrEnum):
    """How far an import is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be imported: these, or with none named every microcredential there is."""

    programmes: tuple[UUID, ...] = ()
    courses: tuple[UUID, ...] = ()

    @property
    def is_all(self) -> bool:
        """Say whether nothing was named."""
        return not self.programmes and not self.courses


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an import as a whole came to nothing."""

    code: str
    detail: str
    dutch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What became of one thing of the source."""

    kind: Kind
    source_id: UUID
    verdict: Verdict
    primary_code: str | None = None
    name: str | None = None
    target_id: UUID | None = None
    matched_by: Basis | None = None
    candidates: tuple[UUID, ...] = ()
    differences: tuple[str, ...] = ()
    lost: tuple[Fault, ...] = ()
    reasons: tuple[Fault, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import, as its organisation sees it."""

    import_id: UUID
    organisation: str
    url: str
    wanted: Wanted
    state: ImportState
    created_at: datetime
    client: str
    subject: str
    attempts: int = 0
    finished_at: datetime | None = None
    problem: Problem | None = None
