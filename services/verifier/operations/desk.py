"""What a process verifies with, from its start to its end."""

from dataclasses import dataclass
from datetime import timedelta

from services.verifier.foreign.resolving import ForeignKeys
from services.verifier.intake import Intake
from services.verifier.repository.memory import Memory
from shared.runtime.database import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """What a process verifies with: our copies, how old they may be, and who asks strangers."""

    memory: Memory
    patience: timedelta
    foreign: ForeignKeys
    intake: Intake


def open_desk(
    database: Database,
    *,
    patience: timedelta,
    refresh_seconds: float,
    foreign: ForeignKeys,
    intake: Intake,
) -> Desk:
    """Return the desk of a process, with nothing remembered yet."""
    return Desk(Memory(database, refresh_seconds=refresh_seconds), patience, foreign, intake)
