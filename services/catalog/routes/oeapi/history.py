"""Earlier versions as OEAPI's timeline overrides, which RIO reads its periods from."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from services.catalog.oeapi import Entry
from services.catalog.oeapi.entry import moment
from shared.contracts.microcredential import Microcredential
from shared.strict_json import JsonObject, JsonValue

_OF_THE_WHOLE: Final = ("programmeId", "courseId", "validFrom", "validTo")


def timeline_overrides(
    entry: Entry,
    earlier: Sequence[Microcredential],
    name: str,
    write: Callable[[Entry], JsonObject],
) -> list[JsonValue]:
    """Return what each earlier version was; it held until the next one came."""
    ends = [*(one.published_at for one in earlier[1:]), entry.microcredential.published_at]
    overrides: list[JsonValue] = []
    for version, end in zip(earlier, ends, strict=bool(earlier)):
        members = write(replace(entry, microcredential=version))
        kept = {key: value for key, value in members.items() if key not in _OF_THE_WHOLE}
        overrides.append(
            {"validFrom": moment(version.published_at), "validTo": moment(end), name: kept}
        )
    return overrides
