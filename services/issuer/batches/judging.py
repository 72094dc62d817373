"""From a row as it stands in the file to an award that is wanted, or to every fault in it by cell.

Pure, and apart from reading: what the file cannot know (the day it is, which microcredential the
file is for, which addresses students of an institution have) is handed in as rules.
"""

import base64
from collections.abc import Mapping
from hashlib import blake2b
from uuid import UUID

from services.issuer.batches.codes import Code
from services.issuer.batches.columns import ColumnMapping, Field, Guess
from services.issuer.batches.duplicates import SeenRows
from services.issuer.batches.faults import CellFault
from services.issuer.batches.fields import FieldReader, Found, Read
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import WHOLE_ROW, Mark, RawRow, WantedRow
from services.issuer.batches.rules import Rules
from services.issuer.batches.synonyms import OF_ACCOUNTS
from services.issuer.domain import Learner

__all__ = ["RowReader", "Rules", "check_mapping", "read_row"]

_MOST_THINGS = 1000
_OF_MARK = {
    Mark.ERROR: Code.CELL_ERROR,
    Mark.FORMULA: Code.CELL_FORMULA,
    Mark.IMPRECISE: Code.CELL_PRECISION,
    Mark.NESTED: Code.CELL_NESTED,
    Mark.TOO_LONG: Code.CELL_LONG,
}


class RowReader:
    """Reads rows by one mapping; made once for a file, because it is worked out beforehand.

    With `seen`, a row that was there before is a fault; without it, as for a preview, it is not.
    """

    def __init__(
        self, mapping: ColumnMapping, rules: Rules, *, seen: SeenRows | None = None
    ) -> None:
        check_mapping(mapping, rules)
        self._mapping = mapping
        self._rules = rules
        self._seen = seen
        self._width = len(mapping.columns)
        self._read = {one.field: one.index for one in mapping.columns if one.field is not None}
        self._things: dict[UUID | str, str] = {}
        # Who has an account at an institution is named there; edubadges does not send it twice.
        spared = mapping.layout in OF_ACCOUNTS
        self._fields = FieldReader(self._read, rules, spares_names=spared)
        self._person_at = self._read.get(Field.EDU_ID, self._read.get(Field.EMAIL, 0))
        self._reference_at = self._read.get(
            Field.ENROLMENT_REFERENCE, self._read.get(Field.STUDENT_NUMBER, self._person_at)
        )

    def read(self, raw: RawRow) -> WantedRow | tuple[CellFault, ...]:
        """Return the award a row asks for, or every fault in it."""
        number, cells, marks = raw
        found: Found = []
        width = len(cells)
        if marks and marks.get(WHOLE_ROW) is Mark.ERASED:
            return (self._fault(number, (0, Code.ROW_ERASED, "", "")),)
        if marks and marks.get(WHOLE_ROW) is Mark.BROKEN:
            return (self._fault(number, (0, Code.ROW_BROKEN, cells[0] if cells else "", "")),)
        if width != self._width:
            cells = self._of_width(cells, found)
        read = self._fields.read(cells, found)
        if marks:
            found = self._with_marks(raw.cells, marks, found)
        if width < self._width and found:
            found = self._with_end(width, found)
        if found:
            # From left to right, as who mends the row goes; first what shifted all the others.
            found.sort(key=lambda one: (one[1] is not Code.ROW_LONG, one[0]))
            return tuple(self._fault(number, one) for one in found)
        return self._wanted(number, read)

    def _wanted(self, number: int, read: Read) -> WantedRow | tuple[CellFault, ...]:
        which, version, day, edu_id, email, given, family, grade, until, reference, note = read
        thing = self._things.get(which) or self._name(which)
        person = edu_id or (email or "").casefold()
        if reference is None:
            reference = self._own_reference(f"{thing}\x1f{person}")
        seen = self._seen
        if seen is not None:
            earlier = seen.first_row(f"p\x1f{thing}\x1f{person}", number)
            if earlier != number:
                told = (self._person_at, Code.DUPLICATE, person, str(earlier))
                return (self._fault(number, told),)
            earlier = seen.first_row(f"r\x1f{thing}\x1f{reference}", number)
            if earlier != number:
                told = (self._reference_at, Code.DUPLICATE_REFERENCE, reference, str(earlier))
                return (self._fault(number, told),)
        asked = (
            f"{thing}\x1f{version}\x1f{day.toordinal()}\x1f{edu_id}\x1f{email}\x1f{given}"
            f"\x1f{family}\x1f{grade}\x1f{until}\x1f{reference}\x1f{note}"
        )
        return WantedRow(
            number=number,
            microcredential_id=which if isinstance(which, UUID) else None,
            microcredential_version=version,
            microcredential_name=None if isinstance(which, UUID) else which,
            enrolment_reference=reference,
            awarded_on=day,
            learner=Learner(edu_id=edu_id, email=email, given_name=given, family_name=family),
            grade=grade,
            valid_until=until,
            narrative=note,
            fingerprint=blake2b(asked.encode(), key=self._rules.key[:64], digest_size=16).digest(),
        )

    def _name(self, which: UUID | str) -> str:
        """Return what is awarded as it is compared; a file names few things, so it is kept."""
        if len(self._things) > _MOST_THINGS:
            self._things.clear()
        return self._things.setdefault(which, str(which).casefold())

    def _own_reference(self, person: str) -> str:
        """Return a reference that is the same for the same person and award, and tells neither."""
        digest = blake2b(
            person.encode(), key=self._rules.key[:64], person=b"reference", digest_size=15
        )
        return "wm-" + base64.b32encode(digest.digest()).decode().lower()

    def _of_width(self, cells: tuple[str, ...], found: Found) -> tuple[str, ...]:
        width = self._width
        beyond = next(
            (at for at, cell in enumerate(cells[width:], start=width) if cell.strip()), None
        )
        if beyond is not None and self._mapping.is_table:
            found.append((beyond, Code.ROW_LONG, cells[beyond], str(width)))
        return (*cells[:width], *("" for _ in range(width - len(cells))))

    def _with_marks(
        self,
        cells: tuple[str, ...],
        marks: Mapping[int, Mark],
        found: Found,
    ) -> Found:
        """Let what a cell is go before what its text seems to be."""
        held = set(self._read.values())
        marked = [
            (at, _OF_MARK[mark], cells[at], "4000")
            for at, mark in marks.items()
            if at in held and mark in _OF_MARK
        ]
        places = {at for at, *_ in marked}
        unknown = [
            (at, Code.MEMBER_UNKNOWN, cells[at], "")
            for at, mark in marks.items()
            if mark is Mark.UNKNOWN_MEMBER
        ]
        return [*marked, *(one for one in found if one[0] not in places), *unknown]

    def _with_end(self, width: int, found: Found) -> Found:
        """Say once that a row is short, instead of naming each cell that is not there."""
        there = [one for one in found if one[0] < width]
        if len(there) == len(found) or not self._mapping.is_table:
            return found
        return [*there, (width, Code.ROW_SHORT, "", str(self._width))]

    def _fault(self, number: int, told: tuple[int, Code, str, str]) -> CellFault:
        at, code, value, hint = told
        columns = self._mapping.columns
        name = columns[at].header if at < len(columns) else ""
        cell = self._mapping.cell(at, number)
        if code is Code.MEMBER_UNKNOWN:
            name, cell = value, "/" + value.replace(".", "/")
        return CellFault(
            row=number,
            cell=cell,
            column=name,
            code=code,
            found=value,
            hint=hint,
        )


