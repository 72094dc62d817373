"""Files of awards: which format, which columns, which rows, and what is wrong with each. Pure.

In order of use: `detect_format`, `open_rows` (a stream; it has `header`, `peek(5)` and `notices`),
`propose_mapping`, then `RowReader(mapping, rules).read(raw)` for each row, which gives the award
that is wanted or the faults by cell. Nothing is dropped: every row that is not blank comes out.
`read_slices` does this in a thread beside an upload.
"""

from services.issuer.batches.codes import Code
from services.issuer.batches.columns import Column, ColumnMapping, Field, Guess
from services.issuer.batches.duplicates import SeenRows
from services.issuer.batches.faults import CellFault
from services.issuer.batches.feeding import AbandonedError, read_slices
from services.issuer.batches.formats import TYPES, Format, detect_format
from services.issuer.batches.judging import RowReader, check_mapping, read_row
from services.issuer.batches.pieces import Encoding
from services.issuer.batches.proposing import propose_mapping
from services.issuer.batches.reading import Choices, Delimiter, Notice, OpenedRows, open_rows
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import LIMITS, Limits, Mark, RawRow, WantedRow
from services.issuer.batches.rules import Rules
from services.issuer.batches.sentences import Sentence
from services.issuer.batches.writing import (
    FailedRow,
    Failures,
    ResultRow,
    Results,
    TextSheet,
    protected,
    text_sheet,
)

__all__ = [
    "LIMITS",
    "TYPES",
    "AbandonedError",
    "CellFault",
    "Choices",
    "Code",
    "Column",
    "ColumnMapping",
    "Delimiter",
    "Encoding",
    "FailedRow",
    "Failures",
    "Field",
    "FileRefusedError",
    "Format",
    "Guess",
    "Limits",
    "Mark",
    "Notice",
    "OpenedRows",
    "RawRow",
    "Refusal",
    "ResultRow",
    "Results",
    "RowReader",
    "Rules",
    "SeenRows",
    "Sentence",
    "TextSheet",
    "WantedRow",
    "check_mapping",
    "detect_format",
    "open_rows",
    "propose_mapping",
    "protected",
    "read_row",
    "read_slices",
    "text_sheet",
]
