"""Batches: whom a slice is about, rows whose person was erased, counts that cost little to read."""

from alembic import op

from shared.runtime.database import act_for_everybody

revision = "0009"
down_revision = "0008"

COUNTS = """
    UPDATE batch_slice SET ready = counted.ready, already_awarded = counted.already_awarded,
        correction = counted.correction, duplicate_in_file = counted.duplicate_in_file,
        error = counted.error
    FROM (
        SELECT batch_id, slice,
            count(*) FILTER (WHERE outcome = 'ready') AS ready,
            count(*) FILTER (WHERE outcome = 'already-awarded') AS already_awarded,
            count(*) FILTER (WHERE outcome = 'correction') AS correction,
            count(*) FILTER (WHERE outcome = 'duplicate-in-file') AS duplicate_in_file,
            count(*) FILTER (WHERE outcome = 'error') AS error
        FROM batch_row GROUP BY batch_id, slice
    ) counted
    WHERE batch_slice.batch_id = counted.batch_id AND batch_slice.number = counted.slice
    """
SLICES = """
    UPDATE registered SET slice = batch_row.slice FROM batch_row
    WHERE batch_row.award_id = registered.award_id
    """
COMMENTS = (
    "COMMENT ON COLUMN batch_slice.persons IS '8 bytes for each identifier in it, under a key'",
    "COMMENT ON COLUMN batch_slice.ready IS 'of its rows, once it is checked; as the next four'",
    "COMMENT ON COLUMN batch_slice.registered IS 'once everything of it that will be, is'",
    "COMMENT ON COLUMN batch_row.erased_at IS 'when what it said of its person was destroyed'",
    (
        "COMMENT ON COLUMN issuing_rule.student_domains"
        " IS 'in JSON: for a domain of staff the one of students'"
    ),
)
UP = (
    (
        "ALTER TABLE batch_slice ADD persons bytea, ADD ready integer, ADD already_awarded integer,"
        " ADD correction integer, ADD duplicate_in_file integer, ADD error integer,"
        " ADD registered integer"
    ),
    "ALTER TABLE batch_slice ALTER persons SET STORAGE EXTERNAL",
    "ALTER TABLE batch_row ADD erased_at timestamptz",
    "ALTER TABLE registered ADD slice integer",
    "ALTER TABLE issuing_rule ADD student_domains text",
    *COMMENTS,
    COUNTS,
    SLICES,
    (
        "CREATE INDEX ix_batch_row_earlier ON batch_row (earlier_award_id)"
        " WHERE earlier_award_id IS NOT NULL"
    ),
    (
        "CREATE INDEX ix_batch_row_apart ON batch_row (batch_id, slice) WHERE failure IS NOT NULL"
        " OR done_at IS NOT NULL OR recalled_at IS NOT NULL OR erased_at IS NOT NULL"
    ),
    (
        "CREATE INDEX ix_batch_slice_unregistered ON batch_slice (batch_id, number)"
        " WHERE settled_at IS NOT NULL AND registered IS NULL"
    ),
    "DROP INDEX ix_registered_batch",
    "CREATE INDEX ix_registered_batch ON registered (batch_id, slice) WHERE batch_id IS NOT NULL",
)
DOWN = (
    "DROP INDEX ix_registered_batch",
    "CREATE INDEX ix_registered_batch ON registered (batch_id) WHERE batch_id IS NOT NULL",
    "DROP INDEX ix_batch_slice_unregistered",
    "DROP INDEX ix_batch_row_apart",
    "DROP INDEX ix_batch_row_earlier",
    "ALTER TABLE issuing_rule DROP student_domains",
    "ALTER TABLE registered DROP slice",
    "ALTER TABLE batch_row DROP erased_at",
    (
        "ALTER TABLE batch_slice DROP persons, DROP ready, DROP already_awarded, DROP correction,"
        " DROP duplicate_in_file, DROP error, DROP registered"
    ),
)


def upgrade() -> None:
    """Add what is kept from now on, and count what is there."""
    act_for_everybody(op.get_bind())
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; counts are read from the rows again."""
    for statement in DOWN:
        op.execute(statement)
