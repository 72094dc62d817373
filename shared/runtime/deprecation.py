"""What goes out of use says so with every answer, long before it goes.

Apart from the routes, so that the two fields are written one way: `Deprecation` (RFC 9745), since
when there is something better; `Sunset` (RFC 8594), when it stops, once that is decided; and a
link to what to use instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any, Final, TypeVar

from shared.runtime.quotas import RawHeader

_MARK: Final = "__waarmerk_ending__"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class _Ending:
    since: date
    see: str
    sunset: date | None


def deprecated(
    *, since: date, see: str, sunset: date | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint as deprecated since a day (UTC); `see` is the path of what is better."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, _Ending(since, see, sunset))
        return endpoint

    return mark


def ending_of(endpoint: object, *, public_url: str) -> tuple[RawHeader, ...]:
    """Return the header fields of an endpoint that goes out of use; none for one that stays."""
    ending: _Ending | None = getattr(endpoint, _MARK, None)
    if ending is None:
        return ()
    fields = [
        (b"deprecation", f"@{int(_begin(ending.since).timestamp())}".encode()),
        (b"link", f'<{public_url}{ending.see}>; rel="successor-version"'.encode()),
    ]
    if ending.sunset is not None:
        fields.append((b"sunset", format_datetime(_begin(ending.sunset), usegmt=True).encode()))
    return tuple(fields)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
