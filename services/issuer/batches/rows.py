"""A row as it stands in a file, a row as an award that is wanted, and how large a file may be.

Apart from reading and judging, because both ends and the queue between them hold rows. Whatever a
cell holds is a person's: no value is shown by `repr`, and so by any log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from services.issuer.domain import Learner

LETTERS: Final = 26
WHOLE_ROW: Final = -1


class Mark(StrEnum):
    """What a cell is besides its text: a spreadsheet knows more of it than the text says."""

    DATE = "date"
    ERROR = "error"
    FORMULA = "formula"
    IMPRECISE = "imprecise"
    NESTED = "nested"
    TOO_LONG = "too-long"
    # Of a whole row: kept under WHOLE_ROW.
    BROKEN = "broken"
    ERASED = "erased"
    HIDDEN = "hidden"
    UNKNOWN_MEMBER = "unknown-member"


NO_MARKS: Final[Mapping[int, Mark]] = MappingProxyType({})


class RawRow(NamedTuple):
    """A row as it stands in the file; the number is a spreadsheet's, the first row being 1.

    A tuple, because millions are made. Of JSON the number is the place of the award, of NDJSON the
    line, both from 1.
    """

    number: int
    cells: tuple[str, ...]
    marks: Mapping[int, Mark] = NO_MARKS

    def __repr__(self) -> str:
        """Say which row it is, not what is in it."""
        return f"RawRow(number={self.number}, {len(self.cells)} cells)"

    @property
    def is_blank(self) -> bool:
        """Say whether nothing is written in this row."""
        if self.cells and self.cells[0] and not self.cells[0].isspace():
            return False
        if self.marks and any(mark is not Mark.HIDDEN for mark in self.marks.values()):
            return False
        return not any(cell and not cell.isspace() for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRow:
    """An award that one row asks for; whether it may be made is not judged here.

    The microcredential is named by its id, or by the title or code the file has for it. The
    fingerprint is of all that is asked, under the caller's key: equal rows are equal awards.
    """

    number: int
    microcredential_id: UUID | None = None
    microcredential_version: int | None = None
    microcredential_name: str | None = None
    enrolment_reference: str
    awarded_on: date
    learner: Learner
    grade: str | None = None
    valid_until: datetime | None = None
    narrative: str | None = field(default=None, repr=False)
    fingerprint: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a file may be; what is larger is refused by the name of the limit."""

    file_bytes: int = 1024**3
    rows: int = 2_000_000
    columns: int = 256
    cell_characters: int = 4000
    row_bytes: int = 1024**2
    archive_entries: int = 2000
    archive_ratio: int = 300
    unpacked_bytes: int = 8 * 1024**3


LIMITS: Final = Limits()


def column_name(index: int) -> str:
    """Name a column as a spreadsheet does: the 28th is AB."""
    letters = ""
    column = index + 1
    while column:
        column, letter = divmod(column - 1, LETTERS)
        letters = chr(ord("A") + letter) + letters
    return letters
