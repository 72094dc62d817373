"""What changed for RIO, in the order in which it changed."""

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text, Uuid, func

from services.catalog.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

# Triggers write here whenever a version, a public offering or an offerer code changes.
rio_change = Table(
    "rio_change",
    METADATA,
    Column("arrival", BigInteger, Identity(always=True), primary_key=True),
    Column("microcredential_id", Uuid, nullable=False),
    Column("main_object", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("recorded_at", MOMENT, nullable=False, server_default=func.now()),
    Column("change", BigInteger, comment="its place in the list; given once it is committed"),
    Column("added_change", BigInteger, comment="the place where this object was first"),
)
Index("uq_rio_change_change", rio_change.c.change, unique=True)
Index(
    "ix_rio_change_pending",
    rio_change.c.arrival,
    postgresql_where=rio_change.c.change.is_(None),
)
Index("ix_rio_change_object", rio_change.c.microcredential_id, rio_change.c.main_object)
