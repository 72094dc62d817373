"""Who looked at what, how consumers know learners, and what becomes of what is to be erased."""

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
    Uuid,
)

from services.registry.tables.metadata import MOMENT, Base
from services.registry.tables.registrations import RegistrationRow

Index("ix_registration_learner", RegistrationRow.__table__.c.learner)

# One line for each learner each time (Logboek Dataverwerkingen); `subject` is used nowhere else.
consultation = Table(
    "consultation",
    Base.metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("trace_id", Text, nullable=False),
    Column("operation_id", Text, nullable=False),
    Column("parent_operation_id", Text),
    Column("foreign_trace_id", Text),
    Column("foreign_operation_id", Text),
    Column("name", Text, nullable=False),
    Column("status_code", Text, nullable=False),
    Column("started_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("activity", Text, nullable=False, comment="dpl.core.processing_activity_id"),
    Column("subject", Text, nullable=False, comment="dpl.core.data_subject_id, a pseudonym"),
    Column("purpose", Text),
    Column("legal_basis", Text),
    Column("reference", Text),
    Column("found", Integer, nullable=False),
    CheckConstraint(
        "(purpose IS NULL) = (legal_basis IS NULL) AND (purpose IS NULL) = (reference IS NULL)",
        name="reason_is_whole",
    ),
    CheckConstraint("ended_at >= started_at", name="ends_after_it_began"),
)
Index("ix_consultation_subject", consultation.c.subject, consultation.c.number)
Index("ix_consultation_ended_at", consultation.c.ended_at)

# Old versions stay: what a consumer keeps under an old name can still be told from the new one.
consumer_key = Table(
    "consumer_key",
    Base.metadata,
    Column("organisation", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    CheckConstraint("version >= 1", name="counted_from_one"),
)

erasure_term = Table(
    "erasure_term",
    Base.metadata,
    Column(
        "registration_id",
        Uuid,
        ForeignKey("erased_registration.registration_id"),
        primary_key=True,
    ),
    Column("organisation", Text, nullable=False),
    Column("requested_at", MOMENT, nullable=False),
    Column("due_at", MOMENT, nullable=False),
    Column("settled_at", MOMENT, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("keep_until", MOMENT, comment="of what is restricted, then destroyed"),
    Column("copies_gone_at", MOMENT, comment="when no replay could bring it back"),
    Column("backups_gone_at", MOMENT),
    CheckConstraint(
        "(copies_gone_at IS NULL) = (backups_gone_at IS NULL)", name="completion_is_whole"
    ),
)
Index(
    "ix_erasure_term_open",
    erasure_term.c.settled_at,
    postgresql_where=erasure_term.c.copies_gone_at.is_(None),
)

# What a law makes us keep although its learner asked to erase it; nobody is shown it but they.
restricted_registration = Table(
    "restricted_registration",
    Base.metadata,
    Column(
        "registration_id",
        Uuid,
        ForeignKey("erased_registration.registration_id"),
        primary_key=True,
    ),
    Column("organisation", Text, nullable=False),
    Column("learner", Text, nullable=False),
    Column("registration", Text, nullable=False, comment="JSON, as it was when it was restricted"),
    Column("restricted_at", MOMENT, nullable=False),
    Column("keep_until", MOMENT, nullable=False),
)
Index("ix_restricted_registration_learner", restricted_registration.c.learner)
Index("ix_restricted_registration_keep_until", restricted_registration.c.keep_until)

# The openings of its entries in the log, that are gone from `fact` as after an erasure.
restricted_opening = Table(
    "restricted_opening",
    Base.metadata,
    Column("number", BigInteger, ForeignKey("fact.number"), primary_key=True, autoincrement=False),
    Column(
        "registration_id",
        Uuid,
        ForeignKey("restricted_registration.registration_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("salt", LargeBinary, nullable=False),
    Column("content", Text, nullable=False, comment="canonical JSON (RFC 8785)"),
)
