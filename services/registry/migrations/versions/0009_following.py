"""What followers start from and compare with: snapshots, tallies, and the figures of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.runtime.database import tenant_policy_sql

revision = "0009"
down_revision = "0008"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; the worker fills them from the facts there are."""
    _create_snapshots()
    _create_tallies()
    op.create_table(
        "statistics_edition",
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="as it is published, in JSON"),
        sa.PrimaryKeyConstraint("published_at", name=op.f("pk_statistics_edition")),
    )
    op.create_index(
        "ix_fact_erased",
        "fact",
        ["recorded_at"],
        postgresql_where=sa.text("kind = 'erased'"),
    )


def downgrade() -> None:
    """Drop them; all of it can be made again."""
    op.drop_index("ix_fact_erased", table_name="fact")
    for table in ("statistics_edition", "tally_place", "tally", "snapshot_part", "snapshot"):
        op.drop_table(table)


def _create_snapshots() -> None:
    op.create_table(
        "snapshot",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("registrations", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="of its file, in octets"),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of its file"),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "snapshot_part",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False, comment="from 0"),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", "part", name=op.f("pk_snapshot_part")),
        sa.ForeignKeyConstraint(
            ["sequence"],
            ["snapshot.sequence"],
            name=op.f("fk_snapshot_part_sequence_snapshot"),
            ondelete="CASCADE",
        ),
    )
    # Compressed already.
    op.execute("ALTER TABLE snapshot_part ALTER COLUMN octets SET STORAGE EXTERNAL")


def _create_tallies() -> None:
    op.create_table(
        "tally",
        sa.Column("day", sa.Date(), nullable=False, comment="of first recording, UTC"),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("registrations", sa.BigInteger(), nullable=False),
        sa.Column(
            "digest",
            sa.LargeBinary(),
            nullable=False,
            comment="sum of the digests of their lines",
        ),
        sa.Column(
            "counts",
            JSONB(),
            nullable=False,
            comment="how many by level, size, month and status",
        ),
        sa.Column(
            "first_number",
            sa.BigInteger(),
            nullable=False,
            comment="of the facts that begin them",
        ),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column(
            "sequence", sa.BigInteger(), nullable=False, comment="when this was last counted"
        ),
        sa.PrimaryKeyConstraint("day", "organisation", name=op.f("pk_tally")),
    )
    for statement in tenant_policy_sql("tally"):
        op.execute(statement)
    op.create_table(
        "tally_place",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "sequence",
            sa.BigInteger(),
            nullable=False,
            comment="all tallies are consistent with it",
        ),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_tally_place")),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_tally_place_one_place")),
    )
