"""The public keys of issuers, as they announce them."""

from sqlalchemy import Column, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

issuer_key = Table(
    "issuer_key",
    METADATA,
    Column("kid", Text, primary_key=True),
    Column("issuer", Text, nullable=False, comment="the DID"),
    Column("organisation", Text, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("state", JSONB, nullable=False),
    Column("heard_at", MOMENT, nullable=False),
)
Index("ix_issuer_key_issuer", issuer_key.c.issuer)
Index("ix_issuer_key_organisation", issuer_key.c.organisation)
