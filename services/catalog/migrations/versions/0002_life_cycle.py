"""The life cycle of a microcredential: submissions, approvals, statements and mandates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql

revision = "0002"
down_revision = "0001"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Let a desk know its review and its history; what lies there already is a draft."""
    op.add_column("desk", sa.Column("on_behalf_of", sa.Text()))
    op.add_column(
        "desk", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.add_column("desk", sa.Column("edited_by", postgresql.JSONB()))
    op.add_column(
        "desk",
        sa.Column("review", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column("desk", sa.Column("copied_from", postgresql.JSONB()))
    op.create_index("ix_desk_listed", "desk", ["organisation", "changed_at", "microcredential_id"])
    _create_history()
    _create_mandates()
    _create_statements()


def _create_history() -> None:
    op.create_table(
        "desk_history",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("entry", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_desk_history")),
        sa.ForeignKeyConstraint(
            ["microcredential_id"],
            ["desk.microcredential_id"],
            name=op.f("fk_desk_history_microcredential_id_desk"),
        ),
    )
    op.create_index("ix_desk_history_read", "desk_history", ["microcredential_id", "number"])
    for statement in tenant_policy_sql("desk_history"):
        op.execute(statement)


def _create_mandates() -> None:
    op.create_table(
        "mandate",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mandator", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), comment="first day without"),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mandate")),
    )
    op.create_index(
        "uq_mandate_present",
        "mandate",
        ["mandator", "agent"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_mandate_listed", "mandate", ["mandator", "number"])


def _create_statements() -> None:
    op.create_table(
        "statement",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("microcredential_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statement")),
        sa.ForeignKeyConstraint(
            ["microcredential_id", "version"],
            ["microcredential.microcredential_id", "microcredential.version"],
            name=op.f("fk_statement_version_microcredential"),
        ),
    )
    op.create_index(
        "uq_statement_once",
        "statement",
        ["microcredential_id", "version", "kind", "author"],
        unique=True,
        postgresql_where=sa.text("state IN ('offered', 'accepted') AND author <> provider"),
    )
    op.create_index(
        "ix_statement_listed", "statement", ["microcredential_id", "filed_at", "statement_id"]
    )
    for statement in _STATEMENT_WALL:
        op.execute(statement)


_PARTY = "(SELECT acting_organisation()) IN (provider, author, '*')"
_STATEMENT_WALL = (
    "ALTER TABLE statement ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE statement FORCE ROW LEVEL SECURITY",
    (
        "CREATE POLICY statement_of_parties ON statement"
        f" USING (state = 'accepted' OR {_PARTY}) WITH CHECK ({_PARTY})"
    ),
)


def downgrade() -> None:
    """Forget reviews and history; a draft stays a draft."""
    for table in ("statement", "mandate", "desk_history"):
        op.drop_table(table)
    op.drop_index("ix_desk_listed", "desk")
    for column in ("copied_from", "review", "edited_by", "revision", "on_behalf_of"):
        op.drop_column("desk", column)
