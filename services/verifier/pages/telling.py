"""What a page is told: each verdict with what it is of, and what the page carries along.

Apart from the answer that programs get, which knows nothing of hidden fields; and from the
templates, which decide nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.verifier import operations
from services.verifier.checks.judgement import Verification
from services.verifier.domain.handed import WHOLE, Form, Handed
from services.verifier.domain.verdict import Look, State
from services.verifier.operations import Desk
from services.verifier.pages.handing import Given, Item, Piece
from services.verifier.schemas.verification import CheckAnswer, VerificationAnswer
from shared.contracts.short_codes import likely_meant

_MOST_MEANT: Final = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One verdict, and what it is of."""

    answer: VerificationAnswer
    piece: Piece
    found: str | None = None
    """The credential itself, also where a link or a code led to it."""
    is_shareable: bool = False

    @property
    def item(self) -> Item:
        """Return what was handed in, or refused."""
        return self.piece.item

    @property
    def handed(self) -> Handed | None:
        """Return what was found, if anything was."""
        return self.item if isinstance(self.item, Handed) else None

    @property
    def is_placed(self) -> bool:
        """Say whether it stood somewhere inside what was handed in."""
        return self.item.place != WHOLE

    @property
    def why(self) -> CheckAnswer | None:
        """Return the check that decided, unless all is well."""
        verdict = self.answer.verdict
        if verdict.state is State.VALID:
            return None
        return next((one for one in self.answer.checks if one.code is verdict.code), None)

    @property
    def meant(self) -> Sequence[str]:
        """Return the codes that a mistyped one may have been."""
        handed = self.handed
        if handed is None or handed.form is not Form.SHORT_CODE:
            return ()
        return likely_meant(handed.text)[:_MOST_MEANT]


async def judge(desk: Desk, given: Given, *, now: datetime) -> list[Shown]:
    """Judge everything that was handed in, in its order."""
    shown: list[Shown] = []
    for piece in given.items:
        item = piece.item
        if isinstance(item, Handed):
            made = await operations.verify_handed(desk, item, asked=given.asked, now=now)
            shown += [_show(piece, item, one) for one in made]
        else:
            refused = await operations.refuse(desk, item, now=now)
            shown.append(Shown(VerificationAnswer.of(refused), piece))
    return shown


def _show(piece: Piece, item: Handed, made: Verification) -> Shown:
    return Shown(
        VerificationAnswer.of(made),
        piece,
        found=made.opened or item.text,
        is_shareable=operations.is_shareable(item, made),
    )


def choose(shown: Sequence[Shown], wanted: int | None) -> int | None:
    """Return which one to show by itself, from 1: the one that is wanted, or the only one."""
    if wanted is not None and wanted <= len(shown):
        return wanted
    return 1 if len(shown) == 1 else None


def count_looks(shown: Sequence[Shown]) -> Mapping[Look, int]:
    """Count the verdicts of each colour, the best first; colours nobody has are left out."""
    counted = Counter(one.answer.verdict.look for one in shown)
    return {look: counted[look] for look in Look if counted[look]}
