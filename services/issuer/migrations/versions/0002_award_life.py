"""The life of an award: credentials in versions, each with its own place; every change kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql

revision = "0002"
down_revision = "0001"
MOMENT = sa.DateTime(timezone=True)
STATES = "'intended', 'granted', 'suspended', 'revoked', 'expired', 'erased', 'voided'"
NEW_TABLES = (
    "revocation_batch_row",
    "revocation_batch",
    "learner_erasure",
    "correction",
    "award_change",
)

REFUSE_LOWERED_BIT = """
CREATE FUNCTION refuse_lowered_bit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a status bit once raised stays raised (credential %)', OLD.credential_id
    USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """Move each place from its award to its credential, and remember changes as rows."""
    _change_credentials()
    _create_changes()
    _change_awards()
    _guard_bits()
    _create_corrections()
    _create_erasures()
    _create_revocation_batches()
    for table in reversed(NEW_TABLES):
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def downgrade() -> None:
    """Go back to one credential per award; awards that were only revoked come through whole."""
    op.execute("DROP TRIGGER keep_raised_bit ON credential")
    op.execute("DROP TRIGGER keep_raised_entry ON credential")
    op.execute("DROP FUNCTION refuse_lowered_bit")
    _restore_awards()
    _restore_credentials()
    for table in NEW_TABLES:
        op.drop_table(table)


def _change_credentials() -> None:
    op.add_column("credential", sa.Column("version", sa.Integer(), server_default="1"))
    op.add_column("credential", sa.Column("list_id", sa.BigInteger()))
    op.add_column("credential", sa.Column("status_index", sa.Integer()))
    op.add_column(
        "credential",
        sa.Column("is_revoked", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("credential", sa.Column("signed_at", MOMENT))
    op.add_column(
        "credential",
        sa.Column("learner_id", sa.Uuid(), comment="whose key seals it, if no longer the award's"),
    )
    op.add_column(
        "credential",
        sa.Column("decision", sa.Text(), comment="the award as it was with this, once replaced"),
    )
    op.execute(
        "UPDATE credential SET list_id = award.list_id, status_index = award.status_index,"
        " is_revoked = (award.state = 'revoked'),"
        " signed_at = CASE WHEN credential.kid IS NOT NULL THEN award.intended_at END"
        " FROM award WHERE award.award_id = credential.award_id"
    )
    op.alter_column("credential", "version", nullable=False, server_default=None)
    op.alter_column("credential", "list_id", nullable=False)
    op.alter_column("credential", "status_index", nullable=False)
    op.alter_column(
        "credential",
        "sealed_payload",
        nullable=True,
        comment="absent once its learner is erased",
    )
    op.drop_constraint("uq_credential_award_id", "credential")
    op.create_unique_constraint("uq_credential_award_id", "credential", ["award_id", "version"])
    op.create_unique_constraint("uq_credential_list_id", "credential", ["list_id", "status_index"])
    op.create_foreign_key(
        "fk_credential_learner_id_learner", "credential", "learner", ["learner_id"], ["learner_id"]
    )
    op.create_index(
        "ix_credential_revoked",
        "credential",
        ["list_id"],
        postgresql_where=sa.text("is_revoked"),
    )
    op.create_index(
        "ix_credential_learner",
        "credential",
        ["learner_id"],
        postgresql_where=sa.text("learner_id IS NOT NULL"),
    )


def _create_changes() -> None:
    op.create_table(
        "award_change",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("learner_id", sa.Uuid(), comment="whose key seals the note"),
        sa.Column("sealed_note", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("award_id", "record_version", name=op.f("pk_award_change")),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.award_id"], name=op.f("fk_award_change_award_id_award")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.learner_id"], name=op.f("fk_award_change_learner_id_learner")
        ),
    )
    op.create_index(
        "ix_award_change_learner",
        "award_change",
        ["learner_id"],
        postgresql_where=sa.text("learner_id IS NOT NULL"),
    )
    op.execute(
        "INSERT INTO award_change (award_id, record_version, organisation, kind, reason,"
        " changed_at, learner_id, sealed_note)"
        " SELECT award_id, record_version, organisation, 'revoked', revocation_reason, revoked_at,"
        " CASE WHEN sealed_note IS NOT NULL THEN learner_id END, sealed_note"
        " FROM award WHERE state = 'revoked'"
    )


def _change_awards() -> None:
    op.drop_index("ix_award_revoked", "award")
    op.drop_index("ix_award_enrolment", "award")
    op.drop_constraint("uq_award_list_id", "award")
    for column in ("list_id", "status_index", "sealed_note"):
        op.drop_column("award", column)
    op.alter_column("award", "revoked_at", new_column_name="changed_at")
    op.alter_column("award", "revocation_reason", new_column_name="reason")
    op.alter_column("award", "learner_id", nullable=True)
    op.add_column("award", sa.Column("valid_until", MOMENT))
    op.execute(
        "UPDATE award SET valid_until = CAST(CAST(decision AS jsonb) ->> 'validUntil'"
        " AS timestamptz) WHERE decision LIKE '%validUntil%'"
    )
    op.create_check_constraint(op.f("ck_award_state_is_known"), "award", f"state IN ({STATES})")
    op.create_check_constraint(
        op.f("ck_award_learner_is_there"),
        "award",
        "learner_id IS NOT NULL OR state IN ('erased', 'voided')",
    )
    op.create_index(
        "ix_award_enrolment",
        "award",
        ["organisation", "enrolment_reference", "microcredential_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('voided', 'erased')"),
    )
    op.create_index("ix_award_learner", "award", ["learner_id"])
    op.create_index(
        "ix_award_ending",
        "award",
        ["valid_until"],
        postgresql_where=sa.text("valid_until IS NOT NULL AND state IN ('granted', 'suspended')"),
    )
    op.create_index(
        "ix_award_suspended",
        "award",
        ["award_id"],
        postgresql_where=sa.text("state = 'suspended'"),
    )


def _guard_bits() -> None:
    op.execute(REFUSE_LOWERED_BIT)
    op.execute(
        "CREATE TRIGGER keep_raised_bit BEFORE UPDATE OF is_revoked, list_id, status_index"
        " ON credential FOR EACH ROW WHEN (OLD.is_revoked AND (NOT NEW.is_revoked"
        " OR (NEW.list_id, NEW.status_index) <> (OLD.list_id, OLD.status_index)))"
        " EXECUTE FUNCTION refuse_lowered_bit()"
    )
    op.execute(
        "CREATE TRIGGER keep_raised_entry BEFORE DELETE ON credential FOR EACH ROW"
        " WHEN (OLD.is_revoked) EXECUTE FUNCTION refuse_lowered_bit()"
    )


def _create_corrections() -> None:
    op.create_table(
        "correction",
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("learner_id", sa.Uuid()),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), comment="absent when no longer intended"),
        sa.Column("decision", sa.Text(), comment="absent when no longer intended"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), comment="absent when no longer intended"),
        sa.Column("intended_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_correction")),
        sa.UniqueConstraint("list_id", "status_index", name=op.f("uq_correction_list_id")),
        sa.CheckConstraint(
            "state IN ('intended', 'granted', 'voided')",
            name=op.f("ck_correction_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.award_id"], name=op.f("fk_correction_award_id_award")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.learner_id"], name=op.f("fk_correction_learner_id_learner")
        ),
    )
    op.create_index(
        "ix_correction_under_way",
        "correction",
        ["award_id"],
        unique=True,
        postgresql_where=sa.text("state = 'intended'"),
    )
    op.create_index("ix_correction_award", "correction", ["award_id", "version"])
    op.create_index(
        "ix_correction_learner",
        "correction",
        ["learner_id"],
        postgresql_where=sa.text("learner_id IS NOT NULL"),
    )


