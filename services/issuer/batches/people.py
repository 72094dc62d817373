"""Whom a row may be about: every address and eduID in it, as they are compared everywhere.

Apart from judging, because this looks for people also in rows that are no award: an erasure must
find somebody in a row that failed, in a column nobody reads, and in a slice nobody read yet.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import Final

from services.issuer.batches.columns import ColumnMapping, Field
from services.issuer.batches.rows import RawRow
from shared.proofs.pseudonyms import IdentifierRefusedError, normalise_identifier

MARK_BYTES: Final = 8
_PLAIN: Final = re.compile(r"[a-z0-9._+-]+@[a-z0-9.-]+")
_INSIDE: Final = re.compile(r"[^\s@,;:<>()\"'\[\]|]+@[^\s@,;:<>()\"'\[\]|]+")


class PeopleMarks:
    """Marks people in the rows of one batch, under a key of that batch: only equal marks tell."""

    def __init__(self, key: bytes, mapping: ColumnMapping | None = None) -> None:
        self._key = key
        column = None if mapping is None else mapping.column_of(Field.EDU_ID)
        self._edu_id = -1 if column is None else column.index

    def of_person(self, identifier: str) -> bytes:
        """Return the mark of somebody, however their identifier is written."""
        return self._mark(normalise_identifier(identifier))

    def of_row(self, row: RawRow) -> set[bytes]:
        """Return the marks of everybody a row may be about."""
        marks = set()
        for at, cell in enumerate(row.cells):
            if "@" in cell:
                if _PLAIN.fullmatch(cell):
                    marks.add(self._mark(cell))
                else:
                    marks.update(self._of_texts(_addresses(cell)))
            elif at == self._edu_id and cell:
                marks.update(self._of_texts((cell,)))
        return marks

    def of_rows(self, rows: Iterable[RawRow]) -> bytes:
        """Return the marks of everybody in these rows, each once, one after another."""
        marks: set[bytes] = set()
        for row in rows:
            marks |= self.of_row(row)
        return b"".join(sorted(marks))

    def _of_texts(self, texts: Iterable[str]) -> Iterator[bytes]:
        for text in texts:
            with suppress(IdentifierRefusedError):
                yield self.of_person(text)

    def _mark(self, normalised: str) -> bytes:
        return blake2b(normalised.encode(), key=self._key, digest_size=MARK_BYTES).digest()


def _addresses(cell: str) -> Iterator[str]:
    """Yield what may be an address in a cell: as it stands, without blanks, and what is inside."""
    yield cell
    yield "".join(cell.split())
    yield from (one.strip(".") for one in _INSIDE.findall(cell))
