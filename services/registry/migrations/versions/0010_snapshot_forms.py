"""Snapshots in other forms than gzip, beside it: who knows only that finds it where it was."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
TABLES = ("snapshot_form", "snapshot_form_part")


def upgrade() -> None:
    """Make the tables; the next snapshot fills them."""
    op.create_table(
        "snapshot_form",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="of the file, in octets"),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the file"),
        sa.CheckConstraint("form <> 'gzip'", name=op.f("ck_snapshot_form_not_gzip")),
        sa.PrimaryKeyConstraint("sequence", "form", name=op.f("pk_snapshot_form")),
        _of_snapshot("snapshot_form"),
    )
    op.create_table(
        "snapshot_form_part",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False, comment="from 0"),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", "form", "part", name=op.f("pk_snapshot_form_part")),
        _of_snapshot("snapshot_form_part"),
    )
    # Compressed already.
    op.execute("ALTER TABLE snapshot_form_part ALTER COLUMN octets SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Drop them; in gzip every snapshot is still there."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _of_snapshot(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["sequence"],
        ["snapshot.sequence"],
        name=op.f(f"fk_{table}_sequence_snapshot"),
        ondelete="CASCADE",
    )
