"""What became of awards: changes, corrections under way, erasures and revocations by the batch.

Notes of an organisation stand in `sealed_note` only, under the data key of the learner.
"""

from sqlalchemy import (
    BigInteger,
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
from sqlalchemy.dialects.postgresql import ARRAY

from services.issuer.tables.awards import award, learner
from services.issuer.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

# One row for every event about an award after `award-granted`, with its number.
award_change = Table(
    "award_change",
    METADATA,
    Column("award_id", Uuid, ForeignKey(award.c.award_id), primary_key=True),
    Column("record_version", Integer, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("changed_at", MOMENT, nullable=False),
    Column(
        "learner_id", Uuid, ForeignKey(learner.c.learner_id), comment="whose key seals the note"
    ),
    Column("sealed_note", LargeBinary),
)
Index(
    "ix_award_change_learner",
    award_change.c.learner_id,
    postgresql_where=text("learner_id IS NOT NULL"),
)

# The intent of a next version of a credential; when it is signed the credential is its own row.
correction = Table(
    "correction",
    METADATA,
    Column("credential_id", Uuid, primary_key=True),
    Column("award_id", Uuid, ForeignKey(award.c.award_id), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("learner_id", Uuid, ForeignKey(learner.c.learner_id)),
    Column("list_id", BigInteger, nullable=False),
    Column("status_index", Integer, nullable=False),
    Column("sealed_payload", LargeBinary, comment="absent when no longer intended"),
    Column("decision", Text, comment="absent when no longer intended"),
    Column("reason", Text, nullable=False),
    Column("changed", ARRAY(Text), nullable=False),
    Column("sealed_note", LargeBinary, comment="absent when no longer intended"),
    Column("intended_at", MOMENT, nullable=False),
    UniqueConstraint("list_id", "status_index"),
    CheckConstraint("state IN ('intended', 'granted', 'voided')", name="state_is_known"),
)
Index(
    "ix_correction_under_way",
    correction.c.award_id,
    unique=True,
    postgresql_where=text("state = 'intended'"),
)
Index("ix_correction_award", correction.c.award_id, correction.c.version)
Index(
    "ix_correction_learner",
    correction.c.learner_id,
    postgresql_where=text("learner_id IS NOT NULL"),
)

# Nothing in here says whom it was about.
learner_erasure = Table(
    "learner_erasure",
    METADATA,
    Column("erasure_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("awards", Integer, nullable=False),
    Column("erased_at", MOMENT, nullable=False),
    Column("backups_gone_at", MOMENT, nullable=False),
)

revocation_batch = Table(
    "revocation_batch",
    METADATA,
    Column("batch_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", MOMENT, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", MOMENT),
)

revocation_batch_row = Table(
    "revocation_batch_row",
    METADATA,
    Column("batch_id", Uuid, ForeignKey(revocation_batch.c.batch_id), primary_key=True),
    Column("award_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("outcome", Text, comment="absent until it is done"),
)
Index(
    "ix_revocation_batch_row_waiting",
    revocation_batch_row.c.batch_id,
    postgresql_where=text("outcome IS NULL"),
)
