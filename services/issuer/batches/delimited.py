"""CSV as it is met: any usual delimiter, RFC 4180 quotes and line breaks, ragged and broken rows.

Apart from other formats. A row whose quotes are wrong is a row by itself: the lines after it are
read anew, so that one stray quote swallows nothing.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Final

from services.issuer.batches.pieces import Text, lines
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import WHOLE_ROW, Limits, Mark, RawRow

DELIMITERS: Final = (";", ",", "\t", "|")
_SAMPLE_LINES: Final = 40
_SAMPLE_TEXT: Final = 64 * 1024
_RECORD_LINES: Final = 1000
_MOST_RUNAWAYS: Final = 20
_TOP_ROWS: Final = 10
_SEPARATOR_LINE: Final = re.compile(r"sep=(?P<delimiter>[;,\t|])\r?\n?", re.IGNORECASE)
_BROKEN: Final = {WHOLE_ROW: Mark.BROKEN}


class _Lines(Iterator[str]):
    """Lines for one record at a time: what a broken record took can be given back."""

    def __init__(self, source: Iterator[str], limit: int) -> None:
        self._source = source
        self._limit = limit
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self._size = 0

    def begin(self) -> None:
        """Begin a new record."""
        self.taken.clear()
        self._size = 0

    @property
    def has_run_away(self) -> bool:
        """Say whether this record took so much that reading it anew must not happen often."""
        return self._size > self._limit // 16 or len(self.taken) > _RECORD_LINES // 2

    def __next__(self) -> str:
        """Return the next line of this record."""
        line = self._again.popleft() if self._again else next(self._source)
        self.taken.append(line)
        self._size += len(line)
        if self._size > self._limit or len(self.taken) > _RECORD_LINES:
            raise csv.Error
        return line

    def give_back(self) -> str:
        """Put back all but the first line of this record, and return that one."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        return first


class Delimited:
    """The rows of a CSV file; its delimiter is found before its first row is read."""

    def __init__(
        self,
        text: Text,
        *,
        delimiter: str | None,
        understood: Callable[[Sequence[str]], int],
        limits: Limits,
    ) -> None:
        begin = list(_first(text))
        sample = "".join(begin)
        found = _SEPARATOR_LINE.match(sample)
        if found is not None:
            begin = [sample[found.end() :]]
            sample = begin[0]
        said = found["delimiter"] if found else None
        self.delimiter = delimiter or said or find_delimiter(sample, understood)
        self._columns = limits.columns
        self._lines = _Lines(
            lines(chain(begin, text), limit=limits.row_bytes), limit=limits.row_bytes
        )

    def __iter__(self) -> Iterator[RawRow]:
        """Give every record as a row; a broken one is its first line."""
        waiting = self._lines
        reader = csv.reader(waiting, delimiter=self.delimiter, strict=True)
        number = runaways = 0
        while True:
            number += 1
            waiting.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                runaways += waiting.has_run_away
                if runaways > _MOST_RUNAWAYS:
                    raise FileRefusedError(Refusal.QUOTE_OPEN, number, row=number) from None
                yield _broken(number, waiting.give_back())
                continue
            if len(cells) > self._columns:
                if number <= _TOP_ROWS:
                    raise FileRefusedError(Refusal.COLUMNS_MANY, self._columns, row=number)
                yield _broken(number, "".join(waiting.taken))
            else:
                yield RawRow(number, tuple(cells))


def find_delimiter(sample: str, understood: Callable[[Sequence[str]], int]) -> str:
    """Return the delimiter by which most of a header is understood, and the rows are as wide."""

    def merit(delimiter: str) -> tuple[int, int, int]:
        rows = [row for row in _sampled(sample, delimiter) if any(row)]
        widths = [len(row) for row in rows]
        usual = max(widths, key=widths.count, default=0)
        alike = widths.count(usual) if usual > 1 else 0
        return max(map(understood, rows), default=0), alike, usual

    return max(DELIMITERS, key=merit)


def _sampled(sample: str, delimiter: str) -> Iterable[Sequence[str]]:
    reader = csv.reader(sample.splitlines(keepends=True), delimiter=delimiter)
    rows: list[Sequence[str]] = []
    with suppress(csv.Error):
        rows.extend(islice(reader, _SAMPLE_LINES))
    return rows


def _first(text: Text) -> Iterator[str]:
    size = 0
    for part in text:
        size += len(part)
        yield part
        if size >= _SAMPLE_TEXT:
            return


def _broken(number: int, text: str) -> RawRow:
    return RawRow(number, (text.rstrip("\r\n"),), _BROKEN)
