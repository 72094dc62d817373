"""What the meter shows: parts, how full each is, and every gap with what would fill it."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.vocabulary import LocalText
from shared.strict_json import JsonValue


class PartName(StrEnum):
    """Who asks."""

    EU = "eu-standard"
    FRAMEWORK = "quality-framework"
    OEAPI = "oeapi"
    RIO = "rio"
    EUROPASS = "europass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A field that is empty, or not good enough for who asks it."""

    pointer: str
    name: LocalText
    called: str
    """What the reader calls it."""
    why: LocalText
    used_by: LocalText
    example: JsonValue
    """A value that fits at the pointer."""
    example_reads: LocalText
    mandatory: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """Something of a part that is no gap: what is lost there, or comes from elsewhere."""

    pointer: str
    sentence: LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One part of the meter."""

    part: PartName
    title: LocalText
    summary: LocalText
    present: int
    total: int
    gaps: tuple[Gap, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Say whether everything mandatory is there."""
        return not any(gap.mandatory for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Meter:
    """All five parts."""

    readings: tuple[Reading, ...]

    def reading(self, part: PartName) -> Reading:
        """Return one part."""
        return next(one for one in self.readings if one.part is part)
