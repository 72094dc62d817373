"""PostgreSQL and a Kafka broker out of installed wheels, for the demo and the tests.

Separate and never used by a service: production has real servers. PostgreSQL is durable and
survives a kill -9 of us and of itself; the broker lives in memory only.
"""

from shared.runtime.embedded.broker import EmbeddedBroker
from shared.runtime.embedded.postgres import EmbeddedPostgres

__all__ = ["EmbeddedBroker", "EmbeddedPostgres"]
