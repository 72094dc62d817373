"""One fault in one cell, named as a spreadsheet names it: row, cell, found, expected, proposal.

Apart from the wordings, because a fault is kept as its code, and said when somebody asks. Found and
proposed may be a person's: they are for the sender of the file, never for `repr`, a log or an
event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.issuer.batches.codes import Code
from services.issuer.batches.sentences import Sentence, quoted
from services.issuer.batches.wordings import MEANT, WORDINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """One fault; `hint` is what was probably meant, or what it collides with."""

    row: int
    cell: str
    column: str = ""
    code: Code
    found: str = field(default="", repr=False)
    hint: str = field(default="", repr=False)

    @property
    def expected(self) -> Sentence:
        """Say what belongs there."""
        return WORDINGS[self.code].expected.filled(hint=self.hint)

    @property
    def proposal(self) -> Sentence:
        """Say what to do about it."""
        wording = WORDINGS[self.code]
        said = wording.proposal.filled(hint=self.hint)
        if not (wording.asks and self.hint):
            return said
        meant = MEANT.filled(hint=self.hint)
        return Sentence(f"{said.nl} {meant.nl}", f"{said.en} {meant.en}")

    @property
    def message(self) -> Sentence:
        """Say it whole, beginning with the cell, or the row when it is of no cell."""
        wording = WORDINGS[self.code]
        found = wording.found.filled(found=quoted(self.found), hint=self.hint)
        expected, proposal = self.expected, self.proposal
        where = place_of(self.cell, self.row)
        return Sentence(
            _line(where.nl, found.nl, "Verwacht", expected.nl, proposal.nl),
            _line(where.en, found.en, "Expected", expected.en, proposal.en),
        )

    def as_json(self) -> dict[str, object]:
        """Return the fault as the API and the download say it."""
        said = {
            "expected": self.expected,
            "proposal": self.proposal,
            "message": self.message,
        }
        return {
            "row": self.row,
            "cell": self.cell,
            "column": self.column,
            "code": self.code.value,
            "found": self.found,
            **{name: {"nl": text.nl, "en": text.en} for name, text in said.items()},
        }

    def as_stored(self) -> dict[str, object]:
        """Return what is kept of a fault: the words are made again from the code."""
        return {
            "row": self.row,
            "cell": self.cell,
            "column": self.column,
            "code": self.code.value,
            "found": self.found,
            "hint": self.hint,
        }

    @classmethod
    def from_stored(cls, kept: Mapping[str, object]) -> "CellFault":
        """Return a fault out of what was kept of it."""
        return cls(
            row=int(str(kept["row"])),
            cell=str(kept["cell"]),
            column=str(kept["column"]),
            code=Code(str(kept["code"])),
            found=str(kept["found"]),
            hint=str(kept["hint"]),
        )


def place_of(cell: str, row: int) -> Sentence:
    """Name the cell, or the row when something is of no cell: a number alone says too little."""
    if cell == "/":
        return Sentence(f"Toekenning {row}", f"Award {row}")
    return Sentence(f"Rij {row}", f"Row {row}") if cell == str(row) else Sentence(cell, cell)


def _line(cell: str, found: str, word: str, expected: str, proposal: str) -> str:
    middle = f" {word}: {expected}." if expected else ""
    end = f" {proposal}" if proposal else ""
    return f"{cell}: {found}{middle}{end}"
