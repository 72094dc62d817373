"""The intent of a slice is one row; credentials of batches are written once, signed."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import tenant_policy_sql

revision = "0013"
down_revision = "0012"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table; intents of rows that are there are finished by the sweeper."""
    op.create_table(
        "batch_intent",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("slice", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column(
            "manifest", sa.LargeBinary(), nullable=False, comment="60 bytes for each credential"
        ),
        sa.Column("intended_at", MOMENT, nullable=False),
        sa.Column("voided_at", MOMENT),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_batch_intent")),
        sa.ForeignKeyConstraint(
            ["batch_id", "slice"],
            ["batch_slice.batch_id", "batch_slice.number"],
            name=op.f("fk_batch_intent_batch_id_batch_slice"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_batch_intent_slice", "batch_intent", ["batch_id", "slice"])
    op.execute("ALTER TABLE batch_intent ALTER COLUMN manifest SET STORAGE EXTERNAL")
    for statement in tenant_policy_sql("batch_intent"):
        op.execute(statement)
    op.drop_column("batch_slice", "intended_at")


def downgrade() -> None:
    """Go back to an intent per row; what was void is forgotten."""
    op.add_column("batch_slice", sa.Column("intended_at", MOMENT))
    op.drop_table("batch_intent")
