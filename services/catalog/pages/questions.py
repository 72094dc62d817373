"""A search as an address: what its query asks, and the query that asks something more or less.

Apart from the pages, because browsing, comparing and the feeds read the same address. A person is
never refused for what stands in it: what cannot be is left out, and the page says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from services.catalog.pages import words
from services.catalog.pages.words import Words
from services.catalog.search import LONGEST_WORDS, MOST_CHOSEN, Facet, Question
from services.catalog.search.labels import is_value
from shared.errors import RuleError
from shared.runtime.paging import SortKey, read_cursor

Pairs = Sequence[tuple[str, str]]
MOST_COMPARED: Final = 3
LONGEST_CURSOR: Final = 512
LONGEST_VALUE: Final = 200
NO_PLACE: Final = ("de plaats in de lijst", "the place in the list")
_LARGEST: Final = Decimal(1_000_000)
_LONGEST_BOUND: Final = 20
_NO_NUMBER: Final = Decimal("NaN")
_OIN_LENGTH: Final = 20


@dataclass(frozen=True, slots=True)
class Bound:
    """A question with a free answer: its query key, what it is of a question, and its name."""

    key: str
    member: str
    label: Words
    facet: Facet
    kind: str = "number"


BOUNDS: Final = (
    Bound("minEcts", "min_ects", ("vanaf EC", "from ECTS"), Facet.SIZE),
    Bound("maxEcts", "max_ects", ("tot en met EC", "up to ECTS"), Facet.SIZE),
    Bound("startsFrom", "starts_from", ("start vanaf", "starts from"), Facet.START, "date"),
    Bound("startsUntil", "starts_until", ("start tot en met", "starts until"), Facet.START, "date"),
    Bound("priceMax", "price_max", ("hoogstens euro", "at most euros"), Facet.PRICE),
)
_NAME_OF_BOUND: Final = {bound.key: bound.label for bound in BOUNDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks, as far as it can be, and the names of what was left out."""

    question: Question
    after: SortKey | None = None
    compared: tuple[UUID, ...] = ()
    ignored: tuple[Words, ...] = ()

    def search(self, *, without: Pairs = ()) -> list[tuple[str, str]]:
        """Return the query of this search, in one order always; it can do without some pairs."""
        question = self.question
        asked = [("q", question.words), ("provider", question.provider)]
        for facet in Facet:
            asked.extend((facet.value, each) for each in sorted(question.chosen.get(facet, ())))
        asked.extend((bound.key, _write(getattr(question, bound.member))) for bound in BOUNDS)
        return [(key, value) for key, value in asked if value and (key, value) not in without]

    def browse(
        self, *, without: Pairs = (), compared: Iterable[UUID] | None = None
    ) -> list[tuple[str, str]]:
        """Return the query of this search with what is being compared."""
        ids = self.compared if compared is None else compared
        return [*self.search(without=without), *(("compare", str(each)) for each in ids)]

    def comparing(self, one: UUID) -> list[tuple[str, str]]:
        """Return the query with one more to compare, or one less if it is there."""
        others = tuple(each for each in self.compared if each != one)
        return self.browse(compared=others if one in self.compared else (*self.compared, one))

    @property
    def is_open(self) -> bool:
        """Say whether everything is asked for."""
        return not self.search()

    @property
    def chosen_count(self) -> int:
        """Return how many filters there are, the words not counted."""
        return sum(key != "q" for key, _ in self.search())


def _write(value: Decimal | date | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else f"{value.normalize():f}"


def read(pairs: Iterable[tuple[str, str]]) -> Asked:
    """Read an address; what is unknown in it is left out and named."""
    reading = _Reading(pairs)
    return Asked(
        question=Question(
            words=reading.words(),
            provider=reading.provider(),
            chosen=reading.chosen(),
            min_ects=reading.number("minEcts"),
            max_ects=reading.number("maxEcts"),
            price_max=reading.number("priceMax"),
            starts_from=reading.day("startsFrom"),
            starts_until=reading.day("startsUntil"),
        ),
        after=reading.after(),
        compared=read_ids(reading.given.get("compare", ()), reading.ignored),
        ignored=tuple(dict.fromkeys(reading.ignored)),
    )


class _Reading:
    """An address on its way to a question, and what of it could not be read."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.given: dict[str, list[str]] = {}
        self.ignored: list[Words] = []
        for key, value in pairs:
            if value.strip():
                self.given.setdefault(key, []).append(value.strip())

    def _first(self, key: str) -> str:
        return self.given.get(key, [""])[0]

    def words(self) -> str | None:
        text = " ".join(self._first("q").split())
        if len(text) > LONGEST_WORDS:
            self.ignored.append(("een deel van uw woorden", "part of your words"))
        return text[:LONGEST_WORDS].rstrip() or None

    def provider(self) -> str | None:
        oin = self._first("provider")
        if not oin or (len(oin) == _OIN_LENGTH and oin.isascii() and oin.isalnum()):
            return oin or None
        self.ignored.append(("Aanbieder", "Provider"))
        return None

    def chosen(self) -> dict[Facet, frozenset[str]]:
        chosen: dict[Facet, frozenset[str]] = {}
        room = MOST_CHOSEN
        for facet in Facet:
            wanted = list(dict.fromkeys(self.given.get(facet.value, ())))
            known = [
                each for each in wanted if len(each) <= LONGEST_VALUE and is_value(facet, each)
            ][:room]
            room -= len(known)
            if known:
                chosen[facet] = frozenset(known)
            if len(known) < len(wanted):
                self.ignored.append(words.FACETS[facet])
        return chosen

    def number(self, key: str) -> Decimal | None:
        if not (text := self._first(key)):
            return None
        try:
            number = Decimal(text[:_LONGEST_BOUND].replace(",", "."))
        except InvalidOperation:
            number = _NO_NUMBER
        if number.is_finite() and 0 <= number <= _LARGEST and number == round(number, 2):
            return number
        self.ignored.append(_NAME_OF_BOUND[key])
        return None

    def day(self, key: str) -> date | None:
        if not (text := self._first(key)):
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.ignored.append(_NAME_OF_BOUND[key])
            return None

    def after(self) -> SortKey | None:
        if not (cursor := self._first("cursor")):
            return None
        try:
            return read_cursor(cursor[:LONGEST_CURSOR])
        except RuleError:
            self.ignored.append(NO_PLACE)
            return None


def read_ids(given: Iterable[str], ignored: list[Words]) -> tuple[UUID, ...]:
    """Read which microcredentials to compare: at most three, each once."""
    found: list[UUID] = []
    for each in given:
        try:
            one = UUID(each)
        except ValueError:
            ignored.append(("een nummer dat niet bestaat", "a number that does not exist"))
            continue
        if one not in found:
            found.append(one)
    if len(found) > MOST_COMPARED:
        ignored.append(
            (
                "wat u na de eerste drie wilde vergelijken",
                "what you wanted to compare after the first three",
            )
        )
    return tuple(found[:MOST_COMPARED])
