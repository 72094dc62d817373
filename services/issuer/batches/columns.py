"""Which column of a file holds what: proposed from its header, overruled by who knows better.

Apart from the words it is recognised by. A mapping goes to JSON and back: it is stored with its
batch, shown with the first rows, and sent back changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import column_name
from services.issuer.batches.sentences import quoted


class Field(StrEnum):
    """What a column can hold; a column of none of these is not read."""

    MICROCREDENTIAL = "microcredential"
    MICROCREDENTIAL_VERSION = "microcredentialVersion"
    ENROLMENT_REFERENCE = "enrolmentReference"
    STUDENT_NUMBER = "studentNumber"
    AWARDED_ON = "awardedOn"
    EDU_ID = "eduId"
    EMAIL = "email"
    NAME = "name"
    GIVEN_NAME = "givenName"
    FAMILY_PREFIX = "familyPrefix"
    FAMILY_NAME = "familyName"
    GRADE = "grade"
    VALID_UNTIL = "validUntil"
    NARRATIVE = "narrative"


class Guess(StrEnum):
    """How sure a proposal is, and why a column was left out."""

    EXACT = "exact"
    TYPO = "typo"
    VALUES = "values"
    GIVEN = "given"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not-needed"
    TWICE = "twice"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column, what it is taken to hold, how sure that is (0 to 1), and why."""

    index: int
    header: str
    field: Field | None
    confidence: float = 0.0
    guess: Guess = Guess.UNKNOWN

    @property
    def letters(self) -> str:
        """Name the column as a spreadsheet does."""
        return column_name(self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """What each column holds; `layout` names a file of another system that was recognised."""

    columns: tuple[Column, ...]
    header_row: int = 1
    is_table: bool = True
    layout: str | None = None

    def column_of(self, field: Field) -> Column | None:
        """Return the column that holds something, if one does."""
        return next((one for one in self.columns if one.field is field), None)

    def cell(self, index: int, row: int) -> str:
        """Name a cell: C14 in a table, /learner/email in JSON."""
        if self.is_table:
            return f"{column_name(index)}{row}"
        header = self.columns[index].header if 0 <= index < len(self.columns) else ""
        return "/" + header.replace(".", "/")

    @property
    def duplicates(self) -> tuple[tuple[Column, ...], ...]:
        """Return the groups of columns that hold the same; a file is not read while one is left."""
        groups: dict[Field, list[Column]] = {}
        for column in self.columns:
            if column.field is not None:
                groups.setdefault(column.field, []).append(column)
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)

    def overruled(self, wanted: Mapping[str, str | None]) -> "ColumnMapping":
        """Return the mapping as its sender wants it: header or letters, to field or to None."""
        fields: dict[int, Field | None] = {}
        for name, field in wanted.items():
            for column in self._named(name):
                fields[column.index] = _field(field)
        columns = tuple(
            replace(one, field=fields[one.index], confidence=1.0, guess=Guess.GIVEN)
            if one.index in fields and one.guess is not Guess.FORBIDDEN
            else one
            for one in self.columns
        )
        return replace(self, columns=columns)

    def as_json(self) -> dict[str, object]:
        """Return the mapping as it is stored and shown."""
        return {
            "layout": self.layout,
            "headerRow": self.header_row,
            "isTable": self.is_table,
            "columns": [
                {
                    "column": one.letters,
                    "header": one.header,
                    "field": one.field.value if one.field else None,
                    "confidence": one.confidence,
                    "guess": one.guess.value,
                }
                for one in self.columns
            ],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ColumnMapping":
        """Return a mapping out of its JSON, or refuse what is none."""
        try:
            columns = tuple(
                Column(
                    index=index,
                    header=str(one["header"]),
                    field=_field(one.get("field")),
                    confidence=float(one.get("confidence", 1.0)),
                    guess=Guess(one.get("guess", Guess.GIVEN)),
                )
                for index, one in enumerate(kept["columns"])
            )
            return cls(
                columns=columns,
                header_row=int(kept.get("headerRow", 1)),
                is_table=bool(kept.get("isTable", True)),
                layout=kept.get("layout"),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileRefusedError(Refusal.MAPPING_UNKNOWN, "columns") from error

    def _named(self, name: str) -> list[Column]:
        exact = [one for one in self.columns if one.header.strip() == name.strip()]
        named = exact or [one for one in self.columns if one.letters == name.strip().upper()]
        if not named:
            raise FileRefusedError(Refusal.MAPPING_UNKNOWN, quoted(name))
        return named


def _field(name: str | None) -> Field | None:
    try:
        return None if name is None else Field(name)
    except ValueError:
        raise FileRefusedError(Refusal.MAPPING_UNKNOWN, quoted(str(name))) from None
