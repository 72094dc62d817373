"""How many facts at once are found: their pages are asked of the disk together, not in turn."""

from alembic import op

revision = "0012"
down_revision = "0011"
# Only a bitmap names all pages before the first is read. Left to choose, PostgreSQL takes them to
# be beside each other, as facts are, and fetches one after another; or reads all facts there are.
FUNCTION = """
    CREATE FUNCTION facts_of_numbers(wanted bigint[]) RETURNS SETOF fact
    LANGUAGE sql STABLE ROWS 100 SET enable_indexscan = off SET enable_seqscan = off
    AS 'SELECT * FROM fact WHERE number = ANY (wanted)'
    """


def upgrade() -> None:
    """Make the function."""
    op.execute(FUNCTION)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP FUNCTION facts_of_numbers")
