"""What became of each member of a badge class."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.catalog.edubadges import sentences
from shared.contracts.vocabulary import LocalText


class Outcome(StrEnum):
    """What became of a member."""

    TAKEN = "taken"
    CHANGED = "changed"
    LOST = "lost"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one member: where it was, where it is now, and a sentence."""

    pointer: str
    outcome: Outcome
    code: str
    sentence: LocalText
    became: str | None = None
    """A pointer into the draft."""


@dataclass(slots=True)
class Report:
    """Gathers what became of the members, in the order in which they are read."""

    entries: list[Entry] = field(default_factory=list)

    def taken(self, pointer: str, became: str) -> None:
        """Say that it stands in the draft as it was."""
        self._add(pointer, Outcome.TAKEN, "taken", sentences.TAKEN, became)

    def changed(self, pointer: str, became: str, code: str) -> None:
        """Say that it stands in the draft in another form."""
        self._add(pointer, Outcome.CHANGED, code, sentences.CHANGED[code], became)

    def doubtful(self, pointer: str, code: str, became: str | None = None) -> None:
        """Say that somebody should look whether this is what was meant."""
        self._add(pointer, Outcome.DOUBTFUL, code, sentences.DOUBTFUL[code], became)

    def lost(self, pointer: str, code: str) -> None:
        """Say that it does not stand in the draft."""
        self._add(pointer, Outcome.LOST, code, sentences.LOST[code])

    def _add(
        self,
        pointer: str,
        outcome: Outcome,
        code: str,
        sentence: LocalText,
        became: str | None = None,
    ) -> None:
        entry = Entry(pointer, outcome, code, sentence, became)
        if entry not in self.entries:
            self.entries.append(entry)

    def withdraw(self, became: str, code: str) -> None:
        """Say that what should have stood at this place in the draft is lost after all."""
        for at, entry in enumerate(self.entries):
            if entry.became == became:
                self.entries[at] = Entry(entry.pointer, Outcome.LOST, code, sentences.LOST[code])

    def withdraw_one(self, became: str, place: int, code: str) -> None:
        """Say that one of a list is lost after all; those after it move up."""
        self.withdraw(f"{became}/{place}", code)
        for at, entry in enumerate(self.entries):
            rest = (entry.became or "").removeprefix(f"{became}/").split("/")
            if entry.became == "/".join([became, *rest]) and rest[0].isdecimal():
                number = int(rest[0])
                if number > place:
                    moved = "/".join([became, str(number - 1), *rest[1:]])
                    self.entries[at] = replace(entry, became=moved)
