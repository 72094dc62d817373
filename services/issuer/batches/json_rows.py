"""Awards in JSON, one document or one object a line, read one by one as rows.

Apart from CSV, and alike at the end: a member inside another is a column with a dot in its name
(learner.email). Digits stay as they were written. Names that occur twice are refused (RFC 7493).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NoReturn

from services.issuer.batches.pieces import DAMAGED, Text, lines
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import WHOLE_ROW, Limits, Mark, RawRow

LIST_NAME: Final = "awards"
_HEADER_FROM: Final = 100
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_NOT_TEXT: Final = re.compile("[\0\ud800-\udfff]")
_BROKEN: Final = {WHOLE_ROW: Mark.BROKEN}


class _BrokenJsonError(ValueError):
    """The text has more than one meaning, or none."""


def _one_meaning(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _BrokenJsonError
    return members


def _refuse(_name: str) -> NoReturn:
    raise _BrokenJsonError


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_one_meaning, parse_int=str, parse_float=str, parse_constant=_refuse
)


class JsonRows:
    """The awards as rows, under a header of the names that the first hundred have."""

    def __init__(self, values: Iterator[tuple[int, object]], *, limits: Limits) -> None:
        first = list(islice(values, _HEADER_FROM))
        names: dict[str, None] = {}
        for _, value in first:
            if isinstance(value, dict):
                names.update(dict.fromkeys(_names(value)))
        if len(names) > limits.columns:
            raise FileRefusedError(Refusal.COLUMNS_MANY, limits.columns)
        self.header = RawRow(0, tuple(_clean(name) for name in names))
        self._at = {name: at for at, name in enumerate(names)}
        self._first = first
        self._values = values

    def __iter__(self) -> Iterator[RawRow]:
        """Give every award as a row."""
        for number, value in self._first:
            yield self._row(number, value)
        self._first = []
        for number, value in self._values:
            yield self._row(number, value)

    def _row(self, number: int, value: object) -> RawRow:
        if not isinstance(value, dict):
            return RawRow(number, (_shown(value),), _BROKEN)
        cells = [""] * len(self._at)
        marks: dict[int, Mark] = {}
        for name, member in value.items():
            if type(member) is dict:
                for inner, one in member.items():
                    self._put(cells, marks, f"{name}.{inner}", one)
            else:
                self._put(cells, marks, name, member)
        return RawRow(number, tuple(cells), marks) if marks else RawRow(number, tuple(cells))

    def _put(self, cells: list[str], marks: dict[int, Mark], name: str, value: object) -> None:
        at = self._at.get(name)
        if at is None:
            marks[len(cells)] = Mark.UNKNOWN_MEMBER
            cells.append(_clean(name))
        elif type(value) is str and value.isascii() and "\0" not in value:
            cells[at] = value
        else:
            cells[at], mark = _cell(value)
            if mark is not None:
                marks[at] = mark


def _names(value: Mapping[str, object]) -> Iterator[str]:
    """Give the names of the members of an award and of what is directly inside it."""
    for name, member in value.items():
        if isinstance(member, dict):
            yield from (f"{name}.{inner}" for inner in member)
        else:
            yield name


def _cell(value: object) -> tuple[str, Mark | None]:
    if value is None:
        return "", None
    if isinstance(value, str):
        return _clean(value), None
    if isinstance(value, bool):
        return ("true" if value else "false"), None
    return _shown(value), Mark.NESTED


def _clean(text: str) -> str:
    return _NOT_TEXT.sub(DAMAGED, text)


def _shown(value: object) -> str:
    return _clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def ndjson_values(text: Text, *, limits: Limits) -> Iterator[tuple[int, object]]:
    """Give each line as a value; a line that is no JSON is its own text, and the next is read."""
    for number, line in enumerate(lines(text, limit=limits.row_bytes), start=1):
        if line.isspace():
            continue
        try:
            yield number, _DECODER.decode(line)
        except (ValueError, RecursionError):
            yield number, line.rstrip("\r\n")


def json_values(text: Text, *, limits: Limits) -> Iterator[tuple[int, object]]:
    """Give each award of a JSON document as a value: of a list, or of `awards` in an object."""
    return _Document(text, limits.row_bytes).values()


class _Document:
    """A JSON document that is read from left to right and never held whole."""

    def __init__(self, texts: Iterable[str], limit: int) -> None:
        self._texts = iter(texts)
        self._limit = limit
        self._held = ""
        self._at = 0
        self._number = 0

    def values(self) -> Iterator[tuple[int, object]]:
        opening = self._next_sign()
        if opening == "[":
            yield from self._items()
        elif opening == "{":
            yield from self._members()
        else:
            raise FileRefusedError(Refusal.JSON_SHAPE)
        if self._peek():
            self._fail()

    def _members(self) -> Iterator[tuple[int, object]]:
        """Pass over the members of the object that holds the list, and read the list."""
        is_found = False
        while not is_found or self._peek() != "}":
            name = self._value()
            if self._next_sign() != ":" or not isinstance(name, str):
                self._fail()
            if name == LIST_NAME:
                if is_found or self._next_sign() != "[":
                    raise FileRefusedError(Refusal.JSON_SHAPE)
                is_found = True
                yield from self._items()
            else:
                self._value()
            if self._peek() == ",":
                self._next_sign()
                if self._peek() == "}":
                    self._fail()
            elif self._peek() != "}":
                self._fail()
            elif not is_found:
                raise FileRefusedError(Refusal.JSON_SHAPE)
        self._next_sign()

    def _items(self) -> Iterator[tuple[int, object]]:
        if self._peek() == "]":
            self._next_sign()
            return
        while True:
            self._number += 1
            yield self._number, self._value()
            sign = self._next_sign()
            if sign == "]":
                return
            if sign != ",":
                self._fail()

    def _peek(self) -> str:
        """Return the next sign that is no white space, or nothing at the end."""
        while True:
            match = _SPACE.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._fill():
                return ""

    def _next_sign(self) -> str:
        sign = self._peek()
        self._at += len(sign)
        return sign

    def _value(self) -> object:
        """Read one value; what is cut off by the end of a piece is read again with the next."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except _BrokenJsonError:
                self._fail()
            except (ValueError, RecursionError):
                end = -1
            else:
                if end < len(self._held) or not self._fill():
                    self._at = end
                    return value
                continue
            if len(self._held) - self._at > self._limit:
                raise FileRefusedError(Refusal.ROW_LARGE, self._number, row=self._number)
            if not self._fill():
                self._fail()

    def _fill(self) -> bool:
        text = next(self._texts, None)
        if text is None:
            return False
        self._held = self._held[self._at :] + text
        self._at = 0
        return True

    def _fail(self) -> NoReturn:
        raise FileRefusedError(Refusal.JSON_BROKEN, max(self._number, 1), row=self._number)
