"""Organisations in every state they were recorded in, and policies; the steward records both."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

organisation = Table(
    "organisation",
    METADATA,
    Column("oin", Text, primary_key=True),
    Column("record_version", Integer, nullable=False),
    Column("state", JSONB, nullable=False),
)

# Rows come and never change: what the register said at a moment stays readable.
organisation_version = Table(
    "organisation_version",
    METADATA,
    Column("oin", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", JSONB, nullable=False),
    Column("recorded_at", MOMENT, nullable=False),
    Column("reason", Text, comment="why what was on record before was wrong"),
)
Index(
    "ix_organisation_version_recorded",
    organisation_version.c.oin,
    organisation_version.c.recorded_at,
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
