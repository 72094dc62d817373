"""Batches of credentials under way, sealed under an address that is not in here."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "verification_batch",
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column(
            "request",
            sa.LargeBinary(),
            nullable=True,
            comment="a hash of the Idempotency-Key, if there was one",
        ),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes that were handed in"),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("wipe_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_verification_batch")),
        sa.UniqueConstraint("request", name=op.f("uq_verification_batch_request")),
    )
    op.create_index(op.f("ix_verification_batch_wipe_at"), "verification_batch", ["wipe_at"])
    op.create_table(
        "verification_batch_entry",
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "sealed_content", sa.LargeBinary(), nullable=True, comment="absent once it is judged"
        ),
        sa.Column(
            "sealed_row", sa.LargeBinary(), nullable=True, comment="absent until it is judged"
        ),
        sa.Column("state", sa.Text(), nullable=True, comment="of its verdict, to be counted"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("place", "number", name=op.f("pk_verification_batch_entry")),
        sa.ForeignKeyConstraint(
            ["place"],
            ["verification_batch.place"],
            name=op.f("fk_verification_batch_entry_place_verification_batch"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "(sealed_content IS NULL) <> (sealed_row IS NULL)",
            name=op.f("ck_verification_batch_entry_one_of_two"),
        ),
    )
    # What is sealed does not get smaller: trying costs time and gains nothing.
    for column in ("sealed_content", "sealed_row"):
        op.execute(
            f"ALTER TABLE verification_batch_entry ALTER COLUMN {column} SET STORAGE EXTERNAL"
        )


def downgrade() -> None:
    """Wipe them."""
    op.drop_table("verification_batch_entry")
    op.drop_table("verification_batch")
