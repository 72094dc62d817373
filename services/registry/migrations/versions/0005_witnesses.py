"""Who watches the log, and what they have seen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("log_recovery", "log_hold", "log_cosignature", "log_checkpoint", "log_witness", "log_key")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "log_key",
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("vkey", name=op.f("pk_log_key")),
    )
    op.create_table(
        "log_witness",
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("stand", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text()),
        sa.Column(
            "seen_size", sa.BigInteger(), comment="the largest tree it says to have cosigned"
        ),
        sa.Column(
            "cosigned_size",
            sa.BigInteger(),
            comment="the largest tree of which we hold its cosignature",
        ),
        sa.Column("cosigned_at", MOMENT),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("vkey", name=op.f("pk_log_witness")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "note",
            sa.LargeBinary(),
            nullable=False,
            comment="with the signatures of the log only",
        ),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False, comment="signature lines of a note"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("size", "vkey", name=op.f("pk_log_cosignature")),
        sa.ForeignKeyConstraint(
            ["size"],
            ["log_checkpoint.size"],
            ondelete="CASCADE",
            name=op.f("fk_log_cosignature_size_log_checkpoint"),
        ),
    )
    op.create_table(
        "log_hold",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_log_hold")),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_log_hold_one_hold")),
    )
    op.create_table(
        "log_recovery",
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("first", name=op.f("pk_log_recovery")),
    )


def downgrade() -> None:
    """Drop them; witnesses still know what they saw, and are asked anew."""
    for table in TABLES:
        op.drop_table(table)
