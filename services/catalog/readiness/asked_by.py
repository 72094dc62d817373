"""What a field is to a person, and who reads it."""

from dataclasses import dataclass
from typing import Final

from shared.contracts.vocabulary import LocalText
from shared.strict_json import JsonValue


def says(nl: str, en: str) -> LocalText:
    """Make a text in both languages."""
    return LocalText(nl=nl, en=en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as a person should understand it."""

    pointer: str
    name: LocalText
    why: LocalText
    used_by: LocalText
    example: JsonValue
    reads: LocalText


LEARNER: Final = says("de lerende", "the learner")
EMPLOYER: Final = says("de werkgever", "the employer")
BOARD: Final = says(
    "de examencommissie van een andere instelling", "the examination board of another institution"
)
CATALOGUES: Final = says("andere catalogi en zoekers", "other catalogues and search engines")
SYSTEMS: Final = says(
    "systemen van instellingen, via OEAPI", "systems of institutions, through OEAPI"
)
RIO_READERS: Final = says(
    "RIO en wie RIO leest, zoals studiekeuzesites", "RIO and who reads RIO, such as study guides"
)
EUROPE: Final = says(
    "werkgevers en instellingen in heel Europa", "employers and institutions all over Europe"
)
