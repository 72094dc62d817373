"""Organisations, policies, drafts on desks, published versions, and what the runtime needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql
from shared.runtime.schema import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table; a desk and its answers are seen by their own organisation only."""
    create_runtime_tables(op)
    op.create_table(
        "organisation",
        sa.Column("oin", sa.Text(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("oin", name=op.f("pk_organisation")),
    )
    op.create_table(
        "policy",
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.Column(
            "document", sa.LargeBinary(), nullable=False, comment="the framework, byte for byte"
        ),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("policy_id", "version", name=op.f("pk_policy")),
    )
    op.create_table(
        "desk",
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("draft", postgresql.JSONB()),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("first_published_at", MOMENT),
        sa.PrimaryKeyConstraint("microcredential_id", name=op.f("pk_desk")),
    )
    _create_microcredential()
    for table in ("desk", "idempotency"):
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def _create_microcredential() -> None:
    op.create_table(
        "microcredential",
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False, comment="not archived"),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("first_published_at", MOMENT, nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("microcredential_id", "version", name=op.f("pk_microcredential")),
        sa.ForeignKeyConstraint(
            ["microcredential_id"],
            ["desk.microcredential_id"],
            name=op.f("fk_microcredential_microcredential_id_desk"),
        ),
    )
    op.create_index(
        "ix_microcredential_listed",
        "microcredential",
        ["first_published_at", "microcredential_id"],
        postgresql_where=sa.text("is_latest AND is_open"),
    )
    op.create_index(
        "uq_microcredential_latest",
        "microcredential",
        ["microcredential_id"],
        unique=True,
        postgresql_where=sa.text("is_latest"),
    )


def downgrade() -> None:
    """Drop every table."""
    for table in ("microcredential", "desk", "policy", "organisation"):
        op.drop_table(table)
    drop_runtime_tables(op)
