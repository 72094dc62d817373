"""Batches of awards: files, their slices and rows, and the second person who agrees to them."""

from alembic import op

from shared.runtime.database import tenant_policy_sql

revision = "0005"
down_revision = "0004"
TENANT_TABLES = (
    "batch",
    "batch_slice",
    "batch_row",
    "batch_decision",
    "issuing_rule",
    "registered",
    "delivered",
)

BATCH = """
    CREATE TABLE batch (
        batch_id uuid NOT NULL CONSTRAINT pk_batch PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
        organisation text NOT NULL,
        request_key text NOT NULL,
        format text NOT NULL,
        wrapped_key bytea,
        asked_by text NOT NULL,
        begun_at timestamptz NOT NULL,
        lease_until timestamptz,
        fingerprint bytea,
        sealed_layout bytea,
        received_at timestamptz,
        rows integer,
        checked_at timestamptz,
        digest text,
        run_asked_by text,
        run_asked_at timestamptz,
        with_corrections boolean NOT NULL,
        cleared_at timestamptz,
        recalled_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT uq_batch_organisation UNIQUE (organisation, request_key)
    )
    """
SLICE = """
    CREATE TABLE batch_slice (
        batch_id uuid NOT NULL,
        number integer NOT NULL,
        organisation text NOT NULL,
        sealed_cells bytea STORAGE EXTERNAL,
        sealed_wishes bytea STORAGE EXTERNAL,
        digest bytea,
        checked_at timestamptz,
        taken_until timestamptz,
        intended_at timestamptz,
        settled_at timestamptz,
        CONSTRAINT pk_batch_slice PRIMARY KEY (batch_id, number),
        CONSTRAINT fk_batch_slice_batch_id_batch FOREIGN KEY (batch_id)
            REFERENCES batch (batch_id) ON DELETE CASCADE
    )
    """
ROW = """
    CREATE TABLE batch_row (
        batch_id uuid NOT NULL,
        line integer NOT NULL,
        organisation text NOT NULL,
        slice integer NOT NULL,
        outcome text NOT NULL,
        code text,
        award_key bytea,
        person_key bytea,
        award_id uuid,
        earlier_award_id uuid,
        sealed_faults bytea,
        failure text,
        recalled_at timestamptz,
        recall_reason text,
        done_at timestamptz,
        CONSTRAINT pk_batch_row PRIMARY KEY (batch_id, line),
        CONSTRAINT fk_batch_row_batch_id_batch_slice FOREIGN KEY (batch_id, slice)
            REFERENCES batch_slice (batch_id, number) ON DELETE CASCADE
    )
    """
OTHERS = (
    """
    CREATE TABLE batch_decision (
        batch_id uuid NOT NULL CONSTRAINT pk_batch_decision PRIMARY KEY,
        organisation text NOT NULL,
        is_approved boolean NOT NULL,
        digest text NOT NULL,
        decided_by text NOT NULL,
        decided_at timestamptz NOT NULL,
        sealed_note bytea,
        CONSTRAINT fk_batch_decision_batch_id_batch FOREIGN KEY (batch_id)
            REFERENCES batch (batch_id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE issuing_rule (
        organisation text NOT NULL CONSTRAINT pk_issuing_rule PRIMARY KEY,
        approval_from integer,
        revision integer NOT NULL,
        changed_by text NOT NULL,
        changed_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE registered (
        award_id uuid NOT NULL CONSTRAINT pk_registered PRIMARY KEY,
        organisation text NOT NULL,
        batch_id uuid,
        registered_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE delivered (
        award_id uuid NOT NULL CONSTRAINT pk_delivered PRIMARY KEY,
        organisation text NOT NULL,
        batch_id uuid,
        delivered_at timestamptz NOT NULL
    )
    """,
)
INDEXES = (
    "ix_batch_organisation ON batch (organisation, number)",
    "ix_batch_unended ON batch (number) WHERE ended_at IS NULL",
    "ix_batch_unwiped ON batch (ended_at) WHERE wrapped_key IS NOT NULL",
    "ix_batch_slice_unchecked ON batch_slice (batch_id, number) WHERE checked_at IS NULL",
    "ix_batch_slice_unsettled ON batch_slice (batch_id, number) WHERE settled_at IS NULL",
    "ix_batch_row_outcome ON batch_row (batch_id, outcome, line)",
    "ix_batch_row_slice ON batch_row (batch_id, slice)",
    "ix_batch_row_award_key ON batch_row (batch_id, award_key) WHERE award_key IS NOT NULL",
    "ix_batch_row_person_key ON batch_row (batch_id, person_key) WHERE person_key IS NOT NULL",
    "ix_batch_row_recalled ON batch_row (award_id) WHERE recalled_at IS NOT NULL",
    "ix_registered_batch ON registered (batch_id) WHERE batch_id IS NOT NULL",
    "ix_delivered_batch ON delivered (batch_id) WHERE batch_id IS NOT NULL",
)
COMMENTS = (
    "COMMENT ON COLUMN batch.wrapped_key IS 'absent once the rows are wiped'",
    "COMMENT ON COLUMN batch.lease_until IS 'present while the file comes in'",
    "COMMENT ON COLUMN batch_row.done_at IS 'when a correction was made'",
    """
    COMMENT ON COLUMN issuing_rule.approval_from
        IS 'rows from which a second person agrees; else never'
    """,
    "COMMENT ON TABLE registered IS 'awards the national register told us it holds'",
    "COMMENT ON TABLE delivered IS 'awards of which a signed credential was handed out'",
)


# A credential is written twice: as an intent, and with its signatures. Room left on its page spares
# its indexes the second time; and what is sealed cannot be compressed, so nobody needs to try.
TUNED = (
    "ALTER TABLE credential ALTER COLUMN sealed_payload SET STORAGE EXTERNAL",
    "ALTER TABLE credential SET (fillfactor = 60)",
)
PLAIN = (
    "ALTER TABLE credential RESET (fillfactor)",
    "ALTER TABLE credential ALTER COLUMN sealed_payload SET STORAGE EXTENDED",
)


def upgrade() -> None:
    """Create the tables of batches; each organisation sees its own only."""
    for statement in (BATCH, SLICE, ROW, *OTHERS, *TUNED):
        op.execute(statement)
    for index in INDEXES:
        op.execute(f"CREATE INDEX {index}")
    op.execute(
        "CREATE UNIQUE INDEX ix_batch_row_award ON batch_row (award_id) WHERE award_id IS NOT NULL"
    )
    for comment in COMMENTS:
        op.execute(comment)
    for table in TENANT_TABLES:
        for statement in tenant_policy_sql(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables of batches."""
    for statement in PLAIN:
        op.execute(statement)
    for table in reversed(TENANT_TABLES):
        op.execute(f"DROP TABLE {table}")
