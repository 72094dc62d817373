"""Facts instead of versions, and the log of them: entries, tiles, and how far it is."""

import hmac
import json
import secrets
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from shared.runtime.database import act_for_everybody, tenant_policy_sql

revision = "0004"
down_revision = "0003"
MOMENT = sa.DateTime(timezone=True)
ONLY_GROWS = """
CREATE FUNCTION refuse_changed_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'restrict_violation';
END $$
"""
ONLY_WIDER = """
CREATE FUNCTION refuse_changed_tile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.level = OLD.level AND NEW.index = OLD.index
        AND substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) = OLD.hashes THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a tile only gets wider' USING ERRCODE = 'restrict_violation';
END $$
"""
ONLY_ERASED = """
CREATE FUNCTION refuse_changed_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.salt IS NULL AND NEW.content IS NULL
        AND (NEW.number, NEW.event_id, NEW.kind, NEW.organisation, NEW.registration_id,
            NEW.record_version, NEW.recorded_at, NEW.commitment)
        = (OLD.number, OLD.event_id, OLD.kind, OLD.organisation, OLD.registration_id,
            OLD.record_version, OLD.recorded_at, OLD.commitment) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a fact never changes' USING ERRCODE = 'restrict_violation';
END $$
"""
ONLY_ONWARDS = """
CREATE FUNCTION refuse_shorter_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size >= OLD.size AND NEW.origin = OLD.origin THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'restrict_violation';
END $$
"""
TRIGGERS = (
    (
        "CREATE TRIGGER only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_log()"
    ),
    (
        "CREATE TRIGGER only_grow BEFORE DELETE OR TRUNCATE ON log_tile"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_log()"
    ),
    (
        "CREATE TRIGGER only_wider BEFORE UPDATE ON log_tile"
        " FOR EACH ROW EXECUTE FUNCTION refuse_changed_tile()"
    ),
    (
        "CREATE TRIGGER only_grow BEFORE DELETE OR TRUNCATE ON fact"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_log()"
    ),
    (
        "CREATE TRIGGER only_erased BEFORE UPDATE ON fact"
        " FOR EACH ROW EXECUTE FUNCTION refuse_changed_fact()"
    ),
    (
        "CREATE TRIGGER only_grow BEFORE DELETE OR TRUNCATE ON log_state"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_log()"
    ),
    (
        "CREATE TRIGGER only_onwards BEFORE UPDATE ON log_state"
        " FOR EACH ROW EXECUTE FUNCTION refuse_shorter_log()"
    ),
)
FUNCTIONS = (
    "refuse_changed_log",
    "refuse_changed_tile",
    "refuse_changed_fact",
    "refuse_shorter_log",
)
# The service owns its tables and could give itself this right again, but not by mistake.
RIGHTS = (
    "REVOKE UPDATE, DELETE, TRUNCATE ON log_entry FROM CURRENT_USER",
    "REVOKE DELETE, TRUNCATE ON log_tile, log_state, fact FROM CURRENT_USER",
)
PAGE = sa.text(
    """
    SELECT registration_id, record_version, organisation, changed_at, state
    FROM registration_version
    WHERE CAST(:moment AS timestamptz) IS NULL
    OR (changed_at, registration_id, record_version)
        > (CAST(:moment AS timestamptz), CAST(:id AS uuid), CAST(:version AS integer))
    ORDER BY changed_at, registration_id, record_version LIMIT 1000
    """
)
FACT = sa.table(
    "fact",
    sa.column("number"),
    sa.column("event_id"),
    sa.column("kind"),
    sa.column("organisation"),
    sa.column("registration_id"),
    sa.column("record_version"),
    sa.column("recorded_at"),
    sa.column("commitment"),
    sa.column("salt"),
    sa.column("content"),
)


def upgrade() -> None:
    """Make the tables; every version there was becomes a fact that is to be logged."""
    act_for_everybody(op.get_bind())
    _create_facts()
    _create_log()
    _move_versions()
    _move_erasures()
    op.drop_table("registration_version")
    for statement in (ONLY_GROWS, ONLY_WIDER, ONLY_ERASED, ONLY_ONWARDS, *TRIGGERS, *RIGHTS):
        op.execute(statement)


