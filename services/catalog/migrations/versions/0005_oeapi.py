"""Where institutions serve their own OEAPI, and what was taken from there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.runtime.database import tenant_policy_sql

revision = "0005"
down_revision = "0004"
MOMENT = sa.DateTime(timezone=True)
_TOLD = (
    "lower("
    + " || E'\\n' || ".join(
        f"coalesce(state #>> '{{content,{path}}}', '')"
        for path in ("title,nl", "title,en", "abbreviation", "description,nl", "description,en")
    )
    + ")"
)
_TABLES = ("oeapi_import_item", "oeapi_import", "oeapi_link", "oeapi_source")


def upgrade() -> None:
    """Create the tables; each is seen by its own organisation only."""
    op.create_table(
        "oeapi_source",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_oeapi_source")),
    )
    _create_import()
    op.create_table(
        "oeapi_link",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("taken", postgresql.JSONB(), comment="what the last import placed"),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "kind", "source_id", name=op.f("pk_oeapi_link")),
    )
    op.create_index("ix_oeapi_link_target", "oeapi_link", ["target_id"])
    op.create_index(
        "ix_microcredential_primary_code",
        "microcredential",
        [sa.text("(state #>> '{content,primaryCode}')")],
        postgresql_where=sa.text("is_latest"),
    )
    op.execute(
        "CREATE INDEX ix_microcredential_other_codes ON microcredential"
        " USING gin ((state #> '{content,otherCodes}') jsonb_path_ops) WHERE is_latest"
    )
    op.add_column(
        "microcredential", sa.Column("told", sa.Text(), sa.Computed(_TOLD, persisted=True))
    )
    for table in _TABLES:
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def _create_import() -> None:
    op.create_table(
        "oeapi_import",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(), nullable=False),
        sa.Column("asked_by", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("problem", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_oeapi_import")),
    )
    op.create_index(
        "uq_oeapi_import_under_way",
        "oeapi_import",
        ["organisation"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "oeapi_import_item",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint(
            "import_id", "kind", "source_id", name=op.f("pk_oeapi_import_item")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["oeapi_import.import_id"],
            name=op.f("fk_oeapi_import_item_import_id_oeapi_import"),
        ),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_column("microcredential", "told")
    op.drop_index("ix_microcredential_other_codes", "microcredential")
    op.drop_index("ix_microcredential_primary_code", "microcredential")
    for table in _TABLES:
        op.drop_table(table)
