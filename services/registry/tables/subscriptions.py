"""Who follows the register by webhook, and what became of what they were sent.

What a receiver answered is kept as a status and a time only. Keys are under seal; deleting a
subscription deletes the key they are sealed with.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.tables.log import log_entry
from services.registry.tables.metadata import MOMENT, Base

# By which a filter passes over what it does not ask for.
Index(
    "ix_log_entry_issuer",
    text("log_entry_issuer(entry)"),
    text("log_entry_kind(entry)"),
    log_entry.c.index,
)

subscription = Table(
    "subscription",
    Base.metadata,
    Column("subscription_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("issuers", ARRAY(Text), nullable=False),
    Column("sectors", ARRAY(Text), nullable=False),
    Column("position", BigInteger, nullable=False, comment="the next index of the log to look at"),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("failures", Integer, nullable=False),
    Column("failing_since", MOMENT),
    Column("due_at", MOMENT, nullable=False),
    Column("lease", Uuid, comment="who delivers it now"),
    Column("lease_until", MOMENT),
    Column("allowed_rate", Integer, comment="deliveries a minute"),
    Column("validated_at", MOMENT),
    Column("sealing_key", LargeBinary, nullable=False, comment="wrapped; seals its keys"),
    Column("revision", Integer, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
)
Index("ix_subscription_organisation", subscription.c.organisation, subscription.c.subscription_id)
Index(
    "ix_subscription_due_at",
    subscription.c.due_at,
    postgresql_where=text("state IN ('validating', 'active')"),
)

subscription_key = Table(
    "subscription_key",
    Base.metadata,
    Column(
        "subscription_id",
        Uuid,
        ForeignKey("subscription.subscription_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="secret and seed"),
    Column("public_key", LargeBinary, nullable=False, comment="Ed25519"),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT),
)

delivery = Table(
    "delivery",
    Base.metadata,
    Column("delivery_id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column(
        "subscription_id",
        Uuid,
        ForeignKey("subscription.subscription_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("organisation", Text, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_attempt_at", MOMENT, nullable=False),
    Column("last_status", Integer),
    Column("last_failing", Text),
    Column("again_at", MOMENT, comment="when the subscriber asked to send it again"),
    Column("lease_until", MOMENT),
    UniqueConstraint("subscription_id", "index"),
)
Index("ix_delivery_again_at", delivery.c.again_at, postgresql_where=text("again_at IS NOT NULL"))
Index("ix_delivery_last_attempt_at", delivery.c.last_attempt_at)

delivery_attempt = Table(
    "delivery_attempt",
    Base.metadata,
    Column(
        "delivery_id",
        Uuid,
        ForeignKey("delivery.delivery_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("attempted_at", MOMENT, nullable=False),
    Column("status", Integer),
    Column("failing", Text),
    Column("milliseconds", Integer, nullable=False),
)
