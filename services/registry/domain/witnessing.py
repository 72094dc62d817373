"""When the log may sign: what its witnesses say they have seen stands above its own memory.

A database that was restored to an older point does not know it; its witnesses do (tlog-witness,
§add-checkpoint: 409 tells the size). So each worker asks them once before it signs:

1. Who says that it has seen a larger tree than ours, or another one, keeps us from signing.
2. Otherwise more than half of the witnesses have said that ours is the tree they know.
3. After some patience one of them is enough: a witness that is down must not stop the log.
4. Without witnesses nobody can know better, and the log may sign.

Once it may, no witness can stop it: what one says later is shown, and that is all.
"""

from collections.abc import Collection
from enum import StrEnum


class Stand(StrEnum):
    """What a witness says of our log."""

    UNHEARD = "unheard"
    AGREES = "agrees"
    AHEAD = "ahead"
    DISPUTES = "disputes"
    SILENT = "silent"
    REFUSES = "refuses"
    UNTRUE = "untrue"


class Hold(StrEnum):
    """Why the log is not signed."""

    WAITING = "waiting-for-witnesses"
    BEHIND = "behind-a-witness"
    DISPUTED = "disputed-by-a-witness"


def decide_hold(stands: Collection[Stand], *, waited: float, patience: float) -> Hold | None:
    """Say why nothing may be signed yet, or that it may be; seconds are since we began to ask."""
    if Stand.AHEAD in stands:
        return Hold.BEHIND
    if Stand.DISPUTES in stands:
        return Hold.DISPUTED
    agreed = sum(stand is Stand.AGREES for stand in stands)
    if not stands or 2 * agreed > len(stands) or (agreed and waited >= patience):
        return None
    return Hold.WAITING


class Guard:
    """What one worker heard from its witnesses since it began, and whether it may sign.

    A tree that became smaller under a running worker is a database that was restored: it asks all
    of them anew.
    """

    def __init__(self, vkeys: Collection[str], *, patience: float, began: float) -> None:
        self._stands = dict.fromkeys(vkeys, Stand.UNHEARD)
        self._patience = patience
        self._began = began
        self._largest = 0
        self._is_open = False

    def hear(self, vkey: str, stand: Stand) -> None:
        """Remember what a witness says; that it says nothing now unsays nothing."""
        if self._stands[vkey] is not Stand.AGREES or stand in {Stand.AHEAD, Stand.DISPUTES}:
            self._stands[vkey] = stand

    def has_heard(self, vkey: str) -> bool:
        """Say whether a witness agreed since we began to ask."""
        return self._stands[vkey] is Stand.AGREES

    @property
    def is_open(self) -> bool:
        """Say whether the log may be signed, as far as is known."""
        return self._is_open

    def find_hold(self, size: int, *, at: float) -> Hold | None:
        """Say why a log of this size is not signed; seconds on one clock with `began`."""
        if size < self._largest:
            self._stands = dict.fromkeys(self._stands, Stand.UNHEARD)
            self._is_open, self._began, self._largest = False, at, size
        self._largest = size
        if self._is_open:
            return None
        hold = decide_hold(self._stands.values(), waited=at - self._began, patience=self._patience)
        self._is_open = hold is None
        return hold
