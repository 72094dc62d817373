"""The life cycle of a microcredential: submissions, approvals, statements and mandates."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
