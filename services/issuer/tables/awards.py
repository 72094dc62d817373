"""Learners, awards and credentials; what is personal stands in `sealed_…` columns only."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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
# `reason` and `changed_at` tell of the present state; every change is a row of `award_change`.
award = Table(
    "award",
    METADATA,
    Column("award_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("enrolment_reference", Text, nullable=False),
    Column("microcredential_id", Uuid, nullable=False),
    Column("learner_id", Uuid, ForeignKey(learner.c.learner_id)),
    Column("state", Text, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("decision", Text, nullable=False),
    Column("valid_until", MOMENT),
    Column("intended_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT),
    Column("reason", Text),
    Column("is_recalled", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(
        "state IN ('intended', 'granted', 'suspended', 'revoked', 'expired', 'erased', 'voided')",
        name="state_is_known",
    ),
    CheckConstraint(
        "learner_id IS NOT NULL OR state IN ('erased', 'voided')", name="learner_is_there"
    ),
)
Index("ix_award_organisation", award.c.organisation, award.c.number)
Index(
    "ix_award_enrolment",
    award.c.organisation,
    award.c.enrolment_reference,
    award.c.microcredential_id,
    unique=True,
    postgresql_where=text("state NOT IN ('voided', 'erased') AND NOT is_recalled"),
)
Index("ix_award_learner", award.c.learner_id)
Index("ix_award_intended", award.c.intended_at, postgresql_where=text("state = 'intended'"))
Index(
    "ix_award_ending",
    award.c.valid_until,
    postgresql_where=text("valid_until IS NOT NULL AND state IN ('granted', 'suspended')"),
)
Index("ix_award_suspended", award.c.award_id, postgresql_where=text("state = 'suspended'"))

# A form of a credential is header + payload + signature; only the payload is long and personal, so
# that is kept once, sealed, and the forms are put together when they are asked for.
# The present credential of an award is the highest version. `is_revoked` is its bit in the status
# list: a trigger refuses to lower it.
# No foreign key to status_list: its share lock would make every award wait at one row.
credential = Table(
    "credential",
    METADATA,
    Column("credential_id", Uuid, primary_key=True),
    Column("award_id", Uuid, ForeignKey(award.c.award_id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("list_id", BigInteger, nullable=False),
    Column("status_index", Integer, nullable=False),
    Column("is_revoked", Boolean, nullable=False, server_default=text("false")),
    Column("sealed_payload", LargeBinary, comment="absent once its learner is erased"),
    Column("kid", Text, comment="absent until it is signed"),
    Column("jwt_signature", LargeBinary),
    Column("enveloped_signature", LargeBinary),
    Column("signed_at", MOMENT),
    Column(
        "learner_id",
        Uuid,
        ForeignKey(learner.c.learner_id),
        comment="whose key seals it, if no longer the award's",
    ),
    Column("decision", Text, comment="the award as it was with this, once replaced"),
    UniqueConstraint("award_id", "version"),
    UniqueConstraint("list_id", "status_index"),
)
Index("ix_credential_revoked", credential.c.list_id, postgresql_where=text("is_revoked"))
Index(
    "ix_credential_learner",
    credential.c.learner_id,
    postgresql_where=text("learner_id IS NOT NULL"),
)

embedded_proof = Table(
    "embedded_proof",
    METADATA,
    Column("credential_id", Uuid, ForeignKey(credential.c.credential_id), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("kid", Text, primary_key=True),
    Column("created_at", MOMENT, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    comment="64 bytes each: the credential itself stays sealed, and is put together again",
)