def read_row(
    raw: RawRow, mapping: ColumnMapping, rules: Rules
) -> WantedRow | tuple[CellFault, ...]:
    """Read one row; for more than a few, make a RowReader."""
    return RowReader(mapping, rules).read(raw)


def check_mapping(mapping: ColumnMapping, rules: Rules) -> None:
    """Refuse a mapping by which no row could be read, with everything that is wrong with it."""
    held = {one.field for one in mapping.columns}
    refusals = [
        (Refusal.COLUMN_FORBIDDEN, mapping.cell(one.index, mapping.header_row))
        for one in mapping.columns
        if one.guess is Guess.FORBIDDEN
    ]
    refusals += [
        (
            Refusal.COLUMN_TWICE,
            ", ".join(mapping.cell(one.index, mapping.header_row) for one in same),
        )
        for same in mapping.duplicates
    ]
    if held <= {None}:
        raise FileRefusedError.of((*refusals, (Refusal.HEADER_ABSENT, "")))
    if Field.EDU_ID not in held:
        if Field.EMAIL not in held:
            refusals.append((Refusal.COLUMN_MISSING, "eduID / e-mail"))
        if mapping.layout not in OF_ACCOUNTS and not held & {Field.NAME, Field.FAMILY_NAME}:
            refusals.append((Refusal.COLUMN_MISSING, "voornaam + achternaam / given + family name"))
    if Field.AWARDED_ON not in held and rules.awarded_on is None:
        refusals.append((Refusal.COLUMN_MISSING, "datum / date"))
    if Field.MICROCREDENTIAL not in held and rules.microcredential_id is None:
        refusals.append((Refusal.COLUMN_MISSING, "microcredential"))
    if refusals:
        raise FileRefusedError.of(refusals)
