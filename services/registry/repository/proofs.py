"""What a proof is made of, in one question: a fact in its place, its leaves, and a checkpoint.

Apart from the log's other questions, because a holder waits for each turn to the database.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.registry.repository.log import LoggedFact, read_fact
from services.registry.repository.witnesses import Cosigned
from shared.runtime.database import Straight

# The checkpoint over the entry that most witnesses cosigned, of those the newest; else the last.
_PROVABLE: Final = """
    WITH logged AS MATERIALIZED (
        SELECT l.index, f.*, e.erased_at FROM fact f JOIN log_entry l USING (number)
        LEFT JOIN erased_registration e USING (registration_id)
        WHERE f.registration_id = $1 AND ($2::integer IS NULL OR f.record_version = $2)
        ORDER BY f.record_version DESC LIMIT 1
    )
    SELECT logged.*, leaves.hashes, coalesce(best.size, newest.size) AS size,
        coalesce(best.note, newest.checkpoint) AS note, coalesce(best.lines, '') AS lines
    FROM logged CROSS JOIN log_state AS newest
    JOIN log_tile AS leaves ON leaves.level = 0 AND leaves.index = logged.index / 256
    LEFT JOIN LATERAL (
        SELECT c.size, c.note, string_agg(s.lines, '' ORDER BY s.vkey) AS lines
        FROM log_checkpoint c JOIN log_cosignature s USING (size) WHERE c.size > logged.index
        GROUP BY c.size ORDER BY count(*) DESC, c.size DESC LIMIT 1
    ) AS best ON true
    """


@dataclass(frozen=True, slots=True)
class Provable:
    """A fact in the log, the hashes of the tile its leaf stands in, and where a proof leads to."""

    logged: LoggedFact
    leaves: bytes
    checkpoint: Cosigned


async def find_provable(
    straight: Straight, registration_id: UUID, record_version: int | None
) -> Provable | None:
    """Return a version of a registration, or else the last that is in the log."""
    row = await straight.ask(_PROVABLE, registration_id, record_version)
    if row is None:
        return None
    return Provable(
        LoggedFact(index=row["index"], fact=read_fact(row)),
        row["hashes"],
        Cosigned(row["size"], row["note"], row["lines"]),
    )
