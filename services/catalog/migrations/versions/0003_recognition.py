"""The history of recognition, and the keys of issuers for the trust list.

What was recorded before is found again in the outbox, where every announcement is kept; what is
current comes from the table itself, should the outbox ever have been emptied.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
MOMENT = sa.DateTime(timezone=True)

FROM_THE_OUTBOX = """
    INSERT INTO organisation_version (oin, version, state, recorded_at)
    SELECT event->>'subject',
           (event->'data'->>'recordVersion')::integer,
           event->'data'->'organisation',
           coalesce((event->'data'->'organisation'->>'recordedAt')::timestamptz, created_at)
    FROM (
        SELECT convert_from(value, 'UTF8')::jsonb AS event, created_at
        FROM outbox
        WHERE topic = 'catalog' AND value IS NOT NULL
    ) AS announced
    WHERE event->>'type' = 'nl.microcredentials.organisation-recorded.v1'
    ON CONFLICT DO NOTHING
    """
FROM_THE_TABLE = """
    INSERT INTO organisation_version (oin, version, state, recorded_at)
    SELECT oin, record_version, state, coalesce((state->>'recordedAt')::timestamptz, now())
    FROM organisation
    ON CONFLICT DO NOTHING
    """


def upgrade() -> None:
    """Create the tables, and find the states that were recorded before."""
    op.create_table(
        "organisation_version",
        sa.Column("oin", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), comment="why what was on record before was wrong"),
        sa.PrimaryKeyConstraint("oin", "version", name=op.f("pk_organisation_version")),
    )
    op.create_index(
        "ix_organisation_version_recorded", "organisation_version", ["oin", "recorded_at"]
    )
    op.execute(FROM_THE_OUTBOX)
    op.execute(FROM_THE_TABLE)
    op.create_table(
        "issuer_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False, comment="the DID"),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_issuer_key")),
    )
    op.create_index("ix_issuer_key_issuer", "issuer_key", ["issuer"])
    op.create_index("ix_issuer_key_organisation", "issuer_key", ["organisation"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("issuer_key")
    op.drop_table("organisation_version")
