"""An award that was recalled, and that nobody was ever handed, no longer stands in the way."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
ENROLMENT = ["organisation", "enrolment_reference", "microcredential_id"]


def upgrade() -> None:
    """Say of an award whether it was recalled, and let its enrolment be awarded again."""
    op.add_column(
        "award", sa.Column("is_recalled", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.drop_index("ix_award_enrolment", "award")
    op.create_index(
        "ix_award_enrolment",
        "award",
        ENROLMENT,
        unique=True,
        postgresql_where=sa.text("state NOT IN ('voided', 'erased') AND NOT is_recalled"),
    )


def downgrade() -> None:
    """Let every award stand in the way again; fails when an enrolment was awarded twice by now."""
    op.drop_index("ix_award_enrolment", "award")
    op.create_index(
        "ix_award_enrolment",
        "award",
        ENROLMENT,
        unique=True,
        postgresql_where=sa.text("state NOT IN ('voided', 'erased')"),
    )
    op.drop_column("award", "is_recalled")
