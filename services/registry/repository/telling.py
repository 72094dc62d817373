"""The telling's questions: how far Kafka was told of the log, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registry.repository.log import LoggedFact, read_fact
from shared.runtime.database import Straight
from shared.runtime.outbox import Backlog


@dataclass(frozen=True, slots=True)
class Untold:
    """What the log says from a place on, that was not told yet."""

    first: int
    facts: Sequence[LoggedFact]


_UNTOLD = """
    WITH told AS MATERIALIZED (SELECT next FROM log_telling),
    untold AS MATERIALIZED (
        SELECT index, number FROM log_entry
        WHERE index >= (SELECT next FROM told) AND index < (SELECT next FROM told) + $1
        ORDER BY index
    )
    SELECT untold.index, f.*, e.erased_at FROM untold CROSS JOIN LATERAL (
        SELECT * FROM fact WHERE fact.number = untold.number OFFSET 0
    ) AS f
    LEFT JOIN LATERAL (
        SELECT erased_at FROM erased_registration
        WHERE f.content IS NULL AND registration_id = f.registration_id OFFSET 0
    ) AS e ON true
    ORDER BY untold.index
    """
# Who was asked meanwhile to tell again has put it back; then it stays there.
_KEEP = "UPDATE log_telling SET next = $2 WHERE next = $1"
_AGAIN = "UPDATE log_telling SET next = $1 WHERE next > $1"
_BACKLOG = """
    SELECT size - next AS entries, coalesce(EXTRACT(epoch FROM clock_timestamp() - (
        SELECT logged_at FROM log_entry WHERE index = next
    )), 0) AS seconds
    FROM log_state CROSS JOIN log_telling
    """


async def read_untold(straight: Straight, *, limit: int) -> Untold | None:
    """Return the next entries to tell of, with their facts; None when all was told."""
    rows = await straight.connection.fetch(_UNTOLD, limit)
    if not rows:
        return None
    facts = [LoggedFact(index=row["index"], fact=read_fact(row)) for row in rows]
    return Untold(facts[0].index, facts)


async def keep_told(straight: Straight, *, first: int, following: int) -> None:
    """Remember that everything from `first` until before `following` was told."""
    await straight.connection.execute(_KEEP, first, following)


async def tell_again(straight: Straight, *, first: int) -> None:
    """Have everything from this index on told again, in its old order."""
    await straight.connection.execute(_AGAIN, first)


async def find_backlog(straight: Straight) -> Backlog:
    """Return how many entries were not told yet, and since when the first of them waits."""
    row = await straight.ask(_BACKLOG)
    return Backlog(row["entries"], float(row["seconds"])) if row else Backlog()
