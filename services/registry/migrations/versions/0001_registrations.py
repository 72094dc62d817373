"""The register: what holds now, every version, and what the runtime needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql
from shared.runtime.schema import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table, each organisation seeing its own rows only."""
    create_runtime_tables(op)
    op.create_table(
        "registration",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("microcredential_version", sa.Integer(), nullable=False),
        sa.Column("study_load_unit", sa.Text(), nullable=False),
        sa.Column("study_load_value", sa.Numeric(6, 1), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("level_basis", sa.Text(), nullable=False),
        sa.Column("level_registration_id", sa.Text()),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("credential_digest", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("revocation_reason", sa.Text()),
        sa.Column("revoked_at", MOMENT),
        sa.CheckConstraint("record_version >= 1", name=op.f("ck_registration_counted_from_one")),
        sa.CheckConstraint(
            "(revocation_reason IS NULL) = (revoked_at IS NULL)",
            name=op.f("ck_registration_revocation_is_whole"),
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_registration")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_registration_credential_id")),
    )
    op.create_index(
        "ix_registration_organisation", "registration", ["organisation", "registration_id"]
    )
    op.create_table(
        "registration_version",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint(
            "registration_id", "record_version", name=op.f("pk_registration_version")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.registration_id"],
            name=op.f("fk_registration_version_registration_id_registration"),
        ),
    )
    for table in ("registration", "registration_version"):
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("registration_version")
    op.drop_table("registration")
    drop_runtime_tables(op)
