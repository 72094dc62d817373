"""The life of an award: suspensions, replaced credentials, expiry, and erased registrations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql

revision = "0002"
down_revision = "0001"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Keep more of what became of an award, and of an erased one only that it was erased."""
    op.add_column("registration", sa.Column("expired_at", MOMENT))
    op.add_column(
        "registration",
        sa.Column(
            "history",
            postgresql.JSONB(),
            comment="suspension, reinstatement and replaced credentials",
        ),
    )
    op.create_table(
        "erased_registration",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_erased_registration")),
    )
    for statement in tenant_policy_sql("erased_registration"):
        op.execute(statement)


def downgrade() -> None:
    """Forget what only the newer code knows of."""
    op.drop_table("erased_registration")
    op.drop_column("registration", "history")
    op.drop_column("registration", "expired_at")
