"""A consumer knows everything up to a moment once each partition was read past its end of then."""

from aiokafka import TopicPartition

from shared.runtime.completeness import Mark
from tests.support.bus import MOMENT

ONE, OTHER = TopicPartition("catalog", 0), TopicPartition("catalog", 1)


def test_a_mark_is_passed_when_every_partition_is_and_not_before() -> None:
    mark = Mark(MOMENT, {ONE: 5, OTHER: 3})

    assert mark.is_passed({ONE: 5, OTHER: 9})
    assert not mark.is_passed({ONE: 4, OTHER: 9})
    assert not mark.is_passed({ONE: 5})


def test_what_has_nothing_to_read_holds_nothing_up() -> None:
    assert Mark(MOMENT, {ONE: 0}).is_passed({})
