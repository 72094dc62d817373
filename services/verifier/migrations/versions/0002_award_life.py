"""The life of an award: earlier credentials lead to their award, and what is erased is emptied."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
_HEARD = "a Registration in JSON, read as it was heard"


def upgrade() -> None:
    """Let a registration be empty, and let replaced credentials be found."""
    op.alter_column(
        "registration", "body", nullable=True, comment=f"{_HEARD}; absent once it is erased"
    )
    op.create_table(
        "replaced_credential",
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_replaced_credential")),
    )
    op.create_index(
        op.f("ix_replaced_credential_registration_id"), "replaced_credential", ["registration_id"]
    )


def downgrade() -> None:
    """Forget what is empty, and which credentials were replaced."""
    op.drop_table("replaced_credential")
    op.execute("DELETE FROM registration WHERE body IS NULL")
    op.alter_column("registration", "body", nullable=False, comment=_HEARD)
