"""A Kafka broker in memory out of the confluent-kafka wheel: librdkafka's mock cluster.

Separate, because it is C called by name; nothing else in the project is. Limits: one aiokafka
member per group, no admin requests, nothing kept after `stop`.
"""

import ctypes
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from shared.contracts.topics import TOPICS, Topic

PRODUCER: Final = 0  # rd_kafka_type_t


class BrokerStartError(RuntimeError):
    """The embedded broker did not start."""


class EmbeddedBroker:
    """Apache Kafka's protocol by librdkafka's mock cluster: in memory, one member per group.

    It drops silently what goes beyond 5 MiB or 100,000 messages in a partition.
    """

    def __init__(self, topics: Sequence[Topic] = TOPICS) -> None:
        self._topics = topics
        self._library = _librdkafka()
        self._client: int | None = None
        self._cluster: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start an empty broker with our topics; return its address."""
        reason = ctypes.create_string_buffer(512)
        conf = self._library.rd_kafka_conf_new()
        self._library.rd_kafka_conf_set(conf, b"log_level", b"2", reason, len(reason))
        self._client = self._library.rd_kafka_new(PRODUCER, conf, reason, len(reason))
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1)
        if not self._cluster:
            raise BrokerStartError(reason.value.decode(errors="replace") or "no mock cluster")
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        for topic in self._topics:
            for one in (topic, topic.dead_letters):
                self._library.rd_kafka_mock_topic_create(
                    self._cluster, one.name.encode(), one.partitions, 1
                )
        return self.servers

    @property
    def servers(self) -> str:
        """Return the address to connect to."""
        bootstraps: bytes = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        return bootstraps.decode()

    def stop(self) -> None:
        """Stop the broker; everything on it is gone."""
        if self._cluster:
            self._library.rd_kafka_mock_cluster_destroy(self._cluster)
            self._library.rd_kafka_destroy(self._client)
        self._cluster = self._client = None

    def go_down(self) -> None:
        """Refuse connections from now on, keeping what is on the topics."""
        self._library.rd_kafka_mock_broker_set_down(self._cluster, -1)

    def come_up(self) -> None:
        """Take connections again."""
        self._library.rd_kafka_mock_broker_set_up(self._cluster, -1)

    def answer_slowly(self, milliseconds: int) -> None:
        """Delay every answer."""
        self._library.rd_kafka_mock_broker_set_rtt(self._cluster, -1, milliseconds)

    def refuse_next(self, request: int, errors: Sequence[int]) -> None:
        """Answer the next requests of a kind (0 is Produce) with these Kafka error codes."""
        self._library.rd_kafka_mock_push_request_errors_array(
            self._cluster, request, len(errors), (ctypes.c_int * len(errors))(*errors)
        )


def _librdkafka() -> ctypes.CDLL:
    found = find_spec("confluent_kafka")
    if found is None or not found.submodule_search_locations:
        raise BrokerStartError("install waarmerk[embedded] to have a broker in a wheel")
    package = Path(found.submodule_search_locations[0])
    places = [*package.parent.glob("confluent_kafka.libs/librdkafka-*")]
    places += [*package.glob(".dylibs/librdkafka*.dylib")]
    if not places:
        raise BrokerStartError("confluent-kafka brings no librdkafka on this platform")
    library = ctypes.CDLL(str(places[0]))
    for name, (answer, *arguments) in _SIGNATURES.items():
        function = getattr(library, f"rd_kafka_{name}")
        function.restype, function.argtypes = answer, arguments
    return library


_POINTER, _TEXT, _INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_SIGNATURES: Final = {
    "conf_new": (_POINTER,),
    "conf_set": (_INT, _POINTER, _TEXT, _TEXT, _TEXT, ctypes.c_size_t),
    "new": (_POINTER, _INT, _POINTER, _TEXT, ctypes.c_size_t),
    "destroy": (None, _POINTER),
    "mock_cluster_new": (_POINTER, _POINTER, _INT),
    "mock_cluster_bootstraps": (_TEXT, _POINTER),
    "mock_cluster_destroy": (None, _POINTER),
    "mock_group_initial_rebalance_delay_ms": (None, _POINTER, ctypes.c_int32),
    "mock_topic_create": (_INT, _POINTER, _TEXT, _INT, _INT),
    "mock_broker_set_down": (_INT, _POINTER, ctypes.c_int32),
    "mock_broker_set_up": (_INT, _POINTER, ctypes.c_int32),
    "mock_broker_set_rtt": (_INT, _POINTER, ctypes.c_int32, _INT),
    "mock_push_request_errors_array": (
        None,
        _POINTER,
        ctypes.c_int16,
        ctypes.c_size_t,
        ctypes.POINTER(_INT),
    ),
}
