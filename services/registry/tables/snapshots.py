"""Snapshots of the register: what each says of itself, and its file in parts.

In the database, because every replica must be able to hand out the same file, and none has a disk.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table

from services.registry.tables.metadata import MOMENT, Base
from services.registry.tables.registrations import FactRow

snapshot = Table(
    "snapshot",
    Base.metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("taken_at", MOMENT, nullable=False),
    Column("registrations", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False, comment="of its file, in octets"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of its file"),
)

# All parts of a file are as large as the first, but for the last one.
snapshot_part = Table(
    "snapshot_part",
    Base.metadata,
    Column(
        "sequence",
        BigInteger,
        ForeignKey("snapshot.sequence", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("part", Integer, primary_key=True, autoincrement=False, comment="from 0"),
    Column("octets", LargeBinary, nullable=False),
)

# Whether anything was erased since a snapshot is asked every minute.
Index(
    "ix_fact_erased",
    FactRow.table().c.recorded_at,
    postgresql_where=FactRow.table().c.kind == "erased",
)
