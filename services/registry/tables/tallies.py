"""How many registrations there are of each organisation and day, and what they add up to."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.tables.metadata import MOMENT, Base

tally = Table(
    "tally",
    Base.metadata,
    Column("day", Date, primary_key=True, comment="of first recording, UTC"),
    Column("organisation", Text, primary_key=True),
    Column("registrations", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="sum of the digests of their lines"),
    Column("counts", JSONB, nullable=False, comment="how many by level, size, month and status"),
    Column("first_number", BigInteger, nullable=False, comment="of the facts that begin them"),
    Column("last_number", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False, comment="when this was last counted"),
)

tally_place = Table(
    "tally_place",
    Base.metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False, comment="all tallies are consistent with it"),
    CheckConstraint('"only" = 1', name="one_place"),
)

statistics_edition = Table(
    "statistics_edition",
    Base.metadata,
    Column("published_at", MOMENT, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("content", Text, nullable=False, comment="as it is published, in JSON"),
)
