"""There is always one key that signs, and whoever reads the keys of yesterday can check today."""

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.access.granting import LIFETIME
from services.catalog.access.rotation import (
    AFTER,
    AHEAD,
    TERM,
    TokenKey,
    next_begins,
    published_keys,
    signing_key,
)

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
CACHED = timedelta(minutes=5)


def a_key(kid: str, signs_from: datetime, ended_at: datetime | None = None) -> TokenKey:
    return TokenKey(
        kid=kid,
        public_jwk={"kid": kid},
        wrapped_key=b"",
        sealed_private=b"",
        signs_from=signs_from,
        ended_at=ended_at,
    )


def test_the_first_key_signs_at_once() -> None:
    assert next_begins([], now=NOW) == NOW
    assert signing_key([], now=NOW) is None


def test_who_asked_just_before_the_first_key_was_made_gets_its_signature() -> None:
    keys = [a_key("two", NOW + TERM), a_key("one", NOW)]
    before = NOW - timedelta(milliseconds=1)

    assert signing_key(keys, now=before) == keys[1]
    assert published_keys(keys, now=before) == keys


def test_the_next_key_is_there_a_day_before_it_signs() -> None:
    keys = [a_key("one", NOW)]
    almost = NOW + TERM - AHEAD

    assert next_begins(keys, now=almost - timedelta(seconds=1)) is None
    assert next_begins(keys, now=almost) == NOW + TERM
    assert next_begins(keys, now=NOW + 2 * TERM) == NOW + 2 * TERM + AHEAD


def test_an_ended_key_neither_signs_nor_shows() -> None:
    keys = [a_key("stolen", NOW, ended_at=NOW)]

    assert signing_key(keys, now=NOW) is None
    assert published_keys(keys, now=NOW) == []
    assert next_begins(keys, now=NOW) == NOW


def test_the_last_key_shows_until_its_last_token_is_over() -> None:
    keys = [a_key("two", NOW), a_key("one", NOW - TERM)]
    shown = [
        [key.kid for key in published_keys(keys, now=NOW + since)]
        for since in (-AHEAD, LIFETIME, AFTER)
    ]

    assert AFTER > LIFETIME + CACHED
    assert shown == [["two", "one"], ["two", "one"], ["two"]]


@given(st.lists(st.integers(min_value=1, max_value=60 * 24 * 40), min_size=1, max_size=40))
def test_what_signs_now_was_shown_long_enough_before(minutes: list[int]) -> None:
    """Whatever the moments at which somebody looks, a key signs, and was shown a day before."""
    keys: list[TokenKey] = []
    names, now = count(), NOW
    for passed in minutes:
        now += timedelta(minutes=passed)
        begins = next_begins(keys, now=now)
        if begins is not None:
            assert not keys or begins - now >= AHEAD
            keys.insert(0, a_key(str(next(names)), begins))
        signing = signing_key(keys, now=now)
        assert signing is not None
        shown = published_keys(keys, now=now)
        assert signing in shown
        assert signing_key(keys, now=now - LIFETIME) in shown
        assert len(shown) <= 3
