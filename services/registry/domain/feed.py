"""What a follower of the feed asks for: events of some kinds, some issuers, some sectors.

Apart from how they are found, because the feed and the webhooks must pass over the same events. A
kind is what the log says, which never changes. Two rules see to it that nobody misses what matters:

1. That a registration was erased is told to everybody, whatever kinds were asked for: who kept it
   must hear that it is gone.
2. An issuer of whom the sector is not known yet is in every sector.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from shared.contracts.vocabulary import Sector
from shared.errors import RuleError
from shared.proofs.log_entries import EntryKind


class FeedType(StrEnum):
    """The CloudEvents types of the feed."""

    RECORDED = "nl.microcredentials.registration-recorded.v1"
    CORRECTED = "nl.microcredentials.registration-corrected.v1"
    STATUS_CHANGED = "nl.microcredentials.registration-status-changed.v1"
    ERASED = "nl.microcredentials.registration-erased.v1"


_KINDS: Final[dict[FeedType, frozenset[EntryKind]]] = {
    FeedType.RECORDED: frozenset({EntryKind.ISSUED}),
    FeedType.CORRECTED: frozenset({EntryKind.CORRECTED}),
    FeedType.STATUS_CHANGED: frozenset(
        {EntryKind.SUSPENDED, EntryKind.REINSTATED, EntryKind.REVOKED, EntryKind.EXPIRED}
    ),
    FeedType.ERASED: frozenset({EntryKind.ERASED}),
}


class LastEventUnknownError(RuleError):
    """No event of this feed has this id; give that of the last event you processed."""

    code = "last-event-unknown"
    pointer = "/lastEventId"
    dutch = (
        "Geen gebeurtenis in deze feed heeft dit nummer; geef dat van de laatste die u verwerkte."
    )


class PositionAheadError(RuleError):
    """The feed has not come that far; you may have followed another register."""

    code = "position-ahead"
    pointer = "/afterSequence"
    dutch = "Zo ver is de feed niet; misschien volgde u een ander register."


class OnePositionError(RuleError):
    """Say in one way where to begin: after an event, after a sequence, or at a moment."""

    code = "one-position"
    dutch = "Geef op een manier aan waar te beginnen: na een gebeurtenis, een nummer of een moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are asked for; an empty set asks for all."""

    types: frozenset[FeedType] = frozenset()
    issuers: frozenset[str] = frozenset()
    sectors: frozenset[Sector] = frozenset()

    @classmethod
    def of(
        cls,
        *,
        types: Collection[str] | None = None,
        issuers: Collection[str] | None = None,
        sectors: Collection[str] | None = None,
    ) -> Self:
        """Return the filter of these words, as they are kept or asked."""
        return cls(
            types=frozenset(map(FeedType, types or ())),
            issuers=frozenset(issuers or ()),
            sectors=frozenset(map(Sector, sectors or ())),
        )

    @property
    def passes_all(self) -> bool:
        """Say whether nothing is left out."""
        return not (self.types or self.issuers or self.sectors)

    @property
    def kinds(self) -> frozenset[EntryKind]:
        """Return the kinds of entry that are asked for (rule 1)."""
        if not self.types:
            return frozenset(EntryKind)
        asked = frozenset[EntryKind]().union(*(_KINDS[one] for one in self.types))
        return asked | {EntryKind.ERASED}


EVERYTHING: Final = EventFilter()
