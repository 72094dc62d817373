"""Credentials that their holder shares, each under a seal that only its link opens."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "share",
        sa.Column("share_id", sa.LargeBinary(), nullable=False),
        sa.Column(
            "code_place", sa.LargeBinary(), nullable=True, comment="where its short code is found"
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=True, comment="absent once it has ended"),
        sa.Column(
            "sealed_link", sa.LargeBinary(), nullable=True, comment="what the short code opens"
        ),
        sa.Column("withdrawal", sa.LargeBinary(), nullable=True, comment="a hash of its secret"),
        sa.Column(
            "registration_id",
            sa.Uuid(),
            nullable=True,
            comment="so that an erasure ends it; absent once it has ended",
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("share_id", name=op.f("pk_share")),
        sa.UniqueConstraint("code_place", name=op.f("uq_share_code_place")),
        sa.CheckConstraint(
            "num_nulls(sealed, withdrawal, registration_id) IN (0, 3)",
            name=op.f("ck_share_whole_or_ended"),
        ),
    )
    op.create_index(op.f("ix_share_registration_id"), "share", ["registration_id"])
    op.create_index(op.f("ix_share_ends_at"), "share", ["ends_at"])
    # What is sealed does not get smaller: trying costs time and gains nothing.
    op.execute("ALTER TABLE share ALTER COLUMN sealed SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Wipe them."""
    op.drop_table("share")
