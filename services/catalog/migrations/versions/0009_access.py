"""Access: machine clients, what they used up, and the keys that sign their tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql

revision = "0009"
down_revision = "0008"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables; clients and their key sets stand behind the wall of their organisation."""
    _create_clients()
    op.create_table(
        "used_assertion",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False, comment="from then on it is refused by its age"),
        sa.PrimaryKeyConstraint("client_id", "jti", name=op.f("pk_used_assertion")),
    )
    op.create_index("ix_used_assertion_until", "used_assertion", ["until"])
    op.create_table(
        "token_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("signs_from", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, comment="from then on nothing signed with it is taken"),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_token_key")),
    )


def _create_clients() -> None:
    op.create_table(
        "client",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("keys", postgresql.JSONB(), nullable=False),
        sa.Column("jwks_url", sa.Text()),
        sa.Column("binding", sa.Text(), nullable=False),
        sa.Column("blocked_by", sa.Text(), comment="OIN of the organisation that keeps it out"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column(
            "changed_by", sa.Text(), nullable=False, comment="the client that changed it last"
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client")),
        sa.CheckConstraint(
            "(jwks_url IS NULL) = (jsonb_array_length(keys) > 0)",
            name=op.f("ck_client_keys_somewhere"),
        ),
    )
    op.create_index("ix_client_listed", "client", ["organisation", "registered_at", "client_id"])
    op.create_table(
        "client_key_set",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(), nullable=False, comment="the last that were good"),
        sa.Column("read_at", MOMENT),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_key_set")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.client_id"], name=op.f("fk_client_key_set_client_id_client")
        ),
    )
    for table in ("client", "client_key_set"):
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def downgrade() -> None:
    """Know no clients, and sign no tokens."""
    for table in ("token_key", "used_assertion", "client_key_set", "client"):
        op.drop_table(table)
