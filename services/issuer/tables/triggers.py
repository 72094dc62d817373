"""What institutions' own systems tell us: runs, results, where to pull them, and badge classes.

What an association says of a person stands in `sealed_content` only, under a key of that
association; `learner` is the pseudonym by which an erasure finds it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.issuer.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

offering = Table(
    "offering",
    METADATA,
    Column("offering_id", Uuid, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("microcredential_id", Uuid, nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    Column("ends_on", Date, comment="absent when it goes on"),
    comment="our copy of the catalogue's offerings, and what other systems call them",
)
Index("ix_offering_provider", offering.c.provider, offering.c.offering_id)
Index("ix_offering_codes", offering.c.codes, postgresql_using="gin")

association = Table(
    "association",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("association_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("wrapped_key", LargeBinary, comment="absent once the learner was erased"),
    Column("sealed_content", LargeBinary),
    Column("content_mark", LargeBinary, nullable=False),
    Column("listed_mark", LargeBinary, comment="how the list it was pulled from told of it"),
    Column("learner", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("faults", Text),
    Column("microcredential_id", Uuid),
    Column("award_id", Uuid),
    Column("marks", LargeBinary, comment="keyed digests of the result and the name awarded"),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", MOMENT),
    Column("is_pulled", Boolean, nullable=False),
    Column("received_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
)
Index("ix_association_outcome", association.c.organisation, association.c.outcome, "number")
Index("ix_association_number", association.c.organisation, association.c.number)
Index("ix_association_learner", association.c.organisation, association.c.learner)
Index(
    "ix_association_retry",
    association.c.retry_at,
    postgresql_where=text("retry_at IS NOT NULL"),
)

association_source = Table(
    "association_source",
    METADATA,
    Column("source_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed_secret", LargeBinary),
    Column("interval_seconds", Integer, nullable=False),
    Column("cursor", Text, comment="how far the present round came"),
    Column("next_at", MOMENT, nullable=False),
    Column("lease_until", MOMENT),
    Column("failures", Integer, nullable=False),
    Column("problem", Text),
    Column("completed_at", MOMENT),
    Column("registered_at", MOMENT, nullable=False),
    UniqueConstraint("organisation", "url"),
)
Index("ix_association_source_next", association_source.c.next_at)

badge_class = Table(
    "badge_class",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("entity_id", Text, primary_key=True),
    Column("microcredential_id", Uuid, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
    comment="which microcredential an edubadges badge class is here",
)

direct_award_bundle = Table(
    "direct_award_bundle",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("entity_id", Text, primary_key=True),
    Column("badge_class", Text, nullable=False),
    Column("award_ids", ARRAY(Uuid), comment="in the order of the bundle; null where none was"),
    Column("taken_until", MOMENT),
    Column("received_at", MOMENT, nullable=False),
)
