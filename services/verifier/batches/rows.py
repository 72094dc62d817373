"""The row of one entry: what a verdict says in a line, and which row it repeats.

Apart from the answer a single verification gets, which is far more than fits in a table. Each entry
has exactly one, also when there was nothing to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from services.verifier.batches.entries import Refusal
from services.verifier.domain.findings import Check
from services.verifier.domain.text import Text
from services.verifier.domain.verdict import LOOKS, Look, State

GIVEN_UP: Final = Refusal(
    "given-up",
    Text(
        nl="Het controleren van dit bestand ging steeds mis. We weten dus niet of het klopt.",
        en="Checking this file went wrong each time. So we do not know whether it is right.",
    ),
    State.CANNOT_CHECK,
)
TOO_SLOW: Final = Refusal(
    "took-too-long",
    Text(
        nl="Het controleren van dit bestand duurde te lang. We weten dus niet of het klopt.",
        en="Checking this file took too long. So we do not know whether it is right.",
    ),
    State.CANNOT_CHECK,
)
FAULT: Final = Refusal(
    "internal-error",
    Text(
        nl="Bij het controleren ging bij ons iets mis. We weten dus niet of dit klopt.",
        en="Something went wrong on our side. So we do not know whether this is right.",
    ),
    State.CANNOT_CHECK,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stumble:
    """The first check that a credential did not pass, or that could not be made."""

    number: int
    check: Check
    code: str
    title: Text
    explanation: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one entry; nothing of a credential that is not believed."""

    number: int
    name: str = field(repr=False)
    state: State
    look: Look
    code: str
    title: Text
    is_test: bool = False
    issuer: Text | None = None
    what: str | None = field(default=None, repr=False)
    size: Text | None = None
    awarded_on: date | None = field(default=None, repr=False)
    who: str | None = field(default=None, repr=False)
    stumble: Stumble | None = None
    digest: str = field(default="", repr=False)
    credential_id: str | None = field(default=None, repr=False)


_ROW: Final = TypeAdapter(Row)


def refused(number: int, name: str, refusal: Refusal, *, digest: str = "") -> Row:
    """Return the row of an entry that has no verdict: not readable, or not checked; never green."""
    return Row(
        number=number,
        name=name,
        state=refusal.state,
        look=LOOKS[refusal.state],
        code=refusal.code,
        title=refusal.sentence,
        digest=digest,
    )


def write_row(row: Row) -> bytes:
    """Write a row down, to be sealed."""
    return _ROW.dump_json(row)


def read_row(written: bytes) -> Row:
    """Read what `write_row` wrote."""
    return _ROW.validate_json(written)


def find_repeats(rows: Sequence[Row]) -> dict[int, int]:
    """Return which rows repeat an earlier one, and its number: the same bytes or credential."""
    first: dict[str, int] = {}
    repeats: dict[int, int] = {}
    for row in rows:
        marks = [mark for mark in (row.digest, row.credential_id) if mark]
        earlier = min((first[mark] for mark in marks if mark in first), default=row.number)
        if earlier < row.number:
            repeats[row.number] = earlier
        for mark in marks:
            first.setdefault(mark, earlier)
    return repeats
