"""The results of a batch as a table for a spreadsheet; it names no person.

Apart from the answer in JSON: a file is kept, mailed and opened by programs, so it says of each
entry what the verdict is and what it is about, and leaves out who earned it.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from services.verifier.batches.rows import Row, find_repeats
from services.verifier.domain.text import Text
from shared.runtime.spreadsheet import write_csv, write_xlsx

TITLE: Final = Text(nl="Controle", en="Verification")
HEADERS: Final = (
    Text(nl="Nummer", en="Number"),
    Text(nl="Bestand of regel", en="File or line"),
    Text(nl="Oordeel", en="Verdict"),
    Text(nl="Toestand", en="State"),
    Text(nl="Kleur", en="Colour"),
    Text(nl="Uitgever", en="Issuer"),
    Text(nl="Microcredential", en="Microcredential"),
    Text(nl="Omvang", en="Size"),
    Text(nl="Datum", en="Date"),
    Text(nl="Testbewijs", en="Test credential"),
    Text(nl="Eerste controle die niet slaagt", en="First check that is not passed"),
    Text(nl="Code", en="Code"),
    Text(nl="Hetzelfde als nummer", en="The same as number"),
)
_DELIMITER: Final = Text(nl=";", en=",")
_YES: Final = Text(nl="ja", en="yes")


def results_as_csv(rows: Sequence[Row], *, language: str) -> bytes:
    """Return the results as CSV, a line for each row in order; `language` is nl or en."""
    cells = _cells(rows, language)
    return write_csv(_headers(language), cells, delimiter=_said(_DELIMITER, language))


def results_as_xlsx(rows: Sequence[Row], *, language: str) -> bytes:
    """Return the results as a workbook, a line for each row in order; `language` is nl or en."""
    file = io.BytesIO()
    write_xlsx(_said(TITLE, language), _headers(language), _cells(rows, language), file)
    return file.getvalue()


def _headers(language: str) -> list[str]:
    return [_said(header, language) for header in HEADERS]


def _cells(rows: Sequence[Row], language: str) -> Iterator[tuple[str, ...]]:
    repeats = find_repeats(rows)
    for row in rows:
        stumble = row.stumble
        yield (
            str(row.number),
            row.name,
            _said(row.title, language),
            row.state.value,
            row.look.value,
            _said(row.issuer, language),
            row.what or "",
            _said(row.size, language),
            _day(row.awarded_on),
            _said(_YES, language) if row.is_test else "",
            f"{stumble.number}. {_said(stumble.title, language)}" if stumble else "",
            stumble.code if stumble else row.code,
            str(repeats.get(row.number, "")),
        )


def _said(text: Text | None, language: str) -> str:
    if text is None:
        return ""
    return text.en if language == "en" else text.nl


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