def downgrade() -> None:
    """Go back to versions; what the log said is lost, and a later log begins anew."""
    act_for_everybody(op.get_bind())
    op.create_table(
        "registration_version",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("state", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint(
            "registration_id", "record_version", name=op.f("pk_registration_version")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.registration_id"],
            name=op.f("fk_registration_version_registration_id_registration"),
        ),
    )
    op.execute(
        "INSERT INTO registration_version"
        " SELECT registration_id, record_version, organisation, recorded_at,"
        " CAST(content AS jsonb) FROM fact WHERE content IS NOT NULL AND kind <> 'erased'"
    )
    for statement in tenant_policy_sql("registration_version"):
        op.execute(statement)
    for table in ("log_pending", "log_entry", "log_tile", "log_state", "fact"):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")


def _create_facts() -> None:
    op.create_table(
        "fact",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column(
            "commitment",
            sa.LargeBinary(),
            nullable=False,
            comment="HMAC-SHA256 of the content under the salt",
        ),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("content", sa.Text(), comment="canonical JSON (RFC 8785)"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_fact")),
        sa.UniqueConstraint(
            "registration_id", "record_version", name=op.f("uq_fact_registration_id")
        ),
        sa.UniqueConstraint("event_id", name=op.f("uq_fact_event_id")),
        sa.CheckConstraint(
            "(content IS NULL) = (salt IS NULL)", name=op.f("ck_fact_opening_is_whole")
        ),
    )
    for statement in tenant_policy_sql("fact"):
        op.execute(statement)


def _create_log() -> None:
    op.create_table(
        "log_pending",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_pending")),
    )
    op.create_table(
        "log_entry",
        sa.Column(
            "index",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="from 0, no gaps",
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column(
            "entry", sa.LargeBinary(), nullable=False, comment="as it is hashed into the tree"
        ),
        sa.Column("logged_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_log_entry_number")),
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_log_tile")),
    )
    op.execute("ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL")
    op.create_table(
        "log_state",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "tree", sa.LargeBinary(), nullable=False, comment="roots of its perfect subtrees"
        ),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=False, comment="a signed note"),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_log_state")),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_log_state_one_log")),
    )


def _move_versions() -> None:
    """Make facts of versions, in the order in which they were recorded."""
    after: dict[str, object] = {"moment": None, "id": None, "version": None}
    while page := op.get_bind().execute(PAGE, after).mappings().all():
        _add([_fact_of(row) for row in page])
        last = page[-1]
        after = {
            "moment": last["changed_at"],
            "id": last["registration_id"],
            "version": last["record_version"],
        }


def _fact_of(row: Any) -> dict[str, object]:  # noqa: ANN401 - a row
    state = row["state"]
    return {
        "event_id": uuid4(),
        "kind": _kind_of(state),
        "organisation": row["organisation"],
        "registration_id": row["registration_id"],
        "record_version": row["record_version"],
        "recorded_at": row["changed_at"],
        **_committed(state),
    }


def _kind_of(state: dict[str, Any]) -> str:
    if state["recordVersion"] == 1:
        return "issued"
    if state["status"] != "active":
        return {"suspended": "suspended", "revoked": "revoked", "expired": "expired"}[
            state["status"]
        ]
    return "reinstated" if state.get("reinstatement") else "corrected"


def _move_erasures() -> None:
    """Say of every registration that was erased that it was."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT registration_id, organisation, record_version, erased_at"
            " FROM erased_registration ORDER BY erased_at"
        )
    )
    for row in rows.mappings():
        said = {
            "registrationId": str(row["registration_id"]),
            "organisation": row["organisation"],
            "erasedAt": row["erased_at"].isoformat().replace("+00:00", "Z"),
        }
        _add(
            [
                {
                    "event_id": uuid4(),
                    "kind": "erased",
                    "organisation": row["organisation"],
                    "registration_id": row["registration_id"],
                    "record_version": row["record_version"],
                    "recorded_at": row["erased_at"],
                    **_committed(said),
                }
            ]
        )


def _add(facts: list[dict[str, object]]) -> None:
    numbers = op.get_bind().execute(sa.insert(FACT).returning(FACT.c.number), facts)
    pending = sa.table("log_pending", sa.column("number"))
    op.get_bind().execute(sa.insert(pending), [{"number": row.number} for row in numbers])


def _committed(said: dict[str, Any]) -> dict[str, object]:
    salt = secrets.token_bytes(32)
    content = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    commitment = hmac.digest(salt, content.encode(), "sha256")
    return {"commitment": commitment, "salt": salt, "content": content}
