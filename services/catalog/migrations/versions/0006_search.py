"""What search looks through: a listing of each microcredential, its words, and all words known.

The listings of an existing installation are written by its worker, which renews every listing that
is missing or of an older shape.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
MOMENT = sa.DateTime(timezone=True)

# Ranking reads the words of every match: inline in their row that takes a third of the time.
_INLINE = (
    "ALTER TABLE listing_words ALTER COLUMN words SET STORAGE MAIN",
    "ALTER TABLE listing_words SET (toast_tuple_target = 8160)",
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "listing",
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("first_published_at", MOMENT, nullable=False),
        sa.Column(
            "is_listed", sa.Boolean(), nullable=False, comment="its latest version is not archived"
        ),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column(
            "shape",
            sa.SmallInteger(),
            nullable=False,
            comment="of the facts; an older one is renewed",
        ),
        sa.Column(
            "changed_in",
            sa.BigInteger(),
            nullable=False,
            comment="the transaction that changed it",
        ),
        sa.PrimaryKeyConstraint("microcredential_id", name=op.f("pk_listing")),
        sa.UniqueConstraint("ordinal", name=op.f("uq_listing_ordinal")),
    )
    op.create_index("ix_listing_changed_in", "listing", ["changed_in"])
    op.create_index("ix_listing_provider", "listing", ["provider"])
    op.create_table(
        "listing_words",
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "chance", sa.Integer(), nullable=False, comment="puts what fits as well in order"
        ),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_listing_words")),
        sa.ForeignKeyConstraint(
            ["ordinal"],
            ["listing.ordinal"],
            name=op.f("fk_listing_words_ordinal_listing"),
            ondelete="CASCADE",
        ),
    )
    for statement in _INLINE:
        op.execute(statement)
    op.create_index(
        "ix_listing_words_words",
        "listing_words",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "known_word",
        sa.Column("word_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("trigrams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("word_id", name=op.f("pk_known_word")),
    )
    op.create_index(
        "ix_known_word_word", "known_word", ["word"], postgresql_ops={"word": "text_pattern_ops"}
    )
    op.create_index("ix_known_word_trigrams", "known_word", ["trigrams"], postgresql_using="gin")


def downgrade() -> None:
    """Drop the tables."""
    for table in ("known_word", "listing_words", "listing"):
        op.drop_table(table)
