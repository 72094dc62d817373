"""Machine clients and the keys they have, what they used up, and the keys we sign tokens with."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

# Only its own organisation's administrators and the steward see a client: row-level security.
client = Table(
    "client",
    METADATA,
    Column("client_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", JSONB, nullable=False),
    Column("keys", JSONB, nullable=False),
    Column("jwks_url", Text),
    Column("binding", Text, nullable=False),
    Column("blocked_by", Text, comment="OIN of the organisation that keeps it out"),
    Column("revision", Integer, nullable=False),
    Column("registered_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
    Column("changed_by", Text, nullable=False, comment="the client that changed it last"),
    CheckConstraint("(jwks_url IS NULL) = (jsonb_array_length(keys) > 0)", name="keys_somewhere"),
)
Index("ix_client_listed", client.c.organisation, client.c.registered_at, client.c.client_id)

# Apart from the client, because reading its keys again changes nothing an administrator wrote.
client_key_set = Table(
    "client_key_set",
    METADATA,
    Column("client_id", Uuid, ForeignKey(client.c.client_id), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("keys", JSONB, nullable=False, comment="the last that were good"),
    Column("read_at", MOMENT),
    Column("tried_at", MOMENT, nullable=False),
)

used_assertion = Table(
    "used_assertion",
    METADATA,
    Column("client_id", Uuid, primary_key=True),
    Column("jti", Text, primary_key=True),
    Column("until", MOMENT, nullable=False, comment="from then on it is refused by its age"),
)
Index("ix_used_assertion_until", used_assertion.c.until)

token_key = Table(
    "token_key",
    METADATA,
    Column("kid", Text, primary_key=True),
    Column("public_jwk", JSONB, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed_private", LargeBinary, nullable=False),
    Column("signs_from", MOMENT, nullable=False),
    Column("ended_at", MOMENT, comment="from then on nothing signed with it is taken"),
)
