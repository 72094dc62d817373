"""The verifier: copies of what others announce, and what the runtime needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.schema import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None


def _body() -> sa.Column[object]:
    return sa.Column("body", postgresql.JSONB(), nullable=False)


def upgrade() -> None:
    """Create every table."""
    create_runtime_tables(op)
    op.create_table(
        "organisation",
        sa.Column("oin", sa.Text(), nullable=False),
        _body(),
        sa.PrimaryKeyConstraint("oin", name=op.f("pk_organisation")),
    )
    op.create_table(
        "policy",
        sa.Column("policy", sa.Text(), nullable=False, comment="policyId@version"),
        _body(),
        sa.PrimaryKeyConstraint("policy", name=op.f("pk_policy")),
    )
    op.create_table(
        "microcredential",
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        _body(),
        sa.PrimaryKeyConstraint("microcredential_id", "version", name=op.f("pk_microcredential")),
    )
    op.create_index("ix_microcredential_page", "microcredential", ["page", "version"])
    op.create_table(
        "issuer_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        _body(),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_issuer_key")),
    )
    op.create_index(op.f("ix_issuer_key_issuer"), "issuer_key", ["issuer"])
    op.create_table(
        "status_list",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_status_list")),
    )
    op.create_table(
        "registration",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column(
            "body",
            sa.Text(),
            nullable=False,
            comment="a Registration in JSON, read as it was heard",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_registration")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_registration_credential_id")),
    )
    op.create_table(
        "heard",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_heard")),
    )


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "heard",
        "registration",
        "status_list",
        "issuer_key",
        "microcredential",
        "policy",
        "organisation",
    ):
        op.drop_table(table)
    drop_runtime_tables(op)
