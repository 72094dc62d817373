"""Organisations and policies, which the steward records."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text
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

policy = Table(
    "policy",
    METADATA,
    Column("policy_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", JSONB, nullable=False),
    Column("document", LargeBinary, nullable=False, comment="the framework, byte for byte"),
    Column("published_at", MOMENT, nullable=False),
)
