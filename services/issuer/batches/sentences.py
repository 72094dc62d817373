"""A text in Dutch and in English, what is said of a fault, and how a value of a file is quoted.

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


NOTHING: Final = Sentence("", "")


@dataclass(frozen=True, slots=True)
class Wording:
    """What was found, what belongs there (may be empty), and what to do about it.

    `asks` when the hint, if there is one, is what was probably meant, and is asked after the rest.
    """

    found: Sentence
    expected: Sentence
    proposal: Sentence
    asks: bool = False


def worded(
    found: tuple[str, str],
    expected: Sentence,
    proposal: Sentence | tuple[str, str],
    *,
    asks: bool = False,
) -> Wording:
    """Word a fault; the texts in Dutch first."""
    told = proposal if isinstance(proposal, Sentence) else Sentence(*proposal)
    return Wording(Sentence(*found), expected, told, asks)


def quoted(value: str) -> str:
    """Quote a value of a file in a sentence: short, on one line, without what nobody sees."""
    shown = "".join(one if one.isprintable() else "\N{WHITE SQUARE}" for one in value[:SHOWN])
    return f"\u201c{shown}{'…' if len(value) > SHOWN else ''}\u201d"
