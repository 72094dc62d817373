"""Signing keys and what they signed: the public half for ever, the private half under seal."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.issuer.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

_ELSEWHERE = "absent when a token keeps the private half"

signing_key = Table(
    "signing_key",
    METADATA,
    Column("kid", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("thumbprint", Text, nullable=False),
    Column("public_jwk", JSONB, nullable=False),
    Column("wrapped_key", LargeBinary, comment=_ELSEWHERE),
    Column("sealed_private", LargeBinary, comment=_ELSEWHERE),
    Column("record_version", Integer, nullable=False),
    Column("published_at", MOMENT, nullable=False),
    Column("retired_at", MOMENT),
    Column("compromised_at", MOMENT),
    Column("algorithm", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("signs_from", MOMENT, nullable=False),
    Column("compromised_since", MOMENT),
    Column("compromise_reason", Text),
    UniqueConstraint("organisation", "thumbprint"),
    CheckConstraint("algorithm IN ('ES256', 'Ed25519')", name="algorithm_is_known"),
    CheckConstraint(
        "state = CASE WHEN compromised_at IS NOT NULL THEN 'compromised'"
        " WHEN retired_at IS NOT NULL THEN 'retired'"
        " WHEN state = 'next' THEN 'next' ELSE 'current' END",
        name="state_is_told",
    ),
    CheckConstraint(
        "(wrapped_key IS NULL) = (sealed_private IS NULL)", name="private_half_is_kept"
    ),
)
Index(
    "ix_signing_key_current",
    signing_key.c.organisation,
    signing_key.c.algorithm,
    unique=True,
    postgresql_where=text("state = 'current'"),
)
Index(
    "ix_signing_key_next",
    signing_key.c.organisation,
    signing_key.c.algorithm,
    unique=True,
    postgresql_where=text("state = 'next'"),
)

# No foreign key to signing_key: its share lock would make every award write at one row. A trigger
# refuses what no fit key of this organisation signed. No organisation reads this log, so rows need
# no wall of their own.
signature = Table(
    "signature",
    METADATA,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("kid", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("forms", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("request_id", Text),
    Column("signed_at", MOMENT, nullable=False),
    comment="one row for each payload signed, by its SHA-256; it only grows",
)

key_reissue = Table(
    "key_reissue",
    METADATA,
    Column("kid", Text, ForeignKey(signing_key.c.kid), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    Column("reissued", Integer, nullable=False),
    Column("left_alone", Integer, nullable=False),
    Column("under_way", Integer, nullable=False),
    Column("began_at", MOMENT, nullable=False),
    Column("finished_at", MOMENT),
    comment="how far we are with signing anew what a compromised key signed",
)
