"""The life cycle of a microcredential: submissions, approvals, statements and mandates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql

revision = "0002"
down_revision = "0001"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Let a desk know its review and its history; what lies there already is a draft."""
    op.add_column("desk", sa.Column("on_behalf_of", sa.Text()))
    op.add_column(
        "desk", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.add_column("desk", sa.Column("edited_by", postgresql.JSONB()))
    op.add_column(
        "desk",
        sa.Column("review", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column("desk", sa.Column("copied_from", postgresql.JSONB()))
    op.create_index("ix_desk_listed", "desk", ["organisation", "changed_at", "microcredential_id"])
    _create_history()


def _create_history() -> None:
    op.create_table(
        "desk_history",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("entry", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_desk_history")),
        sa.ForeignKeyConstraint(
            ["microcredential_id"],
            ["desk.microcredential_id"],
            name=op.f("fk_desk_history_microcredential_id_desk"),
        ),
    )
    op.create_index("ix_desk_history_read", "desk_history", ["microcredential_id", "number"])
    for statement in tenant_policy_sql("desk_history"):
        op.execute(statement)


def downgrade() -> None:
    """Forget reviews and history; a draft stays a draft."""
    op.drop_table("desk_history")
    op.drop_index("ix_desk_listed", "desk")
    for column in ("copied_from", "review", "edited_by", "revision", "on_behalf_of"):
        op.drop_column("desk", column)
