"""The answer to a question: which ones, in which order, how many of each, and what to drop.

A choice is counted as if nothing else of its own facet were chosen: within a facet one of the
values is enough, between facets all must hold.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.catalog.search.index import Index, bits_of, octets_of, union
from services.catalog.search.labels import closed_values, label_of
from services.catalog.search.marks import YES, Key, Number
from services.catalog.search.question import Choice, Facet, Order, Question, Suggestion
from services.catalog.search.values import Days, tenths_of_credits

MOST_CHOICES: Final = 20
"""So many values of a facet without a closed set of them; more nobody reads."""
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """What the words of a question found, in order: each place says how well it fits."""

    ordinals: Sequence[int]
    places: Sequence[int]
    bits: int
    is_ordered: bool = True
    """Whether all of them are in order, or only the ones that go in front."""

    @classmethod
    def of(cls, ordinals: Sequence[int], places: Sequence[int]) -> "Matches":
        """Return the matches of these ordinals, which stand at these places."""
        return cls(ordinals, places, bits_of(ordinals))

    @classmethod
    def begun(
        cls, ordinals: Sequence[int], places: Sequence[int], *, among: Sequence[int]
    ) -> "Matches":
        """Return the matches `among` which these go in front, at these places."""
        return cls(ordinals, places, bits_of(among), is_ordered=False)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a question selects from an index, and what it would without one of its facets."""

    index: Index
    question: Question
    matches: Matches | None
    anyway: int
    """Everything but the words and the facets holds."""
    by_facet: Mapping[Facet, int]

    @property
    def bits(self) -> int:
        """Return what the whole question selects."""
        return self.without(None)

    def without(self, dropped: Facet | None, *, words: bool = True) -> int:
        """Return what is selected when a facet, or the words, are dropped."""
        found = self.anyway
        if words and self.matches is not None:
            found &= self.matches.bits
        for facet, bits in self.by_facet.items():
            if facet is not dropped:
                found &= bits
        return found


def select(index: Index, question: Question, matches: Matches | None) -> Selection:
    """Find what a question selects; without matches it asked no words."""
    by_facet = {
        facet: union(index.where(facet, value) for value in values)
        for facet, values in question.chosen.items()
        if values
    }
    return Selection(index, question, matches, _within_bounds(index, question), by_facet)


def _within_bounds(index: Index, question: Question) -> int:
    found = index.where(Number.EARNABLE, YES) if question.earnable_only else index.listed
    if question.provider is not None:
        found &= index.where(Number.PROVIDER, question.provider)
    if question.min_ects is not None:
        least = tenths_of_credits(question.min_ects)
        found &= index.where_any(Number.LOAD, lambda load: _number(load) >= least)
    if question.max_ects is not None:
        most = tenths_of_credits(question.max_ects)
        found &= index.where_any(Number.LOAD, lambda load: _number(load) <= most)
    if question.price_max is not None:
        dearest = question.price_max * 100
        found &= index.where_any(Number.PRICE, lambda cents: _number(cents) <= dearest)
    if question.starts_from is not None or question.starts_until is not None:
        wanted = Days(question.starts_from or date.min, question.starts_until)
        found &= index.where_any(Number.START, lambda days: _days(days).meets(wanted))
    return found


def _number(key: Key) -> int:
    assert isinstance(key, int)  # noqa: S101 - a mark of a number has a number
    return key


def _days(key: Key) -> Days:
    assert isinstance(key, tuple)  # noqa: S101 - a mark of days has days
    return Days(*key)


def choices_of(selection: Selection, *, language: str) -> dict[Facet, list[Choice]]:
    """Count every value of every facet."""
    return {facet: _choices(selection, facet, language=language) for facet in Facet}


def _choices(selection: Selection, facet: Facet, *, language: str) -> list[Choice]:
    index = selection.index
    chosen = selection.question.chosen.get(facet, frozenset())
    among = selection.without(facet)
    known = closed_values(facet)
    if known is None:
        counted = _most_common(index, facet, among)
        values = [*counted, *sorted(chosen - counted.keys())]
    else:
        values = [*known, *sorted(chosen - known.keys())]
        counted = {value: (index.where(facet, value) & among).bit_count() for value in values}
    choices = [
        Choice(
            value,
            label_of(facet, value, index.skills),
            counted.get(value, 0) or (index.where(facet, value) & among).bit_count(),
            value in chosen,
        )
        for value in values
    ]
    if known is None:
        choices.sort(key=lambda one: (-one.count, one.label.best(language).casefold(), one.value))
    return choices


