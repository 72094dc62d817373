"""Batches: a file of awards, its slices, its rows, and who agreed to it.

What a file says of people stands in `sealed_…` columns only, under the data key of the batch, and
is wiped some time after the batch has ended. A slice is what is put down, checked and awarded at
once. How far rows have come is never counted up, but asked of awards, `registered` and `delivered`;
a slice keeps a sum only once nothing of it can change.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
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

batch = Table(
    "batch",
    METADATA,
    Column("batch_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("request_key", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("wrapped_key", LargeBinary, comment="absent once the rows are wiped"),
    Column("asked_by", Text, nullable=False),
    Column("begun_at", MOMENT, nullable=False),
    Column("lease_until", MOMENT, comment="present while the file comes in"),
    Column("fingerprint", LargeBinary),
    Column("sealed_layout", LargeBinary),
    Column("received_at", MOMENT),
    Column("rows", Integer),
    Column("checked_at", MOMENT),
    Column("digest", Text),
    Column("run_asked_by", Text),
    Column("run_asked_at", MOMENT),
    Column("with_corrections", Boolean, nullable=False),
    Column("cleared_at", MOMENT),
    Column("recalled_at", MOMENT),
    Column("ended_at", MOMENT),
    UniqueConstraint("organisation", "request_key"),
)
Index("ix_batch_organisation", batch.c.organisation, batch.c.number)
Index("ix_batch_unended", batch.c.number, postgresql_where=text("ended_at IS NULL"))
Index("ix_batch_unwiped", batch.c.ended_at, postgresql_where=text("wrapped_key IS NOT NULL"))

batch_slice = Table(
    "batch_slice",
    METADATA,
    Column("batch_id", Uuid, ForeignKey(batch.c.batch_id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("sealed_cells", LargeBinary),
    Column("sealed_wishes", LargeBinary),
    Column("digest", LargeBinary),
    Column("checked_at", MOMENT),
    Column("taken_until", MOMENT),
    Column("settled_at", MOMENT),
    Column("persons", LargeBinary, comment="8 bytes for each identifier in it, under a key"),
    Column("ready", Integer, comment="of its rows, once it is checked; as the next four"),
    Column("already_awarded", Integer),
    Column("correction", Integer),
    Column("duplicate_in_file", Integer),
    Column("error", Integer),
    Column("registered", Integer, comment="once everything of it that will be, is"),
)
Index(
    "ix_batch_slice_unregistered",
    batch_slice.c.batch_id,
    batch_slice.c.number,
    postgresql_where=text("settled_at IS NOT NULL AND registered IS NULL"),
)
Index(
    "ix_batch_slice_unchecked",
    batch_slice.c.batch_id,
    batch_slice.c.number,
    postgresql_where=text("checked_at IS NULL"),
)
Index(
    "ix_batch_slice_unsettled",
    batch_slice.c.batch_id,
    batch_slice.c.number,
    postgresql_where=text("settled_at IS NULL"),
)

# What is about to be signed of a slice; gone once it is kept. What never came to be stays, as void:
# a signature that somebody died with, and nobody has, is still accounted for.
batch_intent = Table(
    "batch_intent",
    METADATA,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("batch_id", Uuid, nullable=False),
    Column("slice", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("kid", Text, nullable=False),
    Column("manifest", LargeBinary, nullable=False, comment="60 bytes for each credential"),
    Column("intended_at", MOMENT, nullable=False),
    Column("voided_at", MOMENT),
    ForeignKeyConstraint(
        ["batch_id", "slice"],
        [batch_slice.c.batch_id, batch_slice.c.number],
        ondelete="CASCADE",
    ),
)
Index("ix_batch_intent_slice", batch_intent.c.batch_id, batch_intent.c.slice)

# `award_id` is the award this row makes, chosen before there is any; `earlier_award_id` the one
# that was there. The two keys tell rows of one file apart: by enrolment, and by person.
batch_row = Table(
    "batch_row",
    METADATA,
    Column("batch_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("slice", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text),
    Column("award_key", LargeBinary),
    Column("person_key", LargeBinary),
    Column("award_id", Uuid),
    Column("earlier_award_id", Uuid),
    Column("sealed_faults", LargeBinary),
    Column("failure", Text),
    Column("recalled_at", MOMENT),
    Column("recall_reason", Text),
    Column("done_at", MOMENT, comment="when a correction was made"),
    Column("erased_at", MOMENT, comment="when what it said of its person was destroyed"),
    ForeignKeyConstraint(
        ["batch_id", "slice"],
        [batch_slice.c.batch_id, batch_slice.c.number],
        ondelete="CASCADE",
    ),
)
Index("ix_batch_row_outcome", batch_row.c.batch_id, batch_row.c.outcome, batch_row.c.line)
Index("ix_batch_row_slice", batch_row.c.batch_id, batch_row.c.slice)
Index(
    "ix_batch_row_award_key",
    batch_row.c.batch_id,
    batch_row.c.award_key,
    postgresql_where=text("award_key IS NOT NULL"),
)
Index(
    "ix_batch_row_person_key",
    batch_row.c.batch_id,
    batch_row.c.person_key,
    postgresql_where=text("person_key IS NOT NULL"),
)
Index(
    "ix_batch_row_award",
    batch_row.c.award_id,
    unique=True,
    postgresql_where=text("award_id IS NOT NULL"),
)
Index(
    "ix_batch_row_earlier",
    batch_row.c.earlier_award_id,
    postgresql_where=text("earlier_award_id IS NOT NULL"),
)
Index(
    "ix_batch_row_apart",
    batch_row.c.batch_id,
    batch_row.c.slice,
    postgresql_where=text(
        "failure IS NOT NULL OR done_at IS NOT NULL OR recalled_at IS NOT NULL"
        " OR erased_at IS NOT NULL"
    ),
)
Index(
    "ix_batch_row_recalled",
    batch_row.c.award_id,
    postgresql_where=text("recalled_at IS NOT NULL"),
)
Index(
    "ix_batch_row_again",
    batch_row.c.batch_id,
    postgresql_where=text("outcome = 'ready' AND code = 'award.exists.other-reference'"),
)

batch_decision = Table(
    "batch_decision",
    METADATA,
    Column("batch_id", Uuid, ForeignKey(batch.c.batch_id, ondelete="CASCADE"), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("is_approved", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", MOMENT, nullable=False),
    Column("sealed_note", LargeBinary),
)

issuing_rule = Table(
    "issuing_rule",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("approval_from", Integer, comment="rows from which a second person agrees; else never"),
    Column("revision", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
    Column("student_domains", Text, comment="in JSON: for a domain of staff the one of students"),
)

registered = Table(
    "registered",
    METADATA,
    Column("award_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("batch_id", Uuid),
    Column("registered_at", MOMENT, nullable=False),
    Column("slice", Integer),
    comment="awards the national register told us it holds",
)
Index(
    "ix_registered_batch",
    registered.c.batch_id,
    registered.c.slice,
    postgresql_where=text("batch_id IS NOT NULL"),
)

delivered = Table(
    "delivered",
    METADATA,
    Column("award_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("batch_id", Uuid),
    Column("delivered_at", MOMENT, nullable=False),
    comment="awards of which a signed credential was handed out",
)
Index("ix_delivered_batch", delivered.c.batch_id, postgresql_where=text("batch_id IS NOT NULL"))
