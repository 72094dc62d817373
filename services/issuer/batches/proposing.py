"""What each column probably holds: by its header, typing errors forgiven, and by its first values.

Pure, and only a proposal: it is shown with the first rows, and its sender may overrule it.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from services.issuer.batches.columns import Column, ColumnMapping, Field, Guess
from services.issuer.batches.rows import RawRow
from services.issuer.batches.synonyms import (
    EXACT,
    LAYOUTS,
    MEMBERS,
    NOT_NEEDED,
    is_forbidden,
)

_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^]]*\]")
_TYPO_LENGTH: Final = 5
_ALIKE: Final = 0.84
_MOST_OF: Final = 0.8
_LONGEST_HEADER: Final = 100
_BY_VALUE: Final[dict[Field, re.Pattern[str]]] = {
    Field.EMAIL: re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    Field.EDU_ID: re.compile(r"urn:(?:uuid|mace):[!-~]+", re.IGNORECASE),
}
_WORDS: Final = [word for word in EXACT if len(word) >= _TYPO_LENGTH]
_NAMES: Final = (Field.GIVEN_NAME, Field.FAMILY_NAME)


def word_of(header: str) -> str:
    """Return a header as it is compared: small letters and digits, without accents."""
    plain = unicodedata.normalize("NFKD", header[:_LONGEST_HEADER]).casefold()
    return "".join(one for one in plain if one.isalnum())


def recognised(header: Sequence[str]) -> int:
    """Return how many different things these cells are known to name, typing errors aside."""
    found = {EXACT[word][0] for word in map(word_of, header) if word in EXACT}
    return len(found) + sum(is_forbidden(word_of(one)) for one in header)


def propose_mapping(
    header: RawRow, sample: Iterable[RawRow] = (), *, is_table: bool = True
) -> ColumnMapping:
    """Propose what each column holds, from the header and the first rows."""
    rows = list(sample)
    columns = [_column(index, text) for index, text in enumerate(header.cells)]
    columns = _by_values(columns, rows)
    columns = _one_of_each(_without_whole_name(columns))
    return ColumnMapping(
        columns=tuple(columns),
        header_row=header.number,
        is_table=is_table,
        layout=_layout({word_of(text) for text in header.cells}),
    )


def _column(index: int, header: str) -> Column:
    path, _, last = header.rpartition(".")
    words = [word_of(header), word_of(_BRACKETS.sub("", header)), word_of(last)]
    if path and word_of(path) not in MEMBERS and EXACT.get(words[-1], (None, 1.0))[1] < 1:
        # "Geb.datum" is an abbreviation, "learner.name" a path: a weak word may not tell.
        words.pop()
    if any(map(is_forbidden, words)):
        return Column(index=index, header=header, field=None, guess=Guess.FORBIDDEN)
    for word in words:
        if word in EXACT:
            field, confidence = EXACT[word]
            return Column(
                index=index, header=header, field=field, confidence=confidence, guess=Guess.EXACT
            )
    if any(word in NOT_NEEDED for word in words):
        return Column(index=index, header=header, field=None, guess=Guess.NOT_NEEDED)
    return _by_likeness(index, header, words[0])


def _by_likeness(index: int, header: str, word: str) -> Column:
    close = difflib.get_close_matches(word, _WORDS, n=1, cutoff=_ALIKE)
    if len(word) < _TYPO_LENGTH or not close:
        return Column(index=index, header=header, field=None)
    field, confidence = EXACT[close[0]]
    return Column(
        index=index,
        header=header,
        field=field,
        confidence=round(0.75 * confidence, 2),
        guess=Guess.TYPO,
    )


def _by_values(columns: list[Column], rows: Sequence[RawRow]) -> list[Column]:
    """Recognise a column without a known header by what is in it, if nothing else holds that."""
    held = {one.field for one in columns}
    for field, pattern in _BY_VALUE.items():
        if field in held:
            continue
        for at, column in enumerate(columns):
            values = [row.cells[at].strip() for row in rows if at < len(row.cells)]
            filled = [value for value in values if value]
            fitting = sum(pattern.fullmatch(value) is not None for value in filled)
            if column.guess is Guess.UNKNOWN and filled and fitting >= _MOST_OF * len(filled):
                columns[at] = replace(column, field=field, confidence=0.6, guess=Guess.VALUES)
                break
    return columns


def _without_whole_name(columns: list[Column]) -> list[Column]:
    """Leave a whole name unread where its parts are there too."""
    held = {one.field for one in columns}
    if not all(name in held for name in _NAMES):
        return columns
    return [
        replace(one, field=None, confidence=0.0, guess=Guess.NOT_NEEDED)
        if one.field is Field.NAME
        else one
        for one in columns
    ]


def _one_of_each(columns: list[Column]) -> list[Column]:
    """Keep the surest column of each kind; equally sure ones stay, for their sender to choose."""
    best: dict[Field, float] = {}
    for one in columns:
        if one.field is not None:
            best[one.field] = max(best.get(one.field, 0.0), one.confidence)
    return [
        replace(one, field=None, confidence=0.0, guess=Guess.TWICE)
        if one.field is not None and one.confidence < best[one.field]
        else one
        for one in columns
    ]


def _layout(words: set[str]) -> str | None:
    return next((name for name, needed in LAYOUTS.items() if needed <= words), None)
