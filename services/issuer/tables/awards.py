"""Learners, awards and credentials; what is personal stands in `sealed_…` columns only."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
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

from services.issuer.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

learner = Table(
    "learner",
    METADATA,
    Column("learner_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("pseudonym", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed_identity", LargeBinary, nullable=False),
    UniqueConstraint("organisation", "pseudonym"),
)

# `decision` is the award as the register hears of it (contract `Award`, JSON): nothing of it is
# personal. Records of contracts are text, because nobody asks PostgreSQL for a part of one.
# No foreign key to status_list: its share lock would make every award wait at one row.
award = Table(
    "award",
    METADATA,
    Column("award_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("enrolment_reference", Text, nullable=False),
    Column("microcredential_id", Uuid, nullable=False),
    Column("learner_id", Uuid, ForeignKey(learner.c.learner_id), nullable=False),
    Column("state", Text, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("decision", Text, nullable=False),
    Column("list_id", BigInteger, nullable=False),
    Column("status_index", Integer, nullable=False),
    Column("intended_at", MOMENT, nullable=False),
    Column("revoked_at", MOMENT),
    Column("revocation_reason", Text),
    Column("sealed_note", LargeBinary),
    UniqueConstraint("list_id", "status_index"),
)
Index("ix_award_organisation", award.c.organisation, award.c.number)
Index(
    "ix_award_enrolment",
    award.c.organisation,
    award.c.enrolment_reference,
    award.c.microcredential_id,
    unique=True,
    postgresql_where=text("state <> 'voided'"),
)
Index("ix_award_intended", award.c.intended_at, postgresql_where=text("state = 'intended'"))
Index("ix_award_revoked", award.c.list_id, postgresql_where=text("state = 'revoked'"))

# A form of a credential is header + payload + signature; only the payload is long and personal, so
# that is kept once, sealed, and the forms are put together when they are asked for.
credential = Table(
    "credential",
    METADATA,
    Column("credential_id", Uuid, primary_key=True),
    Column("award_id", Uuid, ForeignKey(award.c.award_id), nullable=False, unique=True),
    Column("organisation", Text, nullable=False),
    Column("sealed_payload", LargeBinary, nullable=False),
    Column("kid", Text, comment="absent until it is signed"),
    Column("jwt_signature", LargeBinary),
    Column("enveloped_signature", LargeBinary),
)
