"""Places in status lists: who gets which bit, when a list is full enough, when it is signed anew.

Pure, and separate from the lists' bits and signatures, which `shared.proofs.status_lists` owns.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.proofs.status_lists import MIN_ENTRIES, permuted_index

LIST_SIZE = MIN_ENTRIES
FULL_ENOUGH = LIST_SIZE // 2
FORCED_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of one status list, taken for one credential and never given out again."""

    list_id: int
    url: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """A status list that still gives out places."""

    list_id: int
    url: str
    wrapped_key: bytes = field(repr=False)
    sealed_key: bytes = field(repr=False)


def list_url(public_url: str, *, organisation: str, number: int) -> str:
    """Return where the organisation's n-th status list is found; also its id."""
    return f"{public_url}/status-lists/{organisation}/{number}"


def list_context(url: str) -> bytes:
    """Return what the key of this list's permutation is sealed to."""
    return f"status-list|{url}".encode()


def is_full(position: int) -> bool:
    """Say whether a list has given out so much that what is left no longer hides anybody.

    Free entries are the crowd an award disappears in (reliability.md 3: 50 %, never 100 %).
    """
    return position >= FULL_ENOUGH


def take_place(place_in: OpenList, *, key: bytes, position: int) -> Place:
    """Return the entry of the list's n-th award; its index tells nobody that it was the n-th."""
    index = permuted_index(key, position, size=LIST_SIZE)
    return Place(list_id=place_in.list_id, url=place_in.url, index=index)


def is_due(*, changed: bool, signed_at: datetime, now: datetime) -> bool:
    """Say whether a list must be signed anew: something changed, or its edition grows old."""
    return changed or now - signed_at >= FORCED_AFTER
