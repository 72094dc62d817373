"""A key's partition is the one every other Kafka client would choose."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.kafka import partition_of


@given(key=st.binary(min_size=0, max_size=70), partitions=st.integers(1, 64))
def test_it_is_what_aiokafka_and_the_java_client_choose(key: bytes, partitions: int) -> None:
    known = list(range(partitions))

    assert partition_of(key, partitions) == DefaultPartitioner()(key, known, known)
