"""Count the rows that are ready although their people have the same award already."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Find those few rows without reading the many others."""
    op.create_index(
        "ix_batch_row_again",
        "batch_row",
        ["batch_id"],
        postgresql_where=sa.text("outcome = 'ready' AND code = 'award.exists.other-reference'"),
    )


def downgrade() -> None:
    """Read all rows to count them."""
    op.drop_index("ix_batch_row_again", "batch_row")
