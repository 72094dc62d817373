"""Which of our keys signs access tokens, and which are published beside it.

Apart from the keys themselves: this is arithmetic with moments. A key signs for thirty days; it is
published a day before its first token, so that nobody meets it unprepared, and for an hour after
its last, which lived ten minutes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.strict_json import JsonObject

TERM: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=1)
AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A key that signs access tokens from a moment on, sealed; an ended one proves nothing."""

    kid: str
    public_jwk: JsonObject
    wrapped_key: bytes
    sealed_private: bytes
    signs_from: datetime
    ended_at: datetime | None = None


def signing_key(keys: Iterable[TokenKey], *, now: datetime) -> TokenKey | None:
    """Return the key that signs now: the last one that has begun, or the first if none has yet.

    Who asked a moment before the very first key was made gets a token all the same.
    """
    holding = sorted((key for key in keys if key.ended_at is None), key=lambda key: key.signs_from)
    begun = [key for key in holding if key.signs_from <= now]
    return begun[-1] if begun else next(iter(holding), None)


def published_keys(keys: Sequence[TokenKey], *, now: datetime) -> list[TokenKey]:
    """Return the keys of which tokens may be about, now or within a day."""
    signing = signing_key(keys, now=now)
    return [
        key
        for key in keys
        if key.ended_at is None
        and (
            signing is None
            or key.signs_from >= signing.signs_from
            or now < signing.signs_from + AFTER
        )
    ]


def next_begins(keys: Iterable[TokenKey], *, now: datetime) -> datetime | None:
    """Return from when a key that is made now would sign; None while none is needed."""
    last = max((key.signs_from for key in keys if key.ended_at is None), default=None)
    if last is None:
        return now
    due = last + TERM
    return max(due, now + AHEAD) if now >= due - AHEAD else None
