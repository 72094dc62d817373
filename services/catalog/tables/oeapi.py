"""Where institutions serve their own OEAPI, and what was taken from there."""

from sqlalchemy import Column, Computed, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import METADATA
from services.catalog.tables.microcredentials import microcredential
from shared.runtime.schema import MOMENT

# Only the organisation itself sees its source, its imports and what they led to.
oeapi_source = Table(
    "oeapi_source",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("registered_at", MOMENT, nullable=False),
)

oeapi_import = Table(
    "oeapi_import",
    METADATA,
    Column("import_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("wanted", JSONB, nullable=False),
    Column("asked_by", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_at", MOMENT, nullable=False),
    Column("lease_until", MOMENT),
    Column("finished_at", MOMENT),
    Column("problem", JSONB(none_as_null=True)),
)
Index(
    "uq_oeapi_import_under_way",
    oeapi_import.c.organisation,
    unique=True,
    postgresql_where=text("state IN ('queued', 'running')"),
)

oeapi_import_item = Table(
    "oeapi_import_item",
    METADATA,
    Column("import_id", Uuid, ForeignKey(oeapi_import.c.import_id), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("source_id", Uuid, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("item", JSONB, nullable=False),
)

oeapi_link = Table(
    "oeapi_link",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("source_id", Uuid, primary_key=True),
    Column("target_id", Uuid, nullable=False),
    Column("taken", JSONB(none_as_null=True), comment="what the last import placed"),
    Column("seen_at", MOMENT, nullable=False),
)
Index("ix_oeapi_link_target", oeapi_link.c.target_id)

TOLD = (
    "lower("
    + " || E'\\n' || ".join(
        f"coalesce(state #>> '{{content,{path}}}', '')"
        for path in ("title,nl", "title,en", "abbreviation", "description,nl", "description,en")
    )
    + ")"
)
# What OEAPI's `q` looks in; apart from the state, which would be unpacked for each of its texts.
microcredential.append_column(Column("told", Text, Computed(TOLD, persisted=True)))

# The facade finds a microcredential by the code its provider gave it, or another system.
Index(
    "ix_microcredential_primary_code",
    microcredential.c.state[("content", "primaryCode")].astext,
    postgresql_where=text("is_latest"),
)
Index(
    "ix_microcredential_other_codes",
    microcredential.c.state[("content", "otherCodes")].label("other_codes"),
    postgresql_using="gin",
    postgresql_ops={"other_codes": "jsonb_path_ops"},
    postgresql_where=text("is_latest"),
)
