"""Who looked at what, how consumers know learners, and what becomes of what is to be erased."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import act_for_everybody, tenant_policy_sql

revision = "0007"
down_revision = "0006"
MOMENT = sa.DateTime(timezone=True)
TENANTS = ("consultation", "consumer_key", "erasure_term", "restricted_registration")
# Before now there was one profile, and backups were said to be kept for thirty days.
TERMS = """
    INSERT INTO erasure_term (registration_id, organisation, requested_at, due_at, settled_at,
        outcome)
    SELECT e.registration_id, e.organisation, e.erased_at, e.erased_at + interval '1 month',
        coalesce(f.recorded_at, e.erased_at), 'erased'
    FROM erased_registration e
    LEFT JOIN fact f ON f.registration_id = e.registration_id AND f.kind = 'erased'
    """


def upgrade() -> None:
    """Make the tables; every erasure there was gets its clock."""
    act_for_everybody(op.get_bind())
    op.create_index("ix_registration_learner", "registration", ["learner"])
    _create_consultations()
    _create_terms()
    _create_restricted()
    for table in TENANTS:
        for statement in tenant_policy_sql(table):
            op.execute(statement)
    op.execute(TERMS)
    # The service owns its table and could give itself this right again, but not by mistake.
    op.execute("REVOKE UPDATE, TRUNCATE ON consultation FROM CURRENT_USER")


def downgrade() -> None:
    """Drop them; what was restricted is then erased."""
    op.drop_table("restricted_opening")
    op.drop_table("restricted_registration")
    op.drop_table("erasure_term")
    op.drop_table("consumer_key")
    op.drop_table("consultation")
    op.drop_index("ix_registration_learner", "registration")


def _create_consultations() -> None:
    op.create_table(
        "consultation",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("parent_operation_id", sa.Text()),
        sa.Column("foreign_trace_id", sa.Text()),
        sa.Column("foreign_operation_id", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False, comment="dpl.core.processing_activity_id"),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="dpl.core.data_subject_id, a pseudonym"
        ),
        sa.Column("purpose", sa.Text()),
        sa.Column("legal_basis", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_consultation")),
        sa.CheckConstraint(
            "(purpose IS NULL) = (legal_basis IS NULL) AND (purpose IS NULL) = (reference IS NULL)",
            name=op.f("ck_consultation_reason_is_whole"),
        ),
        sa.CheckConstraint(
            "ended_at >= started_at", name=op.f("ck_consultation_ends_after_it_began")
        ),
    )
    op.create_index("ix_consultation_subject", "consultation", ["subject", "number"])
    op.create_index("ix_consultation_ended_at", "consultation", ["ended_at"])
    op.create_table(
        "consumer_key",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "version", name=op.f("pk_consumer_key")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_consumer_key_counted_from_one")),
    )


def _create_terms() -> None:
    op.create_table(
        "erasure_term",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("keep_until", MOMENT, comment="of what is restricted, then destroyed"),
        sa.Column("copies_gone_at", MOMENT, comment="when no replay could bring it back"),
        sa.Column("backups_gone_at", MOMENT),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_erasure_term")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["erased_registration.registration_id"],
            name=op.f("fk_erasure_term_registration_id_erased_registration"),
        ),
        sa.CheckConstraint(
            "(copies_gone_at IS NULL) = (backups_gone_at IS NULL)",
            name=op.f("ck_erasure_term_completion_is_whole"),
        ),
    )
    op.create_index(
        "ix_erasure_term_open",
        "erasure_term",
        ["settled_at"],
        postgresql_where=sa.text("copies_gone_at IS NULL"),
    )


def _create_restricted() -> None:
    op.create_table(
        "restricted_registration",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column(
            "registration",
            sa.Text(),
            nullable=False,
            comment="JSON, as it was when it was restricted",
        ),
        sa.Column("restricted_at", MOMENT, nullable=False),
        sa.Column("keep_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_restricted_registration")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["erased_registration.registration_id"],
            name=op.f("fk_restricted_registration_registration_id_erased_registration"),
        ),
    )
    for column in ("learner", "keep_until"):
        op.create_index(f"ix_restricted_registration_{column}", "restricted_registration", [column])
    op.create_table(
        "restricted_opening",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="canonical JSON (RFC 8785)"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_restricted_opening")),
        sa.ForeignKeyConstraint(
            ["number"], ["fact.number"], name=op.f("fk_restricted_opening_number_fact")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["restricted_registration.registration_id"],
            name=op.f("fk_restricted_opening_registration_id_restricted_registration"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_restricted_opening_registration_id", "restricted_opening", ["registration_id"]
    )
