"""The topics of the bus: how many partitions, how long kept, and where only the last key stays."""

from dataclasses import dataclass
from datetime import timedelta

PARTITIONS = 12
DEAD_LETTERS = ".dead-letters"


@dataclass(frozen=True, slots=True)
class Topic:
    """A stream of events about one noun, keyed by the CloudEvents subject."""

    name: str
    compacted: bool = False
    retention: timedelta | None = None
    partitions: int = PARTITIONS

    @property
    def dead_letters(self) -> "Topic":
        """Return where consumers put what they could not take from this topic."""
        return Topic(self.name + DEAD_LETTERS, retention=timedelta(days=30), partitions=1)


CATALOG = Topic("catalog", compacted=True)
ISSUER_KEYS = Topic("issuer-keys", compacted=True)
STATUS_LISTS = Topic("status-lists", compacted=True)
AWARDS = Topic("awards", retention=timedelta(days=30))
REGISTRATIONS = Topic("registrations", retention=timedelta(days=3650))
REGISTRATIONS_STATE = Topic("registrations-state", compacted=True)

TOPICS: tuple[Topic, ...] = (
    CATALOG,
    ISSUER_KEYS,
    STATUS_LISTS,
    AWARDS,
    REGISTRATIONS,
    REGISTRATIONS_STATE,
)
