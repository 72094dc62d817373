"""A text in Dutch and in English, and how a value of a file is quoted in one.

Apart from the wordings, because every part of the room says something in both languages.
"""

from dataclasses import dataclass
from typing import Final

SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text in both languages; {hint} and {found} stand for what is filled in."""

    nl: str
    en: str

    def filled(self, **hints: str) -> "Sentence":
        """Return the text with its hints filled in; what is filled in is never read as a hint."""
        return Sentence(self.nl.format_map(hints), self.en.format_map(hints))

    def __getitem__(self, language: str) -> str:
        """Return the text in one language."""
        return self.nl if language == "nl" else self.en


def quoted(value: str) -> str:
    """Quote a value of a file in a sentence: short, on one line, without what nobody sees."""
    shown = "".join(one if one.isprintable() else "\N{WHITE SQUARE}" for one in value[:SHOWN])
    return f"\u201c{shown}{'…' if len(value) > SHOWN else ''}\u201d"