def _most_common(index: Index, facet: Facet, among: int) -> dict[str, int]:
    """Return the values there are most of, and how many; one that is rare anyhow is not counted."""
    best: list[tuple[int, str]] = []
    for size, value, bits in index.commonest[facet]:
        if len(best) >= MOST_CHOICES and size <= -best[MOST_CHOICES - 1][0]:
            break
        count = (bits & among).bit_count()
        if count:
            at = bisect_right(best, (-count, value))
            best.insert(at, (-count, value))
    return {value: -count for count, value in best[:MOST_CHOICES]}


def suggestions_of(selection: Selection) -> list[Suggestion]:
    """Say which part of a question that finds nothing to drop, what finds most in front."""
    found = []
    for facet in selection.by_facet:
        values = selection.question.chosen[facet]
        count = selection.without(facet).bit_count()
        only = next(iter(values)) if len(values) == 1 else None
        found.append(Suggestion(facet=facet, value=only, count=count))
    if selection.matches is not None:
        count = selection.without(None, words=False).bit_count()
        found.append(Suggestion(facet=None, value=None, count=count))
    found = [one for one in found if one.count]
    return sorted(found, key=lambda one: (-one.count, one.facet or ""))


def page_of(
    selection: Selection, *, order: Order, after: Place | None, limit: int
) -> list[tuple[int, Place]]:
    """Return the ordinals of a page and where each stands; one more than the limit if there is."""
    matches = selection.matches
    if order is Order.RELEVANCE and matches is not None:
        return _by_rank(selection, matches, after=after, limit=limit + 1)
    octets = octets_of(selection.bits, most=selection.index.listed.bit_length())
    found: list[tuple[int, Place]] = []
    for ordinal, place in _in_order(selection.index, order, after):
        if octets[ordinal >> 3] >> (ordinal & 7) & 1:
            found.append((ordinal, place))
            if len(found) > limit:
                break
    return found


def is_short(selection: Selection, found: int, *, order: Order, limit: int) -> bool:
    """Say whether a page ends because no more was put in order, not because there is no more."""
    matches = selection.matches
    if order is not Order.RELEVANCE or matches is None or matches.is_ordered:
        return False
    return found <= limit


def _by_rank(
    selection: Selection, matches: Matches, *, after: Place | None, limit: int
) -> list[tuple[int, Place]]:
    octets = octets_of(selection.bits, most=max(matches.ordinals, default=0))
    found: list[tuple[int, Place]] = []
    last = None if after is None else (int(after[0]), int(after[1]))
    begin = 0 if last is None else bisect_left(matches.places, last[0])
    for at in range(begin, len(matches.ordinals)):
        ordinal, place = matches.ordinals[at], matches.places[at]
        is_later = last is None or (place, ordinal) > last
        if is_later and octets[ordinal >> 3] >> (ordinal & 7) & 1:
            found.append((ordinal, (place, ordinal)))
            if len(found) == limit:
                break
    return found


def _in_order(index: Index, order: Order, after: Place | None) -> Iterator[tuple[int, Place]]:
    if order is Order.RELEVANCE:
        began = 0 if after is None else bisect_right(index.by_id, (str(after[0]), _LAST))
        for at in range(began, len(index.by_id)):
            one, ordinal = index.by_id[at]
            yield ordinal, (one,)
        return
    row = index.by_publication
    where = None if after is None else (int(after[0]), str(after[1]))
    if order is Order.FIRST_PUBLISHED:
        turns = range(0 if where is None else bisect_right(row, (*where, _LAST)), len(row))
    else:
        turns = range((len(row) if where is None else bisect_left(row, (*where, -1))) - 1, -1, -1)
    for at in turns:
        published, one, ordinal = row[at]
        yield ordinal, (published, one)


_LAST: Final = 2**63


def is_place(place: Place, *, order: Order, with_words: bool) -> bool:
    """Say whether a place is one that this order gives."""
    kinds = [type(part) for part in place]
    if order is Order.RELEVANCE:
        return kinds == ([int, int] if with_words else [str])
    return kinds == [int, str]
