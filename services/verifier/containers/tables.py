"""Every cell or line that is a proof, a link or a code, with its row.

Apart from workbooks, which give their cells to the same rule. Which column they stand in is not
asked: whoever made the list knows, and what is no proof is passed over.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from services.verifier.containers.contents import Contents, Found, NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.containers.texts import proofs_in_prose, recognise
from services.verifier.domain.handed import IntakeRefusal, Place
from services.verifier.domain.refusals import RefusalCode

_DELIMITERS: Final = (";", "\t", ",", "|")
_SAMPLE: Final = 20
_SEPARATOR_LINE: Final = "sep="
_DOCUMENT: Final = "{"


def find_delimiter(text: str) -> str | None:
    """Return what stands between the cells of a table, or None when this is no table."""
    lines = [line for line in text[:65536].splitlines() if line.strip()][:_SAMPLE]
    if lines and lines[0].lower().startswith(_SEPARATOR_LINE):
        return lines[0][len(_SEPARATOR_LINE) :].strip(" ") or None
    counts = {one: sum(one in line for line in lines) for one in _DELIMITERS}
    best = max(_DELIMITERS, key=counts.__getitem__)
    # A sentence has a comma; a table has one on nearly every line.
    is_table = len(lines) > 1 and counts[best] >= 0.8 * len(lines)
    return best if is_table else None


def read_table(text: str, limits: Limits) -> Contents:
    """Return what a CSV file, or else each line of a text, holds."""
    delimiter = find_delimiter(text)
    if delimiter is None:
        return read_rows(_numbered([line] for line in text.splitlines()), limits)
    before = csv.field_size_limit(limits.text_bytes)  # Of the whole process: it is put back.
    try:
        reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        return read_rows(_numbered(reader), limits)
    except (csv.Error, TypeError, ValueError):  # Which of them depends on the Python.
        raise NotReadError(RefusalCode.TABLE_DAMAGED) from None
    finally:
        csv.field_size_limit(before)


def read_rows(rows: Iterable[tuple[Place, Sequence[object]]], limits: Limits) -> Contents:
    """Return what the cells of a table hold, row by row."""
    found: list[Found] = []
    for number, (place, cells) in enumerate(rows, 1):
        if number > limits.rows:
            return _cut(found, RefusalCode.TABLE_ROWS_LEFT)
        for cell in cells[: limits.columns]:
            if not isinstance(cell, str):
                continue
            for text in _proofs(cell):
                if len(found) == limits.proofs:
                    return _cut(found, RefusalCode.PROOFS_MANY)
                found.append(Found(content=text.encode("utf-8", "replace"), place=place))
    return Contents(found=tuple(found))


def _numbered(rows: Iterable[Sequence[str]]) -> Iterator[tuple[Place, Sequence[str]]]:
    return ((Place(row=number), cells) for number, cells in enumerate(rows, 1))


def _proofs(cell: str) -> Iterator[str]:
    bare = cell.strip()
    if bare.startswith(_DOCUMENT) or recognise(bare) is not None:
        yield bare
    else:
        yield from proofs_in_prose(bare)


def _cut(found: Sequence[Found], code: RefusalCode) -> Contents:
    return Contents(found=tuple(found), refusals=(IntakeRefusal(code=code),))
