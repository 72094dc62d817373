"""The moments a credential names, read once for the checks of issuer, claims and dates.

Separate from the contract, which refuses a whole credential where a check must name one date.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from shared.contracts.credential import moment
from shared.strict_json import JsonObject, JsonValue

# VCDM 2.0 §4.9: xsd:dateTimeStamp, a date, a time and a zone; Python alone would take more.
_STAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def read_moment(value: JsonValue) -> datetime | None:
    """Return the moment, or None when this is not one."""
    return _read(value) if isinstance(value, str) else None


@lru_cache(maxsize=256)  # each is asked for by three checks, and once more to show it
def _read(text: str) -> datetime | None:
    if not _STAMP.fullmatch(text):
        return None
    try:
        return moment(text)
    except (ValueError, OverflowError):
        return None


def award_day(claims: JsonObject) -> date | None:
    """Return the day of the award: `awardedDate`, or else the day its validity began."""
    when = read_moment(claims.get("awardedDate", claims.get("validFrom")))
    return when.date() if when else None
