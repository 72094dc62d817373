"""How fresh the verifier is, and when it throws away what it remembers."""

from datetime import timedelta

from services.verifier.domain.knowledge import Knowledge
from services.verifier.repository.memory import Shelf
from shared.contracts import topics
from tests.unit.verifier.forge import NOW

HOUR = timedelta(hours=1)


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
