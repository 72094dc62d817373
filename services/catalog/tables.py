"""The catalogue's rows, on metadata of its own.

Records of contracts are kept whole, as the events tell them; columns stand beside them only for
what the database must compare.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.runtime.database import service_metadata
from shared.runtime.schema import MOMENT, add_runtime_tables

METADATA = service_metadata()

organisation = Table(
    "organisation",
    METADATA,
    Column("oin", Text, primary_key=True),
    Column("record_version", Integer, nullable=False),
    Column("state", JSONB, nullable=False),
)

policy = Table(
    "policy",
    METADATA,
    Column("policy_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", JSONB, nullable=False),
    Column("document", LargeBinary, nullable=False, comment="the framework, byte for byte"),
    Column("published_at", MOMENT, nullable=False),
)

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
)

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

add_runtime_tables(METADATA)
