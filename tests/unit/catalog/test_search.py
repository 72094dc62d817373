"""The index against the plainest search there is: look at every listing, one after another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.offerings import Phase, phase_on
from services.catalog.search import Facet, Listing, Order, Question
from services.catalog.search.answer import (
    Matches,
    Place,
    choices_of,
    is_place,
    page_of,
    select,
    suggestions_of,
)
from services.catalog.search.facts import facts_of
from services.catalog.search.index import Entry, Index, build
from services.catalog.search.kept_facts import read_facts, write_facts
from services.catalog.search.marks import marks_on
from services.catalog.search.values import (
    HOURS_PER_CREDIT,
)
from shared.contracts.offering import Offering
from shared.contracts.vocabulary import ModeOfDelivery, StudyLoadUnit
from tests.unit.catalog.listings import TODAY, a_listing, listings

BANDS: Mapping[str, Callable[[Decimal], bool]] = {
    "less-than-3": lambda ects: ects < 3,
    "3-5": lambda ects: 3 <= ects < 6,
    "6-10": lambda ects: 6 <= ects < 11,
    "11-30": lambda ects: 11 <= ects <= 30,
    "more-than-30": lambda ects: ects > 30,
}
PRICES: Mapping[str, Callable[[Decimal], bool]] = {
    "free": lambda euros: euros == 0,
    "up-to-250": lambda euros: 0 < euros <= 250,
    "250-500": lambda euros: 250 < euros <= 500,
    "500-1000": lambda euros: 500 < euros <= 1000,
    "more-than-1000": lambda euros: euros > 1000,
}


def opens(listing: Listing) -> list[Offering]:
    """Return the offerings one can enrol in, now or later."""
    return [
        one
        for one in listing.offerings
        if phase_on(one, TODAY) in {Phase.ENROLLING, Phase.ANNOUNCED}
    ]


def ects(listing: Listing) -> Decimal | None:
    """Return the study load in credits."""
    load = listing.microcredential.content.study_load
    if load is None:
        return None
    return load.value if load.unit is StudyLoadUnit.ECTS else load.value / HOURS_PER_CREDIT


def euros(listing: Listing) -> list[Decimal]:
    """Return the prices in euros of what is open."""
    prices = [one.price for one in opens(listing)]
    return [one.amount for one in prices if one is not None and one.currency == "EUR"]


def naive(listing: Listing) -> Mapping[Facet, set[str]]:
    """Return the values of each facet, said once more in the plainest way."""
    content, provider = listing.microcredential.content, listing.provider
    offered = opens(listing)
    forms = {
        *content.modes_of_delivery,
        *(form for one in offered for form in one.modes_of_delivery),
    }
    places = {one.location.region for one in offered if one.location and one.location.region}
    if not places and forms != {ModeOfDelivery.ONLINE} and provider.region:
        places = {provider.region}
    tags = {content.in_language, *(one.in_language for one in offered)} - {None}
    field = content.field_of_study
    load, prices = ects(listing), euros(listing)
    return {
        Facet.LEVEL: {content.level.value} if content.level else set(),
        Facet.LEVEL_BASIS: {content.level.basis} if content.level else set(),
        Facet.SIZE: {band for band, holds in BANDS.items() if load is not None and holds(load)},
        Facet.LANGUAGE: {str(tag)[:2] for tag in tags},
        Facet.FORM: set(forms),
        Facet.START: {value for one in offered for value in naive_starts(one)},
        Facet.REGION: {*places, *(["online"] if ModeOfDelivery.ONLINE in forms else [])},
        Facet.SECTOR: {provider.sector},
        Facet.PROVIDER_KIND: {provider.provider_kind},
        Facet.FIELD: {field[:end] for end in (2, 3, 4) if len(field) >= end} if field else set(),
        Facet.SKILL: {str(one.uri) for one in content.skills},
        Facet.PRICE: {band for band, holds in PRICES.items() if any(map(holds, prices))}
        or {"unknown"},
        Facet.ADMISSION: {content.admission} if content.admission else set(),
    }


def naive_starts(offering: Offering) -> Iterator[str]:
    """Look at every day of two years."""
    if offering.days is None:
        return
    if offering.runs is None:
        yield "flexible"
    for ahead in range(400):
        day = TODAY + timedelta(days=ahead)
        starts = day == max(offering.days.first_day, TODAY)
        if offering.runs is None:
            starts = offering.days.holds(day)
        if starts and (day.year, day.month) == (2026, 11):
            yield "this-month"
        if starts:
            yield "this-quarter" if day.year == 2026 else "later"


def entries(found: Sequence[Listing], *, today: date = TODAY) -> list[Entry]:
    """Return listings as the index is told of them, written and read."""
    return [
        Entry(
            ordinal=3 * at + 1,
            microcredential_id=str(one.microcredential.microcredential_id),
            published=1000 - at,
            facts=read_facts(write_facts(facts_of(one, today=today))),
        )
        for at, one in enumerate(found)
    ]


def same(one: Index, other: Index) -> bool:
    """Say whether two indexes hold the same."""
    return (
        one.listed == other.listed
        and {kind: dict(having) for kind, having in one.sets.items()}
        == {kind: dict(having) for kind, having in other.sets.items()}
        and one.ids == other.ids
        and list(one.by_id) == list(other.by_id)
        and list(one.by_publication) == list(other.by_publication)
        and {facet: list(row) for facet, row in one.commonest.items()}
        == {facet: list(row) for facet, row in other.commonest.items()}
    )


some = st.integers(1, 6).flatmap(lambda n: st.tuples(*(listings(one) for one in range(1, n + 1))))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Draw a question about values that occur."""
    values: dict[Facet, list[str]] = {
        Facet.LEVEL: ["eqf_4", "eqf_5", "eqf_6", "eqf_7"],
        Facet.SIZE: [*BANDS],
        Facet.LANGUAGE: ["nl", "en", "fy"],
        Facet.FORM: ["online", "blended"],
        Facet.START: ["this-month", "this-quarter", "later", "flexible"],
        Facet.REGION: ["online", "NL-UT", "NL-ZE"],
        Facet.SECTOR: ["hbo", "wo", "mbo", "private"],
        Facet.FIELD: ["06", "061", "0613"],
        Facet.PRICE: [*PRICES, "unknown"],
        Facet.SKILL: ["http://data.europa.eu/esco/skill/1", "http://data.europa.eu/esco/skill/2"],
    }
    chosen = {
        facet: frozenset(draw(st.sets(st.sampled_from(of), min_size=1, max_size=3)))
        for facet, of in values.items()
        if draw(st.integers(0, 4)) == 0
    }
    bound = st.none() | st.sampled_from([Decimal(3), Decimal("5.5"), Decimal(30)])
    return Question(
        chosen=chosen,
        min_ects=draw(bound),
        max_ects=draw(bound),
        price_max=draw(st.none() | st.sampled_from([Decimal(0), Decimal("250.00")])),
        earnable_only=draw(st.booleans()),
    )


