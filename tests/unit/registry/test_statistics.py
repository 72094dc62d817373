"""What the figures of the register tell: an attacker who knows how they are made learns nothing."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.domain.statistics import (
    BASE,
    KEYS,
    THRESHOLD,
    UNKNOWN,
    Dimension,
    Figures,
    protect,
    publish,
    rounded,
    size_of,
)
from shared.contracts.vocabulary import Sector, StudyLoadUnit

Counts = Mapping[str, int]
SMALL = st.one_of(st.integers(0, 12), st.integers(0, 60))
TABLES = st.dictionaries(st.sampled_from("abcdefgh"), SMALL, max_size=8)
MOST = 42
MOST = 42
HBO, WO = Sector.HBO, Sector.WO


def most_it_could_be(key: str, counts: Counts, shown: Mapping[str, int | None]) -> int:
    """Return how much a hidden cell could be, to who knows all else exactly, and the total.

    That is more than anybody knows: what is shown is rounded. Whose zeros are shown knows besides
    that every hidden cell is at least one.
    """
    hidden = [one for one in counts if shown[one] is None]
    least = 1 if any(count is not None for count in shown.values()) else 0
    return sum(counts[one] for one in hidden) - least * (len(hidden) - 1)


@given(TABLES)
def test_whatever_is_small_is_not_shown_and_could_be_ten_or_more(counts: Counts) -> None:
    shown = protect(counts)

    for key, count in counts.items():
        if 0 < count < THRESHOLD:
            assert shown[key] is None
        value = shown[key]
        assert value is None or value % BASE == 0
        if value is None and sum(counts.values()) >= THRESHOLD:
            assert most_it_could_be(key, counts, shown) >= THRESHOLD


@given(TABLES)
def test_what_is_shown_is_near_what_is_true(counts: Counts) -> None:
    for key, value in protect(counts).items():
        assert value is None or abs(value - counts[key]) <= BASE // 2


@given(TABLES)
def test_nothing_is_hidden_without_need(counts: Counts) -> None:
    shown = protect(counts)

    if not any(0 < count < THRESHOLD for count in counts.values()):
        assert None not in shown.values()


@cache
def publications() -> dict[tuple[int | None, ...], list[tuple[int, ...]]]:
    """Return for each publication of three cells every table it is the publication of.

    Of totals so small that every table there is of them is among those that are tried.
    """
    found: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for cells in product(range(MOST + 1), repeat=3):
        total = sum(cells)
        if not THRESHOLD <= total <= MOST:
            continue
        shown = protect(dict(zip("abc", cells, strict=True)))
        found.setdefault((rounded(total), *shown.values()), []).append(cells)
    return found


def test_who_tries_every_table_finds_no_small_cell() -> None:
    # The attacker knows the rules, and which tables lead to the very figures that were published.
    for (_, *shown), tables in publications().items():
        for place, value in enumerate(shown):
            if value is None:
                possible = {table[place] for table in tables}
                assert len(possible) >= THRESHOLD, (shown, possible)


def bounds(figures: Figures) -> Iterator[tuple[str, tuple[int, int]]]:
    """Return what the sum of hidden institutions of each sector can be, from two tables."""
    sectors = figures.tables[Dimension.SECTOR]
    organisations = figures.tables[Dimension.ORGANISATION]
    for sector, value in sectors.items():
        own = {oin: n for oin, n in organisations.items() if oin.startswith(sector)}
        if value is None or None not in own.values():
            continue
        shown = [n for n in own.values() if n]
        slack = BASE // 2 * (len(shown) + 1)
        yield sector, (value - sum(shown) - slack, value - sum(shown) + slack)


BY_ORGANISATION = st.dictionaries(
    st.tuples(st.sampled_from([*Sector, UNKNOWN]), st.integers(1, 5)).map(
        lambda one: f"{one[0]}-{one[1]}"
    ),
    SMALL,
    max_size=12,
)


def sectors_of(by_organisation: Counts) -> dict[str, Sector]:
    return {
        oin: Sector(oin.partition("-")[0]) for oin in by_organisation if not oin.startswith(UNKNOWN)
    }


@settings(max_examples=300)
@given(BY_ORGANISATION)
def test_institutions_and_sectors_together_tell_no_small_count(by_organisation: Counts) -> None:
    figures = publish(by_organisation, {}, sectors_of(by_organisation))

    total = sum(by_organisation.values())
    sectors = figures.tables[Dimension.SECTOR]
    organisations = figures.tables[Dimension.ORGANISATION]
    assert figures.registrations == (rounded(total) if total >= THRESHOLD else None)
    assert organisations.keys() == by_organisation.keys()
    in_hidden_sectors = sum(
        n for oin, n in by_organisation.items() if sectors[oin.partition("-")[0]] is None
    )
    for oin, count in by_organisation.items():
        sector = oin.partition("-")[0]
        own = {one: n for one, n in by_organisation.items() if one.partition("-")[0] == sector}
        if 0 < count < THRESHOLD:
            assert organisations[oin] is None
        if organisations[oin] is None and total >= THRESHOLD:
            # Exactly known: the sector when it is shown, else what all hidden sectors add up to.
            most = (
                in_hidden_sectors
                if sectors[sector] is None
                else most_it_could_be(oin, own, {one: organisations[one] for one in own})
            )
            assert most >= THRESHOLD
        if sectors[sector] is None:
            assert organisations[oin] is None


@settings(max_examples=300)
@given(BY_ORGANISATION)
def test_what_two_tables_differ_by_is_never_known_within_ten(by_organisation: Counts) -> None:
    figures = publish(by_organisation, {}, sectors_of(by_organisation))

    for _sector, (least, most) in bounds(figures):
        # At least the sector itself is rounded, and what is hidden adds up to ten or more.
        assert most - least >= BASE - 1
        assert most >= THRESHOLD


def test_a_register_of_a_few_shows_nothing_at_all() -> None:
    figures = publish({"a": 4, "b": 5}, {Dimension.LEVEL: {"eqf_6": 9}}, {"a": HBO, "b": WO})

    assert figures.registrations is None
    assert all(value is None for table in figures.tables.values() for value in table.values())


def test_one_small_institution_takes_another_with_it() -> None:
    counts = {"a": 3, "b": 40, "c": 90, "d": 500}
    sectors = {"a": HBO, "b": HBO, "c": HBO, "d": WO}

    figures = publish(counts, {}, sectors)

    assert figures.tables[Dimension.ORGANISATION] == {"a": None, "b": None, "c": 90, "d": 500}
    assert figures.tables[Dimension.SECTOR] == {
        "hbo": 135,
        "wo": 500,
        "mbo": 0,
        "private": 0,
        "unknown": 0,
    }


def test_a_sector_that_is_hidden_hides_its_institutions() -> None:
    figures = publish({"a": 9, "b": 40, "c": 60}, {}, {"a": WO, "b": HBO, "c": HBO})

    assert figures.tables[Dimension.SECTOR]["wo"] is None
    assert figures.tables[Dimension.SECTOR]["hbo"] is None
    assert set(figures.tables[Dimension.ORGANISATION].values()) == {None}


def test_every_cell_is_listed_and_every_month_between_the_first_and_the_last() -> None:
    months = {"2025-11": 20, "2026-02": 30}

    figures = publish({"a": 50}, {Dimension.MONTH: months, Dimension.LEVEL: {"eqf_6": 50}}, {})

    assert figures.tables[Dimension.MONTH] == {
        "2025-11": 20,
        "2025-12": 0,
        "2026-01": 0,
        "2026-02": 30,
    }
    far = publish({"a": 50}, {Dimension.MONTH: {"0001-12": 20, "2026-12": 15, "2027-01": 15}}, {})
    assert tuple(far.tables[Dimension.MONTH]) == ("0001-12", "2026-12", "2027-01")
    assert tuple(figures.tables[Dimension.LEVEL]) == KEYS[Dimension.LEVEL]
    assert figures.tables[Dimension.SECTOR]["unknown"] == 50


@pytest.mark.parametrize(
    ("unit", "value", "band"),
    [
        (StudyLoadUnit.ECTS, "2.5", "under-3"),
        (StudyLoadUnit.ECTS, "3", "3-to-6"),
        (StudyLoadUnit.ECTS, "5.9", "3-to-6"),
        (StudyLoadUnit.ECTS, "6", "6-to-11"),
        (StudyLoadUnit.ECTS, "11", "11-to-21"),
        (StudyLoadUnit.ECTS, "21", "21-and-more"),
        (StudyLoadUnit.SBU, "80", "under-3"),
        (StudyLoadUnit.SBU, "84", "3-to-6"),
        (StudyLoadUnit.HOUR, "240", "6-to-11"),
    ],
)
def test_a_size_is_in_one_band(unit: StudyLoadUnit, value: str, band: str) -> None:
    assert size_of(unit, float(value)) == band


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 0), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20)]
)
def test_counts_are_rounded_to_the_nearest_five(count: int, expected: int) -> None:
    assert rounded(count) == expected
