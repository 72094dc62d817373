"""What a witness remembers of each log: the largest tree it cosigned, in a file of its own.

Separate from the answers, because all safety is here: whoever asks holds the file locked from
reading what was cosigned until the next is on the disk, also among processes and through a kill.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.proofs.merkle import NO_TREE, TreeHead

_PATIENCE_SECONDS: Final = 30
_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS cosigned (
        origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,
        note BLOB NOT NULL, at INTEGER NOT NULL
    ) STRICT
    """
_KEEP: Final = """
    INSERT INTO cosigned (origin, size, root, note, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (origin) DO UPDATE
    SET size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at
    """


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What was cosigned last of a log, and when (POSIX seconds)."""

    origin: str
    head: TreeHead
    note: bytes
    at: int


class Turn:
    """One decision about one log: nobody else decides until it has ended."""

    def __init__(self, connection: sqlite3.Connection, origin: str) -> None:
        self._connection = connection
        self._origin = origin

    def known(self) -> TreeHead:
        """Return what was cosigned last of the log; the empty tree before the first time."""
        row = self._connection.execute(
            "SELECT size, root FROM cosigned WHERE origin = ?", (self._origin,)
        ).fetchone()
        return NO_TREE if row is None else TreeHead(row[0], row[1])

    def keep(self, head: TreeHead, note: bytes, *, at: int) -> None:
        """Remember what is cosigned now; it is on the disk when the turn has ended."""
        row = (self._origin, head.size, head.root, note, at)
        self._connection.execute(_KEEP, row)


class Memory:
    """The file in which a witness remembers; made when it is not there."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with closing(self._open()) as connection:
            connection.execute(_TABLE)

    @contextmanager
    def turn(self, origin: str) -> Iterator[Turn]:
        """Hold the file locked to decide about a log; what was kept is durable at the end."""
        with closing(self._open()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Turn(connection, origin)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def find(self, origin: str) -> Cosigned | None:
        """Return what was cosigned last of a log."""
        with closing(self._open()) as connection:
            row = connection.execute(
                "SELECT origin, size, root, note, at FROM cosigned WHERE origin = ?", (origin,)
            ).fetchone()
        return None if row is None else Cosigned(row[0], TreeHead(row[1], row[2]), row[3], row[4])

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        # Every commit reaches the disk before it is answered: a rollback journal, synced twice.
        connection.execute("PRAGMA synchronous = EXTRA")
        return connection
