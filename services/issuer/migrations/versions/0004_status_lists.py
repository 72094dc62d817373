"""Several open lists for each organisation, a second form of each, and since when it is due."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Let several lists be open, and have every list signed anew, so that each gets its token."""
    op.add_column("status_list", sa.Column("token", sa.Text(), comment="the same as IETF token"))
    op.add_column("status_list", sa.Column("changed_at", MOMENT, comment="first change not in it"))
    op.execute("UPDATE status_list SET changed_at = now()")
    op.drop_column("status_list", "is_changed")
    op.drop_index("ix_status_list_open", "status_list")
    op.create_index(
        "ix_status_list_open",
        "status_list",
        ["organisation"],
        postgresql_where=sa.text("is_open"),
    )


def downgrade() -> None:
    """Leave the newest list of each organisation open, and mark those with changes."""
    op.execute(
        "UPDATE status_list SET is_open = false WHERE is_open AND EXISTS (SELECT FROM status_list"
        " newer WHERE newer.organisation = status_list.organisation AND newer.is_open"
        " AND newer.list_id > status_list.list_id)"
    )
    op.drop_index("ix_status_list_open", "status_list")
    op.create_index(
        "ix_status_list_open",
        "status_list",
        ["organisation"],
        unique=True,
        postgresql_where=sa.text("is_open"),
    )
    op.add_column("status_list", sa.Column("is_changed", sa.Boolean()))
    op.execute("UPDATE status_list SET is_changed = changed_at IS NOT NULL")
    op.alter_column("status_list", "is_changed", nullable=False)
    op.drop_column("status_list", "changed_at")
    op.drop_column("status_list", "token")
