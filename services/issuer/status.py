"""Places in status lists: who gets which bit, when a list is full or due, what is wrong with one.

Pure, and separate from the lists' bits and signatures, which `shared.proofs` owns.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_bytes

from shared.proofs.status_lists import MIN_ENTRIES, permute

LIST_SIZE = MIN_ENTRIES
FULL_ENOUGH = LIST_SIZE // 2
FORCED_AFTER = timedelta(hours=12)
REBUILT_WITHIN = timedelta(minutes=5)
MOST_OPEN = 16


class ListFullError(Exception):
    """An open status list has given out enough; the next one must be opened first."""

    def __init__(self, list_id: int) -> None:
        """Remember which list it was."""
        super().__init__(list_id)
        self.list_id = list_id


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


def token_list_url(public_url: str, *, organisation: str, number: int) -> str:
    """Return where the same places are found as a Status List Token; also its `sub`."""
    return f"{token_lists_url(public_url, organisation=organisation)}/{number}"


def token_lists_url(public_url: str, *, organisation: str) -> str:
    """Return where the addresses of all token lists of an organisation are found."""
    return f"{public_url}/token-status-lists/{organisation}"


def list_context(url: str) -> bytes:
    """Return what the key of this list's permutation is sealed to."""
    return f"status-list|{url}".encode()


def is_full(position: int) -> bool:
    """Say whether a list has given out so much that what is left no longer hides anybody.

    Free entries are the crowd an award disappears in (reliability.md 3: 50 %, never 100 %).
    """
    return position >= FULL_ENOUGH


def pick_lists(count: int, *, among: int) -> list[int]:
    """Choose, for each of `count` places, one of `among` (at most 16) open lists at random.

    So that neither the list nor the place in it tells in which order credentials were made.
    """
    return [byte % among for byte in token_bytes(count)]


def take_place(place_in: OpenList, *, key: bytes, position: int) -> Place:
    """Return the entry of the list's n-th award; its index tells nobody that it was the n-th."""
    return take_places(place_in, key=key, positions=(position,))[0]


def take_places(place_in: OpenList, *, key: bytes, positions: Iterable[int]) -> list[Place]:
    """Return the entry of each of the list's awards."""
    list_id, url = place_in.list_id, place_in.url
    return [
        Place(list_id=list_id, url=url, index=index)
        for index in permute(key, positions, size=LIST_SIZE)
    ]


def deal(picks: Sequence[int], places: Sequence[Iterable[Place]]) -> list[Place]:
    """Put the places of several lists in the order in which the lists were picked."""
    piles = [iter(pile) for pile in places]
    return [next(piles[pick]) for pick in picks]


def is_due(*, changed: bool, signed_at: datetime, now: datetime) -> bool:
    """Say whether a list must be signed anew: something changed, or its edition grows old."""
    return changed or now - signed_at >= FORCED_AFTER


def is_overdue(*, changed_at: datetime | None, signed_at: datetime, now: datetime) -> bool:
    """Say whether an edition is older than it may be: by a rhythm, so that one may be missed."""
    waited = changed_at is not None and now - changed_at > REBUILT_WITHIN
    return waited or now - signed_at > FORCED_AFTER + REBUILT_WITHIN


class Trouble(StrEnum):
    """What the checker of lists may find; stable words for programs and for whoever is on call."""

    NOT_RAISED = "revoked-but-not-raised"
    RAISED = "raised-but-not-revoked"
    TOKEN_DIFFERS = "token-differs"  # noqa: S105 - the IETF form of a list
    TOKEN_MISSING = "token-missing"  # noqa: S105 - the same
    UNSIGNED = "signature-does-not-hold"
    ANOTHER_LIST = "names-another-list"
    OVERDUE = "edition-overdue"
    EXPIRED = "edition-expired"
    NOT_SERVED = "not-served-as-published"
    USED_TWICE = "place-used-twice"
    OUTSIDE = "place-outside-its-list"
    BEYOND_HALF = "open-beyond-half"
    TOO_FEW_OPEN = "too-few-lists-open"
    REGISTER_AHEAD = "revoked-in-register-not-in-list"
    REGISTER_BEHIND = "revoked-in-list-not-in-register"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: what, where, and the places or things it is about."""

    trouble: Trouble
    where: str
    about: str = ""


def compare_places(
    url: str,
    *,
    raised: AbstractSet[int],
    token: tuple[AbstractSet[int], AbstractSet[int]],
    record: tuple[AbstractSet[int], AbstractSet[int]],
    waiting: bool,
) -> list[Finding]:
    """Compare both forms of an edition with the issuer's record, each (revoked, suspended).

    While a change waits for its round (`waiting`), an edition may lack what the record has.
    """
    revoked, suspended = record
    invalid, halted = token
    ahead, behind = raised - revoked, revoked - raised
    found = []
    if ahead:
        found.append(Finding(Trouble.RAISED, url, _some(ahead)))
    if behind and not waiting:
        found.append(Finding(Trouble.NOT_RAISED, url, _some(behind)))
    differing = (invalid ^ raised) | (set() if waiting else (halted ^ suspended) - raised)
    if differing:
        found.append(Finding(Trouble.TOKEN_DIFFERS, url, _some(differing)))
    return found


def _some(places: AbstractSet[int], most: int = 5) -> str:
    """Name a few places, and say how many there are."""
    shown = ", ".join(map(str, sorted(places)[:most]))
    return shown if len(places) <= most else f"{shown}, … ({len(places)} in all)"
