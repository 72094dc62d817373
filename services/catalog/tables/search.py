"""What search looks through: a listing of each microcredential, its words, and all words known."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from services.catalog.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

# Which transaction changed a listing tells every process, exactly, what it has not seen yet.
listing = Table(
    "listing",
    METADATA,
    Column("microcredential_id", Uuid, primary_key=True),
    Column("ordinal", Integer, Identity(), nullable=False, unique=True),
    Column("provider", Text, nullable=False),
    Column("first_published_at", MOMENT, nullable=False),
    Column("is_listed", Boolean, nullable=False, comment="its latest version is not archived"),
    Column("facts", JSONB, nullable=False),
    Column("shape", SmallInteger, nullable=False, comment="of the facts; an older one is renewed"),
    Column("changed_in", BigInteger, nullable=False, comment="the transaction that changed it"),
)
Index("ix_listing_changed_in", listing.c.changed_in)
Index("ix_listing_provider", listing.c.provider)

# Apart from the listing, because an offering changes often and the words hardly ever.
listing_words = Table(
    "listing_words",
    METADATA,
    Column(
        "ordinal",
        Integer,
        ForeignKey(listing.c.ordinal, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("chance", Integer, nullable=False, comment="puts what fits as well in order"),
    Column("words", TSVECTOR, nullable=False),
)
# What is written is put in its place at once, so that no search has to look through what waits.
Index(
    "ix_listing_words_words",
    listing_words.c.words,
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
)
# Titles weigh A. That few have a word there is what makes a word that most have quick to find.
Index(
    "ix_listing_words_title",
    func.ts_filter(listing_words.c.words, text("'{a}'")),
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
)

# A word may stand here twice when two transactions met it at once: nobody waits for anybody.
known_word = Table(
    "known_word",
    METADATA,
    Column("word_id", BigInteger, Identity(), primary_key=True),
    Column("word", Text, nullable=False),
    Column("trigrams", ARRAY(Text), nullable=False),
)
Index("ix_known_word_word", known_word.c.word, postgresql_ops={"word": "text_pattern_ops"})
Index("ix_known_word_trigrams", known_word.c.trigrams, postgresql_using="gin")

__all__ = ["known_word", "listing", "listing_words"]
