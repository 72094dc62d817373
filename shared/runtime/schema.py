"""The tables of the runtime, copied into every service's own database and metadata.

Separate from the code that uses them, so that services can migrate them as their own.
"""

from typing import Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.runtime.database import service_metadata

METADATA = service_metadata()
MOMENT = DateTime(timezone=True)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, comment="absent for a tombstone"),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
    Column("created_at", MOMENT, nullable=False, server_default=func.clock_timestamp()),
    Column("published_at", MOMENT),
)
Index("ix_outbox_unpublished", outbox.c.id, postgresql_where=outbox.c.published_at.is_(None))

consumer_offset = Table(
    "consumer_offset",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
)

subject_version = Table(
    "subject_version",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

parked = Table(
    "parked",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("value", LargeBinary, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("parked_at", MOMENT, nullable=False, server_default=func.now()),
)

consumer_state = Table(
    "consumer_state",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("worker", Text, primary_key=True),
    Column("partitions", Integer, nullable=False),
    Column("lag", BigInteger, nullable=False),
    Column("progressed_at", MOMENT, nullable=False),
    Column("beat_at", MOMENT, nullable=False),
    Column("fault", Text),
)

idempotency = Table(
    "idempotency",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("lease_until", MOMENT),
    Column("resource", Text),
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", MOMENT, nullable=False),
)
Index("ix_idempotency_created_at", idempotency.c.created_at)

_INBOX = """
CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_inbox PRIMARY KEY (consumer, event_id)
)
"""

# Frozen on purpose: a migration does what it did on the day it was written. `migrations.check`
# fails when the tables above have moved on without a new list here and a new migration.
FIRST_TABLES = (
    """
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        value bytea,
        headers jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        published_at timestamptz
    )
    """,
    "COMMENT ON COLUMN outbox.value IS 'absent for a tombstone'",
    "CREATE INDEX ix_outbox_unpublished ON outbox (id) WHERE published_at IS NULL",
    _INBOX,
    """
    CREATE TABLE consumer_offset (
        consumer text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL,
        CONSTRAINT pk_consumer_offset PRIMARY KEY (consumer, topic, partition)
    )
    """,
    """
    CREATE TABLE subject_version (
        consumer text NOT NULL,
        topic text NOT NULL,
        subject text NOT NULL,
        version bigint NOT NULL,
        CONSTRAINT pk_subject_version PRIMARY KEY (consumer, topic, subject)
    )
    """,
    """
    CREATE TABLE parked (
        consumer text NOT NULL,
        topic text NOT NULL,
        subject text NOT NULL,
        version bigint NOT NULL,
        value bytea NOT NULL,
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_parked PRIMARY KEY (consumer, topic, subject, version)
    )
    """,
    """
    CREATE TABLE consumer_state (
        consumer text NOT NULL,
        worker text NOT NULL,
        partitions integer NOT NULL,
        lag bigint NOT NULL,
        progressed_at timestamptz NOT NULL,
        beat_at timestamptz NOT NULL,
        fault text,
        CONSTRAINT pk_consumer_state PRIMARY KEY (consumer, worker)
    )
    """,
    """
    CREATE TABLE idempotency (
        organisation text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        state text NOT NULL,
        lease_until timestamptz,
        resource text,
        status smallint,
        headers jsonb,
        body bytea,
        created_at timestamptz NOT NULL,
        CONSTRAINT pk_idempotency PRIMARY KEY (organisation, route, key)
    )
    """,
    "CREATE INDEX ix_idempotency_created_at ON idempotency (created_at)",
)


class Executing(Protocol):
    """What we need of `alembic.op`."""

    def execute(self, sqltext: str) -> None:
        """Execute one statement."""


def add_runtime_tables(metadata: MetaData) -> None:
    """Copy the runtime's tables into a service's metadata, so that alembic sees them as its own."""
    for table in METADATA.sorted_tables:
        table.to_metadata(metadata)


def create_runtime_tables(op: Executing) -> None:
    """Create the runtime's tables; for the first migration of each service."""
    for statement in FIRST_TABLES:
        op.execute(statement)


def drop_runtime_tables(op: Executing) -> None:
    """Drop what `create_runtime_tables` created."""
    drop_inbox(op)
    for table in reversed(METADATA.sorted_tables):
        op.execute(f"DROP TABLE {table.name}")


def create_inbox(op: Executing) -> None:
    """Create the ids of events received, as a service that goes back to them expects."""
    op.execute(_INBOX)


def drop_inbox(op: Executing) -> None:
    """Drop the ids of events received: their versions say whether they came before."""
    op.execute("DROP TABLE inbox")
