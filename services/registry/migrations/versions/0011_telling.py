"""The log is what Kafka is told from: a place in it takes the place of two events for each fact."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
TOLD = """
    DELETE FROM outbox
    WHERE published_at IS NOT NULL AND topic IN ('registrations', 'registrations-state')
    """


def upgrade() -> None:
    """Begin where the outbox ends: what still waits there is sent first, what was sent can go."""
    op.create_table(
        "log_telling",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "next",
            sa.BigInteger(),
            nullable=False,
            comment="index of the first entry not told yet",
        ),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_log_telling")),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_log_telling_one_telling")),
    )
    op.execute(
        'INSERT INTO log_telling ("only", next) SELECT 1, coalesce((SELECT size FROM log_state), 0)'
    )
    op.execute(TOLD)


def downgrade() -> None:
    """Go back to an outbox that knows nothing of before; have the relay tell everything first."""
    op.drop_table("log_telling")
