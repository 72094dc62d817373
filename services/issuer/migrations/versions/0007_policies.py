"""Our copy of the catalogue's policies: a picture bears the mark by the policy it pins."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the copy, and have the catalogue's topic heard again: it keeps every policy.

    Each of its events is a whole state, so hearing all of them once more changes nothing else.
    """
    op.create_table(
        "policy",
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("policy_id", "version", name=op.f("pk_policy")),
        comment="our copy of the catalogue's policies, which say what bears the mark",
    )
    op.execute("DELETE FROM consumer_offset WHERE topic = 'catalog'")
    op.execute("DELETE FROM subject_version WHERE topic = 'catalog'")
    op.execute("DELETE FROM inbox")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("policy")
