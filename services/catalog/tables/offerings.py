"""Offerings: whole records, with columns for what is compared on a day."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import DATEMULTIRANGE, JSONB

from services.catalog.tables.metadata import METADATA
from services.catalog.tables.microcredentials import desk
from shared.runtime.schema import MOMENT

# Row-level security shows a concept to its own provider only, and the rest to everybody.
offering = Table(
    "offering",
    METADATA,
    Column("offering_id", Uuid, primary_key=True),
    Column("microcredential_id", Uuid, ForeignKey(desk.c.microcredential_id), nullable=False),
    Column("provider", Text, nullable=False),
    Column("primary_code", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column(
        "first_day", Date, nullable=False, comment="of run or entry; 9999-12-31 while not known"
    ),
    Column("last_day", Date),
    Column("enrolment", DATEMULTIRANGE, nullable=False, comment="days on which one can enrol"),
    Column("places_left", Integer),
    Column("record_version", Integer, nullable=False),
    Column("recorded_at", MOMENT, nullable=False),
    Column("record", JSONB, nullable=False),
    UniqueConstraint("provider", "primary_code"),
)
Index(
    "ix_offering_microcredential",
    offering.c.microcredential_id,
    offering.c.first_day,
    offering.c.offering_id,
)
Index("ix_offering_first_day", offering.c.first_day, offering.c.offering_id)
