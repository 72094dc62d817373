"""Mandates between organisations, and statements of others about published versions."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

mandate = Table(
    "mandate",
    METADATA,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("mandator", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, comment="first day without"),
    Column("given_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
)
Index(
    "uq_mandate_present",
    mandate.c.mandator,
    mandate.c.agent,
    unique=True,
    postgresql_where=text("ended_at IS NULL"),
)
Index("ix_mandate_listed", mandate.c.mandator, mandate.c.number)

# What is not accepted is seen by its provider and its author only: row-level security.
statement = Table(
    "statement",
    METADATA,
    Column("statement_id", Uuid, primary_key=True),
    Column("microcredential_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("filed_at", MOMENT, nullable=False),
    Column("settled_at", MOMENT),
    Column("said", JSONB, nullable=False),
    ForeignKeyConstraint(
        ["microcredential_id", "version"],
        ["microcredential.microcredential_id", "microcredential.version"],
        name="fk_statement_version_microcredential",
    ),
)
Index(
    "uq_statement_once",
    statement.c.microcredential_id,
    statement.c.version,
    statement.c.kind,
    statement.c.author,
    unique=True,
    postgresql_where=text("state IN ('offered', 'accepted') AND author <> provider"),
)
Index(
    "ix_statement_listed",
    statement.c.microcredential_id,
    statement.c.filed_at,
    statement.c.statement_id,
)
