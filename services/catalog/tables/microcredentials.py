"""Desks, which only their own provider sees, and published versions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
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

# What only its own provider may see: row-level security stands on this table.
desk = Table(
    "desk",
    METADATA,
    Column("microcredential_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("draft", JSONB(none_as_null=True)),
    Column("versions", Integer, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
    Column("first_published_at", MOMENT),
    Column("on_behalf_of", Text),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("edited_by", JSONB(none_as_null=True)),
    Column("review", JSONB, nullable=False, server_default=text("'{}'")),
    Column("copied_from", JSONB(none_as_null=True)),
)
Index("ix_desk_listed", desk.c.organisation, desk.c.changed_at, desk.c.microcredential_id)

# Who did what: beside the desk the only place where an acting person is known; the same wall.
desk_history = Table(
    "desk_history",
    METADATA,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("microcredential_id", Uuid, ForeignKey(desk.c.microcredential_id), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("happened_at", MOMENT, nullable=False),
    Column("entry", JSONB, nullable=False),
)
Index("ix_desk_history_read", desk_history.c.microcredential_id, desk_history.c.number)

microcredential = Table(
    "microcredential",
    METADATA,
    Column("microcredential_id", Uuid, ForeignKey(desk.c.microcredential_id), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("provider", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("is_latest", Boolean, nullable=False),
    Column("is_open", Boolean, nullable=False, comment="not archived"),
    Column("record_version", Integer, nullable=False),
    Column("first_published_at", MOMENT, nullable=False),
    Column("state", JSONB, nullable=False),
)
Index(
    "ix_microcredential_listed",
    microcredential.c.first_published_at,
    microcredential.c.microcredential_id,
    postgresql_where=text("is_latest AND is_open"),
)
Index(
    "uq_microcredential_latest",
    microcredential.c.microcredential_id,
    unique=True,
    postgresql_where=text("is_latest"),
)