def naively_fits(listing: Listing, question: Question, *, without: Facet | None = None) -> bool:
    """Look at one listing."""
    values, load = naive(listing), ects(listing)
    recognised = listing.provider.recognition_on(TODAY) is not None
    return all(
        (
            recognised or not question.earnable_only,
            question.min_ects is None or (load is not None and load >= question.min_ects),
            question.max_ects is None or (load is not None and load <= question.max_ects),
            question.price_max is None or any(one <= question.price_max for one in euros(listing)),
            *(
                facet is without or values[facet] & wanted
                for facet, wanted in question.chosen.items()
            ),
        )
    )


@given(some)
def test_what_is_true_of_a_listing_is_what_a_plain_reading_says(found: Sequence[Listing]) -> None:
    for listing, entry in zip(found, entries(found), strict=True):
        assert entry.facts is not None
        said: dict[Facet, set[str]] = {facet: set() for facet in Facet}
        for kind, key in marks_on(entry.facts, TODAY):
            if isinstance(kind, Facet):
                said[kind].add(str(key))
        assert said == naive(listing)
        opened = [run.offering_id for run in entry.facts.open_runs(TODAY)]
        assert sorted(opened) == sorted(str(one.offering_id) for one in opens(listing))


@given(some, questions())
def test_the_index_finds_and_counts_what_looking_at_everything_finds(
    found: Sequence[Listing], question: Question
) -> None:
    index = build(TODAY, entries(found))
    selection = select(index, question, None)

    wanted = [
        str(one.microcredential.microcredential_id) for one in found if naively_fits(one, question)
    ]
    assert selection.bits.bit_count() == len(wanted)
    assert pages(selection, limit=2) == sorted(wanted)
    for facet, choices in choices_of(selection, language="nl").items():
        rest = [one for one in found if naively_fits(one, question, without=facet)]
        for choice in choices:
            assert choice.count == sum(choice.value in naive(one)[facet] for one in rest)
            assert choice.is_chosen == (choice.value in question.chosen.get(facet, ()))
    if not wanted:
        for suggestion in suggestions_of(selection):
            rest = [one for one in found if naively_fits(one, question, without=suggestion.facet)]
            assert suggestion.count == len(rest) > 0


