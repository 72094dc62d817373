"""For how long the register keeps what it keeps beside registrations, and what a replay needs.

The outbox is more than a way out: an empty broker is filled again from it. So it keeps the newest
state of every registration for ever, and every telling for as long as the topic does. What was said
of a registration that is erased since is overwritten with what is said of it now, so that a replay
still has every number of the sequence, and brings nobody back. Kafka itself lets go of what was
sent, of dead letters too, by the retention of each topic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.registry.domain.profiles import months_after
from shared.contracts.topics import REGISTRATIONS

SETTLING: Final = timedelta(minutes=5)
"""A sequencer that read a fact just before it was erased has committed long before this."""


class Kept(StrEnum):
    """What is let go of, each by a term of its own."""

    CONSULTATIONS = "consultations"
    IDEMPOTENCY = "idempotency-keys"
    WORKERS = "silent-workers"
    STATES = "replaced-states"
    TELLINGS = "old-tellings"
    COPIES = "copies-of-what-was-erased"
    RESTRICTED = "restricted-registrations"


@dataclass(frozen=True, slots=True)
class Terms:
    """Until which moment each of these is old enough to go."""

    consultations: datetime
    idempotency: datetime
    workers: datetime
    states: datetime
    tellings: datetime
    settled: datetime


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What a run let go of, or would have."""

    began_at: datetime
    is_dry: bool
    gone: Mapping[Kept, int]


def terms_at(now: datetime) -> Terms:
    """Say what is old enough at this moment."""
    return Terms(
        consultations=months_after(now, -12 * 5),
        idempotency=now - timedelta(days=7),
        workers=now - timedelta(days=90),
        states=now - timedelta(days=90),
        tellings=now - (REGISTRATIONS.retention or timedelta.max),
        settled=now - SETTLING,
    )
