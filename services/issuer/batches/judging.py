"""From a row as it stands in the file to an award that is wanted, or to every fault in it by cell.

Pure, and apart from reading: what the file cannot know (the day it is, which microcredential the
file is for, which addresses students of an institution have) is handed in as rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.issuer.batches.columns import ColumnMapping
from services.issuer.batches.faults import CellFault
from services.issuer.batches.rows import RawRow, WantedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What rows are judged by.

    `student_domains` gives for a domain of staff the one that students have. `key` makes the
    fingerprints, and a reference where the file has none; without it such a row is a fault.
    """

    today: date
    key: bytes = field(repr=False)
    microcredential_id: UUID | None = None
    microcredential_version: int | None = None
    awarded_on: date | None = None
    student_domains: Mapping[str, str] = field(default_factory=dict)
    needs_narrative: bool = False


class RowReader:
    """Reads rows by one mapping; made once for a file, because it is worked out beforehand."""

    def __init__(self, mapping: ColumnMapping, rules: Rules) -> None:
        raise NotImplementedError

    def read(self, raw: RawRow) -> WantedRow | tuple[CellFault, ...]:
        """Return the award a row asks for, or every fault in it."""
        raise NotImplementedError


def read_row(
    raw: RawRow, mapping: ColumnMapping, rules: Rules
) -> WantedRow | tuple[CellFault, ...]:
    """Read one row; for more than a few, make a RowReader."""
    return RowReader(mapping, rules).read(raw)
