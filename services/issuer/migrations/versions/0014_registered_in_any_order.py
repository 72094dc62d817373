"""What the register holds is heard in any order: its versions and what was parked are vain."""

from alembic import op

revision = "0014"
down_revision = "0013"
OURS = "WHERE consumer = 'issuer' AND topic = 'registrations'"


def upgrade() -> None:
    """Drop them: a letter that stayed parked would sound the alarm for ever."""
    op.execute(f"DELETE FROM parked {OURS}")  # noqa: S608 - a constant
    op.execute(f"DELETE FROM subject_version {OURS}")  # noqa: S608 - a constant


def downgrade() -> None:
    """Leave it so: an older version begins to count when it hears of one again."""
