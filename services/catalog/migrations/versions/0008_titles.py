"""An index of the words in titles, which is all that the first pages of a common word need."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        "ix_listing_words_title",
        "listing_words",
        [sa.text("ts_filter(words, '{a}')")],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_listing_words_title", table_name="listing_words")
