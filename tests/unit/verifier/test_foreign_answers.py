"""What was answered is kept as long as it may be, and nobody is asked more often than is decent."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from services.verifier.foreign.answers import (
    LONGEST,
    SHORTEST,
    Answer,
    Answers,
    KeyAddresses,
    Pace,
    lifetime,
)
from services.verifier.foreign.findings import SENTENCES, ForeignCode

NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)


def an_answer(*, size: int = 0, kept: timedelta = LONGEST) -> Answer:
    """Return an answer of this size."""
    return Answer(code=ForeignCode.FOUND, answered_at=NOW, body=bytes(size), lifetime=kept)


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({}, LONGEST),
        ({"cache-control": "public"}, LONGEST),
        ({"cache-control": "max-age=300"}, 300 * SECOND),
        ({"cache-control": "public, MAX-AGE=300, immutable"}, 300 * SECOND),
        ({"cache-control": 'max-age="300"'}, 300 * SECOND),
        ({"cache-control": "max-age=500, s-maxage=200"}, 200 * SECOND),
        ({"cache-control": "max-age=300", "age": "100"}, 200 * SECOND),
        ({"cache-control": "max-age=300", "age": "9999999999999"}, 300 * SECOND),
        ({"cache-control": "max-age=300", "age": "²"}, 300 * SECOND),
        ({"cache-control": "max-age=3"}, SHORTEST),
        ({"cache-control": "max-age=300", "age": "400"}, SHORTEST),
        ({"cache-control": "max-age=999999999"}, LONGEST),
        ({"cache-control": "max-age=-1"}, LONGEST),
        ({"cache-control": "no-store"}, SHORTEST),
        ({"cache-control": "max-age=300, no-cache"}, SHORTEST),
        ({"cache-control": "private, max-age=300"}, SHORTEST),
    ],
)
def test_an_answer_is_kept_as_long_as_it_says_within_bounds(
    headers: dict[str, str], kept: timedelta
) -> None:
    assert lifetime(headers) == kept


def test_an_answer_is_forgotten_on_time() -> None:
    answers = Answers()
    answers.keep("a", an_answer(kept=100 * SECOND))

    assert answers.find("a", now=NOW + 99 * SECOND) is not None
    assert answers.find("a", now=NOW + 100 * SECOND) is None
    assert len(answers) == 0


def test_an_answer_from_the_future_is_not_used() -> None:
    answers = Answers()
    answers.keep("a", an_answer())

    assert answers.find("a", now=NOW - SECOND) is None


def test_no_more_is_kept_than_there_is_room_for() -> None:
    answers = Answers(most=3, most_bytes=100)
    for name in "abc":
        answers.keep(name, an_answer(size=10))
    answers.find("a", now=NOW)
    answers.keep("d", an_answer(size=10))

    assert [name for name in "abcd" if answers.find(name, now=NOW)] == ["a", "c", "d"]
    answers.keep("e", an_answer(size=90))
    assert [name for name in "abcde" if answers.find(name, now=NOW)] == ["d", "e"]
    answers.keep("e", an_answer(size=90))
    assert len(answers) == 2
    answers.keep("f", an_answer(size=101))
    assert len(answers) == 0


def test_a_host_is_asked_thirty_times_a_minute() -> None:
    pace = Pace(most=30)

    assert all(pace.admits("a.example", now=NOW) for _ in range(30))
    assert not pace.admits("a.example", now=NOW + 59 * SECOND)
    assert pace.admits("b.example", now=NOW)
    assert pace.admits("a.example", now=NOW + 60 * SECOND)


def test_hosts_without_end_take_no_memory_without_end() -> None:
    pace = Pace()
    for number in range(3000):
        pace.admits(f"{number}.example", now=NOW)

    assert len(pace) == 1000


def test_an_issuer_with_a_key_for_each_credential_is_asked_no_further() -> None:
    addresses = KeyAddresses(most=2)
    for path in "ab":
        assert addresses.admits("issuer", path)
        addresses.note("issuer", path)

    assert addresses.admits("issuer", "a")
    assert not addresses.admits("issuer", "c")
    assert addresses.admits("another", "c")


def test_every_code_has_a_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(ForeignCode)
    for text in SENTENCES.values():
        assert text.nl.endswith(".")
        assert text.en.endswith(".")
        assert text.nl != text.en
