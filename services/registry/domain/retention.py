"""For how long the register keeps what it keeps beside registrations.

Facts stay, and an empty broker is filled again from them (`telling`); an erasure empties them at
once. Kafka itself lets go of what was sent, of dead letters too, by the retention of each topic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.registry.domain.profiles import months_after

SETTLING: Final = timedelta(minutes=5)
"""A relay that read a fact just before it was erased has sent it, or given up, long before this."""


class Kept(StrEnum):
    """What is let go of, each by a term of its own."""

    CONSULTATIONS = "consultations"
    IDEMPOTENCY = "idempotency-keys"
    WORKERS = "silent-workers"
    RESTRICTED = "restricted-registrations"


@dataclass(frozen=True, slots=True)
class Terms:
    """Until which moment each of these is old enough to go."""

    consultations: datetime
    idempotency: datetime
    workers: datetime
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
        settled=now - SETTLING,
    )