def pages(selection: Any, *, limit: int, order: Order = Order.RELEVANCE) -> list[str]:
    """Read page after page, and return the ids in the order they came."""
    seen: list[str] = []
    after: Place | None = None
    while True:
        found = page_of(selection, order=order, after=after, limit=limit)
        seen += [selection.index.ids[ordinal] for ordinal, _ in found[:limit]]
        if len(found) <= limit:
            return seen
        after = found[limit - 1][1]


@given(some, some, st.data())
def test_an_index_that_changes_is_the_index_that_is_built_anew(
    before: Sequence[Listing], after: Sequence[Listing], data: st.DataObject
) -> None:
    news = entries(after)
    gone = data.draw(st.sets(st.sampled_from([one.ordinal for one in news])))
    news = [
        Entry(one.ordinal, one.microcredential_id, one.published, None)
        if one.ordinal in gone
        else one
        for one in news
    ]

    kept = {one.ordinal: one for one in [*entries(before), *news]}
    changed = build(TODAY, entries(before)).changed(news)

    assert same(changed, build(TODAY, kept.values()))
    assert same(changed.changed(news), changed)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(1, 7))
def test_pages_by_relevance_show_each_match_once_the_best_first(
    ranks: list[int], limit: int
) -> None:
    found = [a_listing(number=number) for number in range(1, len(ranks) + 1)]
    index = build(TODAY, entries(found))
    places = {3 * at + 1: -rank for at, rank in enumerate(ranks)}
    best = sorted(places, key=lambda one: (places[one], one))
    matches = Matches.of(best, [places[one] for one in best])

    selection = select(index, Question(words="x"), matches)

    assert pages(selection, limit=limit) == [index.ids[one] for one in best]


@pytest.mark.parametrize(
    ("order", "backwards"), [(Order.FIRST_PUBLISHED, False), (Order.NEWEST, True)]
)
def test_pages_by_publication_go_one_way(order: Order, *, backwards: bool) -> None:
    found = [a_listing(number=number) for number in range(1, 12)]
    index = build(TODAY, entries(found))

    seen = pages(select(index, Question(), None), limit=3, order=order)

    oldest_first = [one for _, one, _ in index.by_publication]
    assert seen == (oldest_first[::-1] if backwards else oldest_first)


def test_what_comes_in_between_pages_is_shown_once_or_not_and_nothing_is_lost() -> None:
    found = [a_listing(number=number) for number in range(1, 10)]
    index = build(TODAY, entries(found[:6]))
    first = page_of(select(index, Question(), None), order=Order.RELEVANCE, after=None, limit=3)

    more = index.changed(entries(found)[6:])
    rest = page_of(
        select(more, Question(), None), order=Order.RELEVANCE, after=first[2][1], limit=99
    )

    seen = [ordinal for ordinal, _ in first[:3]] + [ordinal for ordinal, _ in rest]
    assert len(seen) == len(set(seen))
    assert set(index.ids) <= set(seen)


@pytest.mark.parametrize(
    ("place", "order", "with_words", "holds"),
    [
        (("a",), Order.RELEVANCE, False, True),
        ((1, "a"), Order.RELEVANCE, False, False),
        ((-1, 7), Order.RELEVANCE, True, True),
        (("a", "b"), Order.RELEVANCE, True, False),
        ((1, "a"), Order.NEWEST, False, True),
        ((1,), Order.FIRST_PUBLISHED, True, False),
    ],
)
def test_a_place_belongs_to_an_order(
    place: Place, order: Order, *, with_words: bool, holds: bool
) -> None:
    assert is_place(place, order=order, with_words=with_words) is holds
