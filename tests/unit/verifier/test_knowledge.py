"""How fresh the verifier is, and when it throws away what it remembers."""

from datetime import datetime, timedelta

from services.verifier.domain.knowledge import Knowledge, Pulse, decide_knowledge
from services.verifier.repository.memory import Shelf
from shared.contracts import topics
from tests.unit.verifier.forge import NOW

HOUR = timedelta(hours=1)


def a_pulse(
    *,
    lag: int = 0,
    progressed_at: datetime | None = NOW,
    registration: datetime | None = NOW - HOUR,
) -> Pulse:
    return Pulse(
        lag=lag,
        progressed_at=progressed_at,
        newest=NOW - HOUR,
        newest_registration=registration,
    )


def test_a_consumer_that_has_read_everything_knows_the_present() -> None:
    assert decide_knowledge(a_pulse()) == Knowledge(NOW)


def test_a_consumer_that_is_behind_knows_what_it_has_come_to() -> None:
    assert decide_knowledge(a_pulse(lag=1)) == Knowledge(NOW - HOUR)


def test_a_consumer_that_stood_still_longest_ago_knows_no_more_than_then() -> None:
    stopped = a_pulse(lag=1, progressed_at=NOW - 2 * HOUR)

    assert decide_knowledge(stopped) == Knowledge(NOW - 2 * HOUR)


def test_without_a_consumer_the_newest_we_heard_is_what_we_know() -> None:
    assert decide_knowledge(a_pulse(progressed_at=None)) == Knowledge(NOW - HOUR)


def test_knowledge_is_old_when_it_is_older_than_our_patience() -> None:
    assert not Knowledge(NOW - HOUR).is_old(now=NOW, patience=HOUR)
    assert Knowledge(NOW - HOUR).is_old(now=NOW + timedelta(seconds=1), patience=HOUR)
    assert Knowledge().is_old(now=NOW, patience=HOUR)


def test_a_shelf_is_emptied_by_its_own_topics_only() -> None:
    shelf = Shelf((topics.CATALOG, topics.ISSUER_KEYS))
    shelf.compare({"catalog": 1})
    shelf.values["key"] = "value"

    shelf.compare({"catalog": 1, "status-lists": 9})
    assert shelf.values == {"key": "value"}

    shelf.compare({"catalog": 1, "issuer-keys": 1})
    assert shelf.values == {}


def test_what_was_being_read_during_a_change_is_not_remembered() -> None:
    shelf = Shelf((topics.CATALOG,))
    values_before = shelf.values

    shelf.compare({"catalog": 1})
    values_before["key"] = "read before the change"

    assert shelf.values == {}
