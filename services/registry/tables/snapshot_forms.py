"""A snapshot's file in every form but gzip, which stands in `snapshot` and `snapshot_part`.

Tables of their own, so that a process of before, which knows of gzip only, finds what it knew.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from services.registry.tables.metadata import Base

snapshot_form = Table(
    "snapshot_form",
    Base.metadata,
    Column(
        "sequence",
        BigInteger,
        ForeignKey("snapshot.sequence", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("form", Text, primary_key=True),
    Column("size", BigInteger, nullable=False, comment="of the file, in octets"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the file"),
    CheckConstraint("form <> 'gzip'", name="not_gzip"),
)

snapshot_form_part = Table(
    "snapshot_form_part",
    Base.metadata,
    Column(
        "sequence",
        BigInteger,
        ForeignKey("snapshot.sequence", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("form", Text, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False, comment="from 0"),
    Column("octets", LargeBinary, nullable=False),
)
