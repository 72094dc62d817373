"""The issuer: copies of the catalogue, keys, status lists, learners, awards, credentials."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql
from shared.runtime.schema import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None
MOMENT = sa.DateTime(timezone=True)
TENANT_TABLES = ("learner", "award", "credential", "idempotency")


def upgrade() -> None:
    """Create every table; each organisation sees its own awards and learners only."""
    create_runtime_tables(op)
    _create_copies()
    _create_keys()
    _create_lists()
    _create_learners()
    _create_awards()
    _create_credentials()
    for table in TENANT_TABLES:
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop every table, and the sequences of the status lists."""
    lists = op.get_bind().execute(sa.text("SELECT list_id FROM status_list")).scalars().all()
    for list_id in lists:
        op.execute(f"DROP SEQUENCE IF EXISTS status_position_{list_id:d}")
    for table in (
        "credential",
        "award",
        "learner",
        "status_list",
        "signing_key",
        "microcredential",
        "organisation",
    ):
        op.drop_table(table)
    drop_runtime_tables(op)


def _create_copies() -> None:
    op.create_table(
        "organisation",
        sa.Column("oin", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("oin", name=op.f("pk_organisation")),
        comment="our copy of the catalogue's organisations",
    )
    op.create_table(
        "microcredential",
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("microcredential_id", "version", name=op.f("pk_microcredential")),
        comment="our copy of the catalogue's published microcredentials",
    )


def _create_keys() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("thumbprint", sa.Text(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT),
        sa.Column("compromised_at", MOMENT),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("organisation", "thumbprint", name=op.f("uq_signing_key_organisation")),
    )
    op.create_index(
        "ix_signing_key_in_use",
        "signing_key",
        ["organisation"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL AND compromised_at IS NULL"),
    )


def _create_lists() -> None:
    op.create_table(
        "status_list",
        sa.Column("list_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_changed", sa.Boolean(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_status_list")),
        sa.UniqueConstraint("organisation", "number", name=op.f("uq_status_list_organisation")),
    )
    op.create_index(
        "ix_status_list_open",
        "status_list",
        ["organisation"],
        unique=True,
        postgresql_where=sa.text("is_open"),
    )


def _create_learners() -> None:
    op.create_table(
        "learner",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_identity", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_learner")),
        sa.UniqueConstraint("organisation", "pseudonym", name=op.f("uq_learner_organisation")),
    )


def _create_awards() -> None:
    op.create_table(
        "award",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("enrolment_reference", sa.Text(), nullable=False),
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("intended_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revocation_reason", sa.Text()),
        sa.Column("sealed_note", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_award")),
        sa.UniqueConstraint("list_id", "status_index", name=op.f("uq_award_list_id")),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learner.learner_id"], name=op.f("fk_award_learner_id_learner")
        ),
    )
    op.create_index("ix_award_organisation", "award", ["organisation", "number"])
    op.create_index(
        "ix_award_enrolment",
        "award",
        ["organisation", "enrolment_reference", "microcredential_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'voided'"),
    )
    op.create_index(
        "ix_award_intended",
        "award",
        ["intended_at"],
        postgresql_where=sa.text("state = 'intended'"),
    )
    op.create_index(
        "ix_award_revoked", "award", ["list_id"], postgresql_where=sa.text("state = 'revoked'")
    )


def _create_credentials() -> None:
    op.create_table(
        "credential",
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=False),
        sa.Column("kid", sa.Text(), comment="absent until it is signed"),
        sa.Column("jwt_signature", sa.LargeBinary()),
        sa.Column("enveloped_signature", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_credential")),
        sa.UniqueConstraint("award_id", name=op.f("uq_credential_award_id")),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.award_id"], name=op.f("fk_credential_award_id_award")
        ),
    )
