"""What changed for RIO, noted by the database itself, so that no way of changing it is forgotten.

Every version, public offering or offerer code that changes leaves a row, inside the transaction
that changes it; `change`, the place in the list, is given by whoever reads, after the commit.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
MOMENT = sa.DateTime(timezone=True)

_NOTE_BOTH = """
    CREATE FUNCTION note_rio_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO rio_change (microcredential_id, main_object, provider)
        VALUES (NEW.microcredential_id, 'opleidingseenheid', NEW.provider),
               (NEW.microcredential_id, 'aangebodenOpleiding', NEW.provider);
        RETURN NULL;
    END $$
    """
_NOTE_OFFERED = """
    CREATE FUNCTION note_rio_offering() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO rio_change (microcredential_id, main_object, provider)
        VALUES (NEW.microcredential_id, 'aangebodenOpleiding', NEW.provider);
        RETURN NULL;
    END $$
    """
# Another sector makes another kind of opleidingseenheid; another code, another offerer.
_NOTE_ALL = """
    CREATE FUNCTION note_rio_offerer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO rio_change (microcredential_id, main_object, provider)
        SELECT microcredential_id, main_object, provider
        FROM microcredential,
             (VALUES (1, 'opleidingseenheid'), (2, 'aangebodenOpleiding')) AS kind(n, main_object)
        WHERE provider = NEW.oin AND is_latest
        ORDER BY first_published_at, microcredential_id, n;
        RETURN NULL;
    END $$
    """
_TRIGGERS = (
    """
    CREATE TRIGGER version_added_for_rio AFTER INSERT ON microcredential
    FOR EACH ROW EXECUTE FUNCTION note_rio_change()
    """,
    """
    CREATE TRIGGER version_changed_for_rio AFTER UPDATE ON microcredential
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION note_rio_change()
    """,
    """
    CREATE TRIGGER offering_added_for_rio AFTER INSERT ON offering
    FOR EACH ROW WHEN (NEW.state <> 'concept') EXECUTE FUNCTION note_rio_offering()
    """,
    """
    CREATE TRIGGER offering_changed_for_rio AFTER UPDATE ON offering
    FOR EACH ROW WHEN (NEW.state <> 'concept' AND OLD.record IS DISTINCT FROM NEW.record)
    EXECUTE FUNCTION note_rio_offering()
    """,
    """
    CREATE TRIGGER offerer_changed_for_rio AFTER UPDATE ON organisation
    FOR EACH ROW WHEN (
        (OLD.state -> 'educationOffererCode', OLD.state -> 'sector')
        IS DISTINCT FROM (NEW.state -> 'educationOffererCode', NEW.state -> 'sector')
    )
    EXECUTE FUNCTION note_rio_offerer()
    """,
)
# A catalogue that already has versions begins its list with them, oldest first.
_BEGIN = """
    INSERT INTO rio_change (microcredential_id, main_object, provider)
    SELECT microcredential_id, main_object, provider
    FROM microcredential,
         (VALUES (1, 'opleidingseenheid'), (2, 'aangebodenOpleiding')) AS kind(n, main_object)
    WHERE is_latest
    ORDER BY first_published_at, microcredential_id, n
    """
_DROP = (
    "DROP TRIGGER version_added_for_rio ON microcredential",
    "DROP TRIGGER version_changed_for_rio ON microcredential",
    "DROP TRIGGER offering_added_for_rio ON offering",
    "DROP TRIGGER offering_changed_for_rio ON offering",
    "DROP TRIGGER offerer_changed_for_rio ON organisation",
    "DROP FUNCTION note_rio_change()",
    "DROP FUNCTION note_rio_offering()",
    "DROP FUNCTION note_rio_offerer()",
)


def upgrade() -> None:
    """Create the list, have the database keep it, and begin it with what there is."""
    op.create_table(
        "rio_change",
        sa.Column("arrival", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("main_object", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column(
            "change", sa.BigInteger(), comment="its place in the list; given once it is committed"
        ),
        sa.Column("added_change", sa.BigInteger(), comment="the place where this object was first"),
        sa.PrimaryKeyConstraint("arrival", name=op.f("pk_rio_change")),
    )
    op.create_index("uq_rio_change_change", "rio_change", ["change"], unique=True)
    op.create_index(
        "ix_rio_change_pending",
        "rio_change",
        ["arrival"],
        postgresql_where=sa.text("change IS NULL"),
    )
    op.create_index("ix_rio_change_object", "rio_change", ["microcredential_id", "main_object"])
    for statement in (_NOTE_BOTH, _NOTE_OFFERED, _NOTE_ALL, *_TRIGGERS, _BEGIN):
        op.execute(statement)


def downgrade() -> None:
    """Stop noting, and drop the list."""
    for statement in _DROP:
        op.execute(statement)
    op.drop_table("rio_change")
