"""Who follows the register, and what became of what they were sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql

revision = "0006"
down_revision = "0005"
MOMENT = sa.DateTime(timezone=True)
# An entry is `{"v":1,"k":"<kind>","iss":"<20>","c":"<44>"}`: all but the kind has a fixed length.
FUNCTIONS = (
    """
    CREATE FUNCTION log_entry_issuer(entry bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN substring(entry FROM octet_length(entry) - 72 FOR 20)
    """,
    """
    CREATE FUNCTION log_entry_kind(entry bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN substring(entry FROM 13 FOR octet_length(entry) - 94)
    """,
)


def upgrade() -> None:
    """Make the tables, and the index by which a filter passes over what it does not ask for."""
    for function in FUNCTIONS:
        op.execute(function)
    op.create_index(
        "ix_log_entry_issuer",
        "log_entry",
        [sa.text("log_entry_issuer(entry)"), sa.text("log_entry_kind(entry)"), "index"],
    )
    _create_subscriptions()
    _create_deliveries()
    for table in ("subscription", "subscription_key", "delivery", "delivery_attempt"):
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in ("delivery_attempt", "delivery", "subscription_key", "subscription"):
        op.drop_table(table)
    op.drop_index("ix_log_entry_issuer", "log_entry")
    op.execute("DROP FUNCTION log_entry_issuer")
    op.execute("DROP FUNCTION log_entry_kind")


def _create_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("issuers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sectors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "position",
            sa.BigInteger(),
            nullable=False,
            comment="the next index of the log to look at",
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease", sa.Uuid(), comment="who delivers it now"),
        sa.Column("lease_until", MOMENT),
        sa.Column("allowed_rate", sa.Integer(), comment="deliveries a minute"),
        sa.Column("validated_at", MOMENT),
        sa.Column(
            "sealing_key", sa.LargeBinary(), nullable=False, comment="wrapped; seals its keys"
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_subscription")),
    )
    op.create_index(
        "ix_subscription_organisation", "subscription", ["organisation", "subscription_id"]
    )
    op.create_index(
        "ix_subscription_due_at",
        "subscription",
        ["due_at"],
        postgresql_where=sa.text("state IN ('validating', 'active')"),
    )
    op.create_table(
        "subscription_key",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="secret and seed"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="Ed25519"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.PrimaryKeyConstraint("subscription_id", "number", name=op.f("pk_subscription_key")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.subscription_id"],
            name=op.f("fk_subscription_key_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
    )


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column(
            "delivery_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", MOMENT, nullable=False),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_failing", sa.Text()),
        sa.Column("again_at", MOMENT, comment="when the subscriber asked to send it again"),
        sa.Column("lease_until", MOMENT),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("subscription_id", "index", name=op.f("uq_delivery_subscription_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.subscription_id"],
            name=op.f("fk_delivery_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_delivery_again_at",
        "delivery",
        ["again_at"],
        postgresql_where=sa.text("again_at IS NOT NULL"),
    )
    op.create_index("ix_delivery_last_attempt_at", "delivery", ["last_attempt_at"])
    op.create_table(
        "delivery_attempt",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("attempted_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("failing", sa.Text()),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_delivery_attempt")),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.delivery_id"],
            name=op.f("fk_delivery_attempt_delivery_id_delivery"),
            ondelete="CASCADE",
        ),
    )
