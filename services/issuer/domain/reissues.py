"""Signing anew what a lost key signed: how far that is, in passes over the organisation's awards.

A pass begins where the last slice ended, so a killed one goes on. It ends when no award is left
behind it; when it met corrections that somebody else had under way, another pass follows.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one award."""

    REISSUED = "reissued"
    LEFT_ALONE = "left-alone"
    UNDER_WAY = "under-way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue:
    """How far we are with one key; `last_number` is the last award that was looked at."""

    kid: str
    organisation: str
    last_number: int
    reissued: int
    left_alone: int
    under_way: int
    began_at: datetime
    finished_at: datetime | None

    def after(self, outcomes: list[Outcome], *, last_number: int) -> "Reissue":
        """Return how far we are after a slice."""
        return replace(
            self,
            last_number=last_number,
            reissued=self.reissued + outcomes.count(Outcome.REISSUED),
            left_alone=self.left_alone + outcomes.count(Outcome.LEFT_ALONE),
            under_way=self.under_way + outcomes.count(Outcome.UNDER_WAY),
        )

    def after_pass(self, *, now: datetime) -> "Reissue":
        """Return what follows when no award is left behind the last one: another pass, or rest."""
        if self.under_way:
            return replace(self, last_number=0, left_alone=0, under_way=0)
        return replace(self, finished_at=now)
