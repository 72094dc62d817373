"""Counts and digests of registrations: anybody can recompute them, in any order."""

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.registrations import decide_registration
from services.registry.domain.tallies import MODULUS, Count, Standing, Sum, day_of
from services.registry.operations.reconciling import rest_after
from tests.support.awards import NOW, an_award

STANDINGS = st.builds(
    Standing,
    registration_id=st.uuids(),
    record_version=st.integers(1, 9),
    status=st.sampled_from(["active", "suspended", "revoked", "expired"]),
    credential_digest=st.sampled_from(["a" * 64, "b" * 64]),
)


def sum_of(standings: list[Standing]) -> Sum:
    found = Sum()
    for standing in standings:
        found.add(standing)
    return found


def test_the_digest_is_what_the_docstring_says() -> None:
    one, other = (
        Standing(
            registration_id=UUID(int=number),
            record_version=number,
            status="active",
            credential_digest="ab" * 32,
        )
        for number in (1, 2)
    )
    lines = [
        b"00000000-0000-0000-0000-00000000000%d %d active " % (n, n) + b"ab" * 32 for n in (1, 2)
    ]
    total = sum(int(hashlib.sha256(line).hexdigest(), 16) for line in lines) % 2**256

    assert sum_of([one, other]).digest.hex() == f"{total:064x}"
    assert sum_of([]).digest.hex() == "0" * 64


@given(st.lists(STANDINGS, max_size=8, unique=True), st.randoms())
def test_the_order_does_not_matter(standings: list[Standing], chance: Random) -> None:
    shuffled = list(standings)
    chance.shuffle(shuffled)

    assert sum_of(shuffled) == sum_of(standings)


@given(st.lists(STANDINGS, min_size=1, max_size=8, unique=True), STANDINGS)
def test_whatever_is_missing_or_differs_shows(standings: list[Standing], other: Standing) -> None:
    whole = sum_of(standings)

    assert sum_of(standings[1:]) != whole
    assert sum_of([*standings, standings[0]]) != whole
    if other not in standings:
        assert sum_of([other, *standings[1:]]) != whole


@given(st.lists(STANDINGS, min_size=1, max_size=8, unique=True))
def test_who_follows_may_subtract_what_changed(standings: list[Standing]) -> None:
    whole = sum_of(standings)

    assert (whole.total - standings[0].digest()) % MODULUS == sum_of(standings[1:]).total


def test_a_day_is_that_of_utc() -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    amsterdam = timezone(timedelta(hours=1))

    assert day_of(midnight) == date(2026, 11, 22)
    assert day_of(midnight - timedelta(microseconds=1)) == date(2026, 11, 21)
    assert day_of(datetime(2026, 11, 22, 0, 30, tzinfo=amsterdam)) == date(2026, 11, 21)


def test_a_count_has_each_registration_once_along_every_dimension() -> None:
    count = Count()
    for _ in range(3):
        award = an_award()
        entry = decide_registration(award, award_id=award.award_id, now=NOW)
        count.add(entry.registration.model_dump(mode="json", exclude_none=True))

    assert count.sum.registrations == 3
    assert count.counts() == {
        "level": {"eqf_6": 3},
        "month": {"2026-11": 3},
        "size": {"under-3": 3},
        "status": {"active": 3},
    }


@pytest.mark.parametrize(
    ("counted", "rest"),
    [(0.1, 1.9), (20, 380), (3600, 600)],
    ids=["a moment", "a while", "an hour"],
)
def test_who_counted_rests_19_times_as_long_but_never_for_hours(
    counted: float, rest: float
) -> None:
    assert rest_after(counted) == pytest.approx(rest)
