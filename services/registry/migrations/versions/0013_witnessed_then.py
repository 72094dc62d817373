"""By how many witnesses each checkpoint was cosigned and when, so that old ones can be found."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
COUNT = """
    UPDATE log_checkpoint c SET cosigned = s.count, witnessed_at = s.last
    FROM (SELECT size, count(*), max(made_at) AS last FROM log_cosignature GROUP BY size) s
    WHERE c.size = s.size
    """


def upgrade() -> None:
    """Add the columns, count what is there, and make the indexes."""
    op.add_column(
        "log_checkpoint",
        sa.Column(
            "cosigned",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="by so many witnesses",
        ),
    )
    op.add_column(
        "log_checkpoint",
        sa.Column(
            "witnessed_at",
            sa.DateTime(timezone=True),
            comment="when the last of them had cosigned it",
        ),
    )
    op.execute(COUNT)
    op.create_index(
        "ix_log_checkpoint_cosigned",
        "log_checkpoint",
        [sa.text("cosigned DESC"), sa.text("size DESC")],
        postgresql_include=["witnessed_at"],
    )
    op.create_index("ix_log_checkpoint_witnessed_at", "log_checkpoint", ["witnessed_at"])


def downgrade() -> None:
    """Drop them; which checkpoints were kept is not changed."""
    op.drop_index("ix_log_checkpoint_witnessed_at", "log_checkpoint")
    op.drop_index("ix_log_checkpoint_cosigned", "log_checkpoint")
    op.drop_column("log_checkpoint", "witnessed_at")
    op.drop_column("log_checkpoint", "cosigned")
