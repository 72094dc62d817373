"""What a process verifies with, from its start to its end."""

from dataclasses import dataclass, field
from datetime import timedelta

from services.verifier.checks.logged import NO_LOG, LogTrust
from services.verifier.foreign.resolving import ForeignKeys
from services.verifier.intake import Intake
from services.verifier.repository.memory import Memory
from services.verifier.shares.book import ShareBook
from shared.proofs.certificate_paths import NO_ANCHORS, Anchors
from shared.runtime.database import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """What a process verifies with: our copies, how old they may be, whom it asks and believes."""

    memory: Memory
    patience: timedelta
    foreign: ForeignKeys
    intake: Intake
    log_trust: LogTrust = NO_LOG
    anchors: Anchors = field(default=NO_ANCHORS, kw_only=True)
    """Whose word counts on who sealed something."""
    shares: ShareBook | None = None


def open_desk(
    database: Database,
    *,
    patience: timedelta,
    refresh_seconds: float,
    foreign: ForeignKeys,
    intake: Intake,
    log_trust: LogTrust,
    anchors: Anchors = NO_ANCHORS,
    shares: ShareBook,
) -> Desk:
    """Return the desk of a process, with nothing remembered yet."""
    memory = Memory(database, refresh_seconds=refresh_seconds)
    return Desk(memory, patience, foreign, intake, log_trust, shares, anchors=anchors)
