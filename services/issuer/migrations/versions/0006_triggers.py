"""Results from institutions' own systems: runs, associations, their sources, and badge classes."""

from alembic import op

from shared.runtime.database import tenant_policy_sql

revision = "0006"
down_revision = "0005"
TENANT_TABLES = ("association", "association_source", "badge_class", "direct_award_bundle")

TABLES = (
    """
    CREATE TABLE offering (
        offering_id uuid NOT NULL CONSTRAINT pk_offering PRIMARY KEY,
        provider text NOT NULL,
        microcredential_id uuid NOT NULL,
        codes text[] NOT NULL,
        ends_on date
    )
    """,
    """
    CREATE TABLE association (
        organisation text NOT NULL,
        association_id uuid NOT NULL,
        number bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
        kind text NOT NULL,
        revision integer NOT NULL,
        wrapped_key bytea,
        sealed_content bytea,
        content_mark bytea NOT NULL,
        listed_mark bytea,
        learner text NOT NULL,
        outcome text NOT NULL,
        reason text,
        faults text,
        microcredential_id uuid,
        award_id uuid,
        marks bytea,
        attempts integer NOT NULL,
        retry_at timestamptz,
        is_pulled boolean NOT NULL,
        received_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT pk_association PRIMARY KEY (organisation, association_id)
    )
    """,
    """
    CREATE TABLE association_source (
        source_id uuid NOT NULL CONSTRAINT pk_association_source PRIMARY KEY,
        organisation text NOT NULL,
        url text NOT NULL,
        wrapped_key bytea NOT NULL,
        sealed_secret bytea,
        interval_seconds integer NOT NULL,
        cursor text,
        next_at timestamptz NOT NULL,
        lease_until timestamptz,
        failures integer NOT NULL,
        problem text,
        completed_at timestamptz,
        registered_at timestamptz NOT NULL,
        CONSTRAINT uq_association_source_organisation UNIQUE (organisation, url)
    )
    """,
    """
    CREATE TABLE badge_class (
        organisation text NOT NULL,
        entity_id text NOT NULL,
        microcredential_id uuid NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT pk_badge_class PRIMARY KEY (organisation, entity_id)
    )
    """,
    """
    CREATE TABLE direct_award_bundle (
        organisation text NOT NULL,
        entity_id text NOT NULL,
        badge_class text NOT NULL,
        award_ids uuid[],
        taken_until timestamptz,
        received_at timestamptz NOT NULL,
        CONSTRAINT pk_direct_award_bundle PRIMARY KEY (organisation, entity_id)
    )
    """,
)
INDEXES = (
    "CREATE INDEX ix_offering_provider ON offering (provider, offering_id)",
    "CREATE INDEX ix_offering_codes ON offering USING gin (codes)",
    "CREATE INDEX ix_association_outcome ON association (organisation, outcome, number)",
    "CREATE INDEX ix_association_number ON association (organisation, number)",
    "CREATE INDEX ix_association_learner ON association (organisation, learner)",
    "CREATE INDEX ix_association_retry ON association (retry_at) WHERE retry_at IS NOT NULL",
    "CREATE INDEX ix_association_source_next ON association_source (next_at)",
)
COMMENTS = (
    "TABLE offering IS 'our copy of the catalogue''s offerings, and what other systems call them'",
    "COLUMN offering.ends_on IS 'absent when it goes on'",
    "COLUMN association.wrapped_key IS 'absent once the learner was erased'",
    "COLUMN association.listed_mark IS 'how the list it was pulled from told of it'",
    "COLUMN association.marks IS 'keyed digests of the result and the name awarded'",
    "COLUMN association_source.cursor IS 'how far the present round came'",
    "TABLE badge_class IS 'which microcredential an edubadges badge class is here'",
    "COLUMN direct_award_bundle.award_ids IS 'in the order of the bundle; null where none was'",
)


def upgrade() -> None:
    """Make the tables, and have the catalogue's topic heard again: it keeps every offering.

    Each of its events is a whole state, so hearing all of them once more changes nothing else.
    """
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)
    for comment in COMMENTS:
        op.execute(f"COMMENT ON {comment}")
    for table in TENANT_TABLES:
        for statement in tenant_policy_sql(table):
            op.execute(statement)
    op.execute("DELETE FROM consumer_offset WHERE topic = 'catalog'")
    op.execute("DELETE FROM subject_version WHERE topic = 'catalog'")
    op.execute("DELETE FROM inbox")


def downgrade() -> None:
    """Drop them; what was awarded stays."""
    for table in (*TENANT_TABLES, "offering"):
        op.execute(f"DROP TABLE {table}")
