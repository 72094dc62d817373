"""Signing keys: the public half for ever, the private half under seal."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from services.issuer.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

signing_key = Table(
    "signing_key",
    METADATA,
    Column("kid", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("thumbprint", Text, nullable=False),
    Column("public_jwk", JSONB, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed_private", LargeBinary, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("published_at", MOMENT, nullable=False),
    Column("retired_at", MOMENT),
    Column("compromised_at", MOMENT),
    UniqueConstraint("organisation", "thumbprint"),
)
Index(
    "ix_signing_key_in_use",
    signing_key.c.organisation,
    unique=True,
    postgresql_where=text("retired_at IS NULL AND compromised_at IS NULL"),
)
