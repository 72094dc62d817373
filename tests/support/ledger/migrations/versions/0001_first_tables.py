"""The runtime's tables and the ledger's one."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import tenant_policy_sql
from shared.runtime.schema import (
    create_inbox,
    create_runtime_tables,
    drop_inbox,
    drop_runtime_tables,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    create_runtime_tables(op)
    drop_inbox(op)
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
    for statement in tenant_policy_sql("entry"):
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("entry")
    create_inbox(op)
    drop_runtime_tables(op)
