"""What is said of a row besides what it comes to: each fault, cell by cell, in both languages.

Apart from the faults of files, because rules of the domain and what was there before speak too.
A remark may quote the file, so it is kept under the seal of its batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from pydantic_core import from_json, to_json

from services.issuer.batches.columns import Column, ColumnMapping, Field
from services.issuer.batches.faults import CellFault, place_of
from services.issuer.batches.rows import WHOLE_ROW
from services.issuer.batches.sentences import Sentence
from services.issuer.batches.wordings import Code
from shared.errors import Fault, WaarmerkError

_FIELDS = {
    "/awardedOn": Field.AWARDED_ON,
    "/result/grade": Field.GRADE,
    "/validUntil": Field.VALID_UNTIL,
    "/microcredentialId": Field.MICROCREDENTIAL,
    "/enrolmentReference": Field.ENROLMENT_REFERENCE,
    "/learner/email": Field.EMAIL,
}
# Which column is named when none holds a thing by itself.
_INSTEAD = {
    Field.ENROLMENT_REFERENCE: (Field.STUDENT_NUMBER, Field.EDU_ID, Field.EMAIL),
    Field.EDU_ID: (Field.EMAIL,),
    Field.EMAIL: (Field.EDU_ID,),
    Field.FAMILY_NAME: (Field.NAME, Field.GIVEN_NAME),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to be said of one cell, or of a whole row."""

    cell: str
    column: str
    code: str
    nl: str = field(repr=False)
    en: str = field(repr=False)
    found: str = field(default="", repr=False)

    @property
    def message(self) -> Sentence:
        """Say it in both languages."""
        return Sentence(self.nl, self.en)

    @classmethod
    def of_cell(cls, fault: CellFault) -> Self:
        """Say what is wrong with a cell."""
        said = fault.message
        return cls(
            cell=fault.cell,
            column=fault.column,
            code=fault.code.value,
            nl=said.nl,
            en=said.en,
            found=fault.found,
        )

    @classmethod
    def of_rule(cls, fault: Fault, mapping: ColumnMapping, *, line: int) -> Self:
        """Say which rule a row breaks, at the cell that its pointer comes from."""
        column = None
        if fault.pointer in _FIELDS:
            column = _column(_FIELDS[fault.pointer], mapping)
        cell = mapping.cell(WHOLE_ROW if column is None else column.index, line)
        where = place_of(cell, line)
        return cls(
            cell=cell,
            column="" if column is None else column.header,
            code=fault.code,
            nl=f"{where.nl}: {fault.dutch}",
            en=f"{where.en}: {fault.detail}",
        )


def remarks_of_error(
    error: WaarmerkError, mapping: ColumnMapping, *, line: int, pointer: str = ""
) -> list[Remark]:
    """Say why a rule refused a row."""
    faults: Sequence[Fault] = getattr(error, "faults", ()) or (
        Fault(pointer, error.code, error.detail, error.detail_in_dutch),
    )
    return [Remark.of_rule(fault, mapping, line=line) for fault in faults]


def remark_at(
    code: Code,
    field: Field,
    mapping: ColumnMapping,
    *,
    line: int,
    found: str | Sentence = "",
    hint: str | Sentence = "",
) -> Remark:
    """Say one of the wordings of files at the column that holds this, or what stands for it."""
    column = _column(field, mapping)
    dutch, english = (
        CellFault(
            row=line,
            cell=mapping.cell(WHOLE_ROW if column is None else column.index, line),
            column="" if column is None else column.header,
            code=code,
            found=found[language] if isinstance(found, Sentence) else found,
            hint=hint[language] if isinstance(hint, Sentence) else hint,
        )
        for language in ("nl", "en")
    )
    return replace(Remark.of_cell(dutch), en=english.message.en)


def _column(field: Field, mapping: ColumnMapping) -> Column | None:
    places = (mapping.column_of(one) for one in (field, *_INSTEAD.get(field, ())))
    return next((one for one in places if one is not None), None)


def write_remarks(remarks: Sequence[Remark]) -> bytes:
    """Write remarks as they are kept under seal."""
    return to_json([[one.cell, one.column, one.code, one.nl, one.en, one.found] for one in remarks])


def read_remarks(written: bytes) -> list[Remark]:
    """Read what `write_remarks` wrote."""
    return [
        Remark(cell=cell, column=column, code=code, nl=nl, en=en, found=found)
        for cell, column, code, nl, en, found in from_json(written)
    ]
