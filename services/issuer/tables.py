"""The issuer's rows, on metadata of its own.

Names, e-mail addresses and eduIDs stand in `sealed_…` columns only, under the data key of the
learner; `wrapped_key` columns hold data keys under the key-encryption key, which is not in here.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
from sqlalchemy.dialects.postgresql import JSONB

from shared.runtime.database import service_metadata
from shared.runtime.schema import MOMENT, add_runtime_tables

METADATA = service_metadata()

organisation = Table(
    "organisation",
    METADATA,
    Column("oin", Text, primary_key=True),
    Column("record", Text, nullable=False),
    comment="our copy of the catalogue's organisations",
)

microcredential = Table(
    "microcredential",
    METADATA,
    Column("microcredential_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("provider", Text, nullable=False),
    Column("record", Text, nullable=False),
    comment="our copy of the catalogue's published microcredentials",
)

signing_key = Table(
    "signing_key",
    METADATA,
    Column("kid", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("thumbprint", Text, nullable=False),
    Column("public_jwk", JSONB, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed_private", LargeBinary, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("published_at", MOMENT, nullable=False),
    Column("retired_at", MOMENT),
    Column("compromised_at", MOMENT),
    UniqueConstraint("organisation", "thumbprint"),
)
Index(
    "ix_signing_key_in_use",
    signing_key.c.organisation,
    unique=True,
    postgresql_where=text("retired_at IS NULL AND compromised_at IS NULL"),
)

# Positions come from a sequence per list, `status_position_<list_id>`: no lock, and a transaction
# that is rolled back leaves an unused entry, which is one more to hide among.
status_list = Table(
    "status_list",
    METADATA,
    Column("list_id", BigInteger, Identity(always=True), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("is_changed", Boolean, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("signed", Text, nullable=False),
    Column("signed_at", MOMENT, nullable=False),
    UniqueConstraint("organisation", "number"),
)
Index(
    "ix_status_list_open",
    status_list.c.organisation,
    unique=True,
    postgresql_where=text("is_open"),
)

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

add_runtime_tables(METADATA)
