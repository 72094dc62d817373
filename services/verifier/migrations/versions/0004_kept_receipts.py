"""Receipts that somebody asked to keep for some days, each under a seal that we cannot open."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "kept_receipt",
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept_receipt")),
    )
    op.create_index(op.f("ix_kept_receipt_keep_until"), "kept_receipt", ["keep_until"])


def downgrade() -> None:
    """Wipe them."""
    op.drop_table("kept_receipt")
