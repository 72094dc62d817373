"""RFC 7519 §2: NumericDate, how JWTs write a moment: seconds since 1970, in UTC.

Separate because every reader of claims meets them, and each would forget another trap: `true` is a
number in Python, and a number may be larger than a moment can be.
"""

from datetime import UTC, datetime
from typing import Final

from shared.strict_json import JsonObject

_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z: what a datetime can still hold.


def find_moment(claims: JsonObject, name: str) -> datetime | None:
    """Return the moment a claim names (UTC), or None when there is no such claim.

    Raises ValueError when it is there and is no moment from 1970 up to and with the year 9999.
    """
    if name not in claims:
        return None
    seconds = claims[name]
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise ValueError(name)  # noqa: TRY004 — a wrong claim, not a mistake of the caller
    if not 0 <= seconds <= _LAST_SECOND:
        raise ValueError(name)
    return datetime.fromtimestamp(seconds, UTC)
