"""Offerings, past ones kept; and policies and published versions that nobody can rewrite."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
MOMENT = sa.DateTime(timezone=True)

# Not `acting_organisation()`: everybody may read, also who acts for nobody.
_ACTING = "(SELECT current_setting('waarmerk.organisation', true))"
_OWN = f"(provider = {_ACTING} OR {_ACTING} = '*')"
_WALLS = (
    "ALTER TABLE offering ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE offering FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY offering_read ON offering FOR SELECT USING (state <> 'concept' OR {_OWN})",
    f"CREATE POLICY offering_added ON offering FOR INSERT WITH CHECK {_OWN}",
    f"CREATE POLICY offering_changed ON offering FOR UPDATE USING {_OWN} WITH CHECK {_OWN}",
    f"CREATE POLICY offering_removed ON offering FOR DELETE USING ({_OWN} AND state = 'concept')",
)

_FOR_EVER = (
    """
    CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is written once and never changed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER policy_for_ever BEFORE UPDATE OR DELETE ON policy
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()
    """,
    """
    CREATE TRIGGER policy_never_emptied BEFORE TRUNCATE ON policy
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
    """,
    """
    CREATE TRIGGER version_for_ever BEFORE DELETE ON microcredential
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()
    """,
    """
    CREATE TRIGGER version_never_emptied BEFORE TRUNCATE ON microcredential
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
    """,
    # Being archived is the one thing that happens to a version; it happens once.
    """
    CREATE TRIGGER version_never_rewritten BEFORE UPDATE ON microcredential
    FOR EACH ROW WHEN (
        (OLD.microcredential_id, OLD.version, OLD.provider, OLD.first_published_at)
            IS DISTINCT FROM
            (NEW.microcredential_id, NEW.version, NEW.provider, NEW.first_published_at)
        OR OLD.state - 'archivedAt' IS DISTINCT FROM NEW.state - 'archivedAt'
        OR (OLD.state ? 'archivedAt'
            AND OLD.state -> 'archivedAt' IS DISTINCT FROM NEW.state -> 'archivedAt')
    )
    EXECUTE FUNCTION refuse_rewriting()
    """,
)
_TRIGGERS = (
    ("policy", "policy_for_ever"),
    ("policy", "policy_never_emptied"),
    ("microcredential", "version_for_ever"),
    ("microcredential", "version_never_emptied"),
    ("microcredential", "version_never_rewritten"),
)


def upgrade() -> None:
    """Create the table with its walls, and write policies and versions in stone."""
    _create_offering()
    for statement in (*_WALLS, *_FOR_EVER):
        op.execute(statement)


def _create_offering() -> None:
    op.create_table(
        "offering",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("primary_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "first_day",
            sa.Date(),
            nullable=False,
            comment="of run or entry; 9999-12-31 while not known",
        ),
        sa.Column("last_day", sa.Date()),
        sa.Column(
            "enrolment",
            postgresql.DATEMULTIRANGE(),
            nullable=False,
            comment="days on which one can enrol",
        ),
        sa.Column("places_left", sa.Integer()),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("record", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", name=op.f("pk_offering")),
        sa.ForeignKeyConstraint(
            ["microcredential_id"],
            ["desk.microcredential_id"],
            name=op.f("fk_offering_microcredential_id_desk"),
        ),
        sa.UniqueConstraint("provider", "primary_code", name=op.f("uq_offering_provider")),
    )
    op.create_index(
        "ix_offering_microcredential",
        "offering",
        ["microcredential_id", "first_day", "offering_id"],
    )
    op.create_index("ix_offering_first_day", "offering", ["first_day", "offering_id"])


def downgrade() -> None:
    """Take the stone away, and drop the table."""
    for table, trigger in _TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute("DROP FUNCTION refuse_rewriting()")
    op.drop_table("offering")