def _create_erasures() -> None:
    op.create_table(
        "learner_erasure",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("awards", sa.Integer(), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("backups_gone_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_learner_erasure")),
    )


def _create_revocation_batches() -> None:
    op.create_table(
        "revocation_batch",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Text()),
        sa.Column("approved_at", MOMENT),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_revocation_batch")),
    )
    op.create_table(
        "revocation_batch_row",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), comment="absent until it is done"),
        sa.PrimaryKeyConstraint("batch_id", "award_id", name=op.f("pk_revocation_batch_row")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["revocation_batch.batch_id"],
            name=op.f("fk_revocation_batch_row_batch_id_revocation_batch"),
        ),
    )
    op.create_index(
        "ix_revocation_batch_row_waiting",
        "revocation_batch_row",
        ["batch_id"],
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _restore_awards() -> None:
    for index in ("suspended", "ending", "learner", "enrolment"):
        op.drop_index(f"ix_award_{index}", "award")
    op.drop_constraint(op.f("ck_award_learner_is_there"), "award")
    op.drop_constraint(op.f("ck_award_state_is_known"), "award")
    op.drop_column("award", "valid_until")
    op.alter_column("award", "learner_id", nullable=False)
    op.alter_column("award", "reason", new_column_name="revocation_reason")
    op.alter_column("award", "changed_at", new_column_name="revoked_at")
    op.add_column("award", sa.Column("list_id", sa.BigInteger()))
    op.add_column("award", sa.Column("status_index", sa.Integer()))
    op.add_column("award", sa.Column("sealed_note", sa.LargeBinary()))
    op.execute(
        "UPDATE award SET list_id = credential.list_id, status_index = credential.status_index"
        " FROM credential WHERE credential.award_id = award.award_id AND credential.version = 1"
    )
    op.execute(
        "UPDATE award SET sealed_note = award_change.sealed_note FROM award_change"
        " WHERE award_change.award_id = award.award_id AND award_change.kind = 'revoked'"
    )
    op.alter_column("award", "list_id", nullable=False)
    op.alter_column("award", "status_index", nullable=False)
    op.create_unique_constraint("uq_award_list_id", "award", ["list_id", "status_index"])
    op.create_index(
        "ix_award_enrolment",
        "award",
        ["organisation", "enrolment_reference", "microcredential_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'voided'"),
    )
    op.create_index(
        "ix_award_revoked", "award", ["list_id"], postgresql_where=sa.text("state = 'revoked'")
    )


def _restore_credentials() -> None:
    op.drop_index("ix_credential_learner", "credential")
    op.drop_index("ix_credential_revoked", "credential")
    op.drop_constraint("fk_credential_learner_id_learner", "credential")
    op.drop_constraint("uq_credential_list_id", "credential")
    op.drop_constraint("uq_credential_award_id", "credential")
    for column in (
        "decision",
        "learner_id",
        "signed_at",
        "is_revoked",
        "status_index",
        "list_id",
        "version",
    ):
        op.drop_column("credential", column)
    op.alter_column("credential", "sealed_payload", nullable=False, comment=None)
    op.create_unique_constraint("uq_credential_award_id", "credential", ["award_id"])
