"""Which sector each organisation is in, as the catalogue says it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make room for our copy."""
    op.create_table(
        "organisation",
        sa.Column("oin", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("name_nl", sa.Text()),
        sa.Column("name_en", sa.Text()),
        sa.PrimaryKeyConstraint("oin", name=op.f("pk_organisation")),
        comment="our copy of the catalogue's organisations: their sector and name",
    )


def downgrade() -> None:
    """Forget it; a replay of `catalog` brings it back."""
    op.drop_table("organisation")
