"""What a proof is made of, in one question: a fact in its place, its leaves, and a checkpoint.

Apart from the log's other questions, because a holder waits for each turn to the database.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.registry.repository.log import LoggedFact, read_fact
from services.registry.repository.witnesses import Cosigned
from shared.runtime.database import Straight

# The checkpoint over the entry that most witnesses cosigned, of those the newest; before a moment,
# if there is one, or else the last of all when no witness was ever asked.
_PROVABLE: Final = """
    WITH logged AS MATERIALIZED (
        SELECT l.index, f.*, e.erased_at FROM fact f JOIN log_entry l USING (number)
        LEFT JOIN erased_registration e USING (registration_id)
        WHERE f.registration_id = $1 AND ($2::integer IS NULL OR f.record_version = $2)
        ORDER BY f.record_version DESC LIMIT 1
    )
    SELECT logged.*, leaves.hashes, coalesce(best.size, newest.size) AS size,
        coalesce(best.note, newest.checkpoint) AS note,
        coalesce((SELECT string_agg(s.lines, '' ORDER BY s.vkey)
            FROM log_cosignature s WHERE s.size = best.size), '') AS lines
    FROM logged JOIN log_tile AS leaves ON leaves.level = 0 AND leaves.index = logged.index / 256
    LEFT JOIN LATERAL (
        SELECT c.size, c.note FROM log_checkpoint c
        WHERE c.size > logged.index AND ($3::timestamptz IS NULL OR c.witnessed_at < $3)
        ORDER BY c.cosigned DESC, c.size DESC LIMIT 1
    ) AS best ON true
    LEFT JOIN log_state AS newest ON $3::timestamptz IS NULL
    """


@dataclass(frozen=True, slots=True)
class Provable:
    """A fact in the log, the hashes of the tile its leaf stands in, and where a proof leads to."""

    logged: LoggedFact
    leaves: bytes
    checkpoint: Cosigned | None
    """None when no witness had seen it then."""


async def find_provable(
    straight: Straight,
    registration_id: UUID,
    record_version: int | None,
    *,
    witnessed_before: datetime | None = None,
) -> Provable | None:
    """Return a version of a registration, or else the last that is in the log."""
    row = await straight.ask(_PROVABLE, registration_id, record_version, witnessed_before)
    if row is None:
        return None
    size = row["size"]
    return Provable(
        LoggedFact(index=row["index"], fact=read_fact(row)),
        row["hashes"],
        None if size is None else Cosigned(size, row["note"], row["lines"]),
    )
