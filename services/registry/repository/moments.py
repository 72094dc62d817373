"""One moment of the register for a whole transaction, one at a time for each purpose."""

import asyncpg

from shared.runtime.database import Straight


async def see_one_moment(straight: Straight, table: str) -> bool:
    """Let this transaction see one state of everything; False when another does so for this table.

    The lock comes first: unlike any question it takes no moment, so what the one before us wrote is
    in the one that we see. It keeps nobody from reading or writing.
    """
    await straight.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    try:
        await straight.connection.execute(
            f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE NOWAIT"
        )
    except asyncpg.LockNotAvailableError:
        return False
    return True
