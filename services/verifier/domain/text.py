"""A sentence in Dutch and in English, and how dates and amounts read in each.

Separate, because every word a person sees exists twice and must never exist once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from shared.contracts.vocabulary import LocalText


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, twice."""

    nl: str
    en: str

    def with_(self, values: Mapping[str, "Text"]) -> "Text":
        """Fill in the blanks, each with the words of its own language."""
        return Text(
            nl=self.nl.format_map({name: text.nl for name, text in values.items()}),
            en=self.en.format_map({name: text.en for name, text in values.items()}),
        )


_MONTHS: Final = (
    "januari februari maart april mei juni juli augustus september oktober november december",
    "January February March April May June July August September October November December",
)
DUTCH_TIME: Final = ZoneInfo("Europe/Amsterdam")


def both(text: str) -> Text:
    """Say the same in both languages, as names are."""
    return Text(nl=text, en=text)


def of(text: LocalText) -> Text:
    """Take a text of the catalogue; what it says in one language stands for the other too."""
    return Text(nl=text.best("nl"), en=text.best("en"))


def day(when: date) -> Text:
    """Write a date out, such as `3 maart 2026`; a moment gives its date in the Netherlands."""
    on = when.astimezone(DUTCH_TIME) if isinstance(when, datetime) else when
    nl, en = (f"{on.day} {months.split()[on.month - 1]} {on.year}" for months in _MONTHS)
    return Text(nl=nl, en=en)


def time_of_day(when: datetime) -> Text:
    """Write hours and minutes as clocks in the Netherlands show them."""
    return both(f"{when.astimezone(DUTCH_TIME):%H:%M}")


def moment(when: datetime) -> Text:
    """Write a date and a time."""
    on, at = day(when), time_of_day(when)
    return Text(nl=f"{on.nl}, {at.nl} uur", en=f"{on.en}, {at.en}")


def number(amount: float) -> Text:
    """Write an amount; Dutch has a comma where English has a point."""
    plain = f"{amount:g}" if amount < 100_000 else f"{amount:.0f}"  # noqa: PLR2004 — %g turns to exponents there
    return Text(nl=plain.replace(".", ","), en=plain)
