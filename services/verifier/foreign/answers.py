"""What strangers answered, kept for a while; and how often, and for what, each of them is asked.

Separate from asking, because these are counts and moments only: no network, and no waiting.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.verifier.foreign.findings import ForeignCode

MOST_ANSWERS: Final = 1000
MOST_BYTES: Final = 32 * 1024 * 1024
SHORTEST: Final = timedelta(seconds=60)
LONGEST: Final = timedelta(minutes=10)
_MINUTE: Final = timedelta(seconds=60)
_MOST_HOSTS: Final = 1000
_MOST_ISSUERS: Final = 1000
MOST_A_MINUTE: Final = 30
MOST_KEY_ADDRESSES: Final = 8
_MAX_AGE: Final = re.compile(
    r"(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE
)
_NOT_KEPT: Final = re.compile(
    r"(?:^|[\s,])(?:no-store|no-cache|private)(?:$|[\s,=])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address answered, or why nothing of use came back."""

    code: ForeignCode
    answered_at: datetime
    body: bytes = field(default=b"", repr=False)
    media_type: str = ""
    lifetime: timedelta = SHORTEST


def lifetime(headers: Mapping[str, str]) -> timedelta:
    """Return how long an answer may be kept (RFC 9111 §4.2.1), within our own bounds."""
    said = headers.get("cache-control", "")
    if _NOT_KEPT.search(said):
        return SHORTEST
    ages = [int(age) for age in _MAX_AGE.findall(said)]
    if not ages:
        return LONGEST
    passed = headers.get("age", "0")
    left = min(ages) - (int(passed) if passed.isdecimal() and len(passed) < 10 else 0)  # noqa: PLR2004 — as many digits as a max-age
    return min(max(timedelta(seconds=left), SHORTEST), LONGEST)


class Answers:
    """Answers by what was asked; the one that was longest of no use goes first."""

    def __init__(self, *, most: int = MOST_ANSWERS, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[object, Answer] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def find(self, asked: object, *, now: datetime) -> Answer | None:
        """Return what was answered before, as long as that may be kept."""
        answer = self._kept.get(asked)
        if answer is None:
            return None
        # A clock that was set back must not make an answer last longer.
        if not answer.answered_at <= now < answer.answered_at + answer.lifetime:
            self._drop(asked)
            return None
        self._kept.move_to_end(asked)
        return answer

    def keep(self, asked: object, answer: Answer) -> None:
        """Keep an answer, and let go of others when there is too much."""
        self._drop(asked)
        self._kept[asked] = answer
        self._bytes += len(answer.body)
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, asked: object) -> None:
        answer = self._kept.pop(asked, None)
        if answer is not None:
            self._bytes -= len(answer.body)


class Pace:
    """How often each host was asked in the last minute."""

    def __init__(self, *, most: int = MOST_A_MINUTE) -> None:
        self._most = most
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many hosts are counted."""
        return len(self._asked)

    def admits(self, host: str, *, now: datetime) -> bool:
        """Say whether the host may be asked now, and if so, count it."""
        moments = self._asked.setdefault(host, deque())
        self._asked.move_to_end(host)
        while moments and not now - _MINUTE < moments[0] <= now:
            moments.popleft()
        if len(moments) >= self._most:
            return False
        moments.append(now)
        if len(self._asked) > _MOST_HOSTS:
            self._asked.popitem(last=False)
        return True


class KeyAddresses:
    """At which addresses the bare keys of an issuer were found, so far."""

    def __init__(self, *, most: int = MOST_KEY_ADDRESSES) -> None:
        self._most = most
        self._found: OrderedDict[str, set[str]] = OrderedDict()

    def admits(self, issuer: str, address: str) -> bool:
        """Say whether the issuer may be asked at this address too."""
        found = self._found.get(issuer, set())
        return address in found or len(found) < self._most

    def note(self, issuer: str, address: str) -> None:
        """Remember that there was a key of the issuer."""
        self._found.setdefault(issuer, set()).add(address)
        self._found.move_to_end(issuer)
        if len(self._found) > _MOST_ISSUERS:
            self._found.popitem(last=False)
