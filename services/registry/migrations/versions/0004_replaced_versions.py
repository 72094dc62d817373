"""Only versions that were replaced are kept apart: what holds now is in the registration itself."""

from alembic import op

from shared.runtime.database import act_for_everybody

revision = "0004"
down_revision = "0003"

PRESENT = """
    DELETE FROM registration_version USING registration
    WHERE registration_version.registration_id = registration.registration_id
    AND registration_version.record_version = registration.record_version
    """


def upgrade() -> None:
    """Drop the second copy of what holds now."""
    act_for_everybody(op.get_bind())
    op.execute(PRESENT)


def downgrade() -> None:
    """Leave it as it is: a version that is asked for is made again when it is replaced."""
