"""How often somebody may ask: a quota for each address, and for each client by its token.

Apart from access, because who has no token has a quota too. GCRA (ITU-T I.371): one number a key,
the moment at which its whole quota is free again. What is left is told with every answer
(draft-ietf-httpapi-ratelimit-headers): `RateLimit-Policy` and `RateLimit`.

1. Without Authorization the address pays, by IPv4 address or IPv6 /48, which one visitor holds.
2. With a token that holds, its client pays; the address is not asked: many may sit behind one.
3. A token that does not hold costs the address after all, and who has nothing left is not heard.
4. The machine itself is free: a proxy that tells no address would otherwise pay for everybody.
Each process counts for itself, so that no request waits for another's: `q` is what one process
allows, and several of them together allow so much more.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Final

from starlette.types import Scope

from shared.runtime.problems import TooManyRequestsError

NOTE: Final = "waarmerk.quota"
WINDOW_SECONDS: Final = 60
MOST_KEPT: Final = 100_000
_SITE_BITS: Final = 48
_FREE: Final = frozenset({"/health/live", "/health/ready", "/metrics"})

RawHeader = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a quota after one request was counted, or refused."""

    policy: str
    quota: int
    requests: int
    reset_seconds: int
    retry_after: int = 0
    """In how many seconds the next request is allowed; 0 when this one was."""

    def headers(self) -> list[RawHeader]:
        """Return the two header fields that tell it."""
        told = f'"{self.policy}";q={self.quota};w={WINDOW_SECONDS}'
        left = f'"{self.policy}";r={self.requests};t={self.reset_seconds}'
        return [(b"ratelimit-policy", told.encode()), (b"ratelimit", left.encode())]

    def require(self) -> None:
        """Raise TooManyRequestsError when this request was one too many."""
        if self.retry_after:
            raise TooManyRequestsError(retry_after=self.retry_after)


class Quota:
    """So many requests a minute for each key, on end or all at once.

    Who waited a minute may ask for all of it at once, so the first minute can see nearly twice as
    many; over any longer time it is the quota.
    """

    def __init__(
        self, policy: str, requests: int, *, read_clock: Callable[[], float] = monotonic
    ) -> None:
        self.policy = policy
        self.requests = requests
        self._each = WINDOW_SECONDS / requests
        self._free_again: OrderedDict[str, float] = OrderedDict()
        self._read_clock = read_clock

    def take(self, key: str, *, cost: int = 1) -> Left:
        """Count one request of this key, or one that costs more, unless it is one too many."""
        now = self._read_clock()
        debt = max(self._free_again.get(key, now) - now, 0.0) + cost * self._each
        if debt > WINDOW_SECONDS + 1e-9:
            return self._left(debt - cost * self._each, retry_after=debt - WINDOW_SECONDS)
        self._free_again[key] = now + debt
        self._free_again.move_to_end(key)
        if len(self._free_again) > MOST_KEPT:
            self._free_again.popitem(last=False)
        return self._left(debt)

    def look(self, key: str) -> Left:
        """Say what is left of this key's quota, and count nothing."""
        now = self._read_clock()
        debt = max(self._free_again.get(key, now) - now, 0.0)
        over = debt + self._each - WINDOW_SECONDS
        return self._left(debt, retry_after=over if over > 1e-9 else 0.0)  # noqa: PLR2004 - rounding

    def _left(self, debt: float, *, retry_after: float = 0.0) -> Left:
        return Left(
            policy=self.policy,
            quota=self.requests,
            requests=max(0, int((WINDOW_SECONDS - debt) / self._each + 1e-6)),
            reset_seconds=math.ceil(debt),
            retry_after=math.ceil(retry_after),
        )


class Note:
    """What is told of quotas with the answer to one request."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left: Left | None = None

    def require(self) -> None:
        """Raise TooManyRequestsError when the address asked too often."""
        if self.left is not None:
            self.left.require()

    def headers(self) -> list[RawHeader]:
        """Return the header fields that tell what is left, if anything is counted."""
        return [] if self.left is None else self.left.headers()


class Quotas:
    """The quotas of one service; none for whom no number was set."""

    def __init__(self, *, address: int, client: int) -> None:
        self._address = Quota("address", address) if address else None
        self._client = Quota("client", client) if client else None

    def open(self, scope: Scope) -> Note:
        """Begin the note of a request; rule 1, and the second half of rule 3."""
        note = Note()
        scope[NOTE] = note
        if self._address is None or scope["path"] in _FREE:
            return note
        key = site_of(scope)
        if key is not None:
            has_token = any(name == b"authorization" for name, _value in scope["headers"])
            left = self._address.look(key) if has_token else self._address.take(key)
            if left.retry_after or not has_token:
                note.left = left
        return note

    def charge_client(self, scope: Scope, client: str) -> None:
        """Count a request of a client whose token holds, or raise TooManyRequestsError."""
        if self._client is None:
            return
        left = self._client.take(client)
        note = scope.get(NOTE)
        if isinstance(note, Note):
            note.left = left
        left.require()

    def charge_stranger(self, scope: Scope) -> None:
        """Count a request whose token did not hold; the first half of rule 3."""
        key = site_of(scope)
        if self._address is not None and key is not None:
            self._address.take(key)


def site_of(scope: Scope) -> str | None:
    """Return what one visitor holds at the other end: an IPv4 address, or an IPv6 /48."""
    peer = scope.get("client")
    return _site_of(peer[0]) if peer else None


@lru_cache(maxsize=4096)
def _site_of(peer: str) -> str | None:
    try:
        address = ip_address(peer)
    except ValueError:
        return None
    if address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _SITE_BITS), strict=False))
    return str(address)
