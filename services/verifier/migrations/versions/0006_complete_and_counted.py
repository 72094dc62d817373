"""Up to when we heard everything, which awards are erased for good, and how much was checked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
_BODY = "a Registration in JSON, read as it was heard; absent"


def upgrade() -> None:
    """Know what an emptied row meant, and begin with what the workers last said of themselves."""
    op.add_column(
        "registration",
        sa.Column(
            "is_erased",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="for good, whatever is heard of it later",
        ),
    )
    op.execute("UPDATE registration SET is_erased = true WHERE body IS NULL")
    op.alter_column("registration", "body", comment=f"{_BODY} before, and once it is erased")
    op.create_table(
        "completeness",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name=op.f("pk_completeness")),
    )
    # Who serves may be new before who listens is: until then this is what is known.
    op.execute(
        """
        INSERT INTO completeness (consumer, complete_at)
        SELECT consumer, min(progressed_at) FROM consumer_state
        GROUP BY consumer HAVING max(lag) = 0 AND count(fault) = 0
        """
    )
    op.create_table(
        "verification_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("container", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "state", "form", "container", name=op.f("pk_verification_count")
        ),
    )
    op.create_table(
        "checked_registration",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("registration_id", "month", name=op.f("pk_checked_registration")),
    )
    op.create_index(op.f("ix_checked_registration_month"), "checked_registration", ["month"])


def downgrade() -> None:
    """Forget all of it; who was erased stays empty, and what was never heard goes."""
    for table in ("checked_registration", "verification_count", "completeness"):
        op.drop_table(table)
    op.execute("DELETE FROM registration WHERE body IS NULL AND NOT is_erased")
    op.alter_column("registration", "body", comment=f"{_BODY} once it is erased")
    op.drop_column("registration", "is_erased")
