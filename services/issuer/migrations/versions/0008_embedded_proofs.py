"""Embedded proofs of credentials: made when one is first asked for, and kept."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import tenant_policy_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table; every organisation sees its own."""
    op.create_table(
        "embedded_proof",
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("credential_id", "kid", name=op.f("pk_embedded_proof")),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credential.credential_id"],
            name=op.f("fk_embedded_proof_credential_id_credential"),
        ),
        comment="64 bytes each: the credential itself stays sealed, and is put together again",
    )
    for statement in tenant_policy_sql("embedded_proof"):
        op.execute(statement)


def downgrade() -> None:
    """Drop it; proofs are made anew when they are asked for."""
    op.drop_table("embedded_proof")
