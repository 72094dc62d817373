"""The values of RIO's lists that a microcredential can have, and what of ours becomes which.

DUO keeps the lists; these are the values that SURF's RIO mapper sends (read in its mappings,
2026-04). What has no counterpart is left out with a warning, never given the nearest value.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from shared.contracts.vocabulary import ModeOfDelivery, PrivateCategory, Sector, StudyLoadUnit


class OpleidingseenheidSoort(StrEnum):
    """Which kind of opleidingseenheid a microcredential becomes."""

    HO = "HoOnderwijseenheid"
    PARTICULIER = "ParticuliereOpleiding"

    @property
    def aangeboden(self) -> str:
        """Return the kind of aangeboden opleiding that goes with it."""
        return f"Aangeboden{'HOOpleidingsonderdeel' if self is self.HO else str(self)}"


def soort_of(sector: Sector) -> OpleidingseenheidSoort:
    """Return what a provider of this sector registers.

    In RIO's mbo only parts with a code that OCW recognises can stand (rio-kennisbank), so a
    microcredential of an mbo school can only appear there as non-formal education.
    """
    if sector in {Sector.HBO, Sector.WO}:
        return OpleidingseenheidSoort.HO
    return OpleidingseenheidSoort.PARTICULIER


WAARDEDOCUMENTSOORT: Final = "CERTIFICAAT"
NIVEAU: Final = "ONBEPAALD"
PRIJSSOORT: Final = "TOTALE_VERPLICHTE_KOSTEN"
COHORT_OPEN: Final = "O"
COHORT_GESLOTEN: Final = "G"

STUDIELASTEENHEID: Final[Mapping[StudyLoadUnit, str]] = {
    StudyLoadUnit.ECTS: "ECTS_PUNT",
    StudyLoadUnit.SBU: "SBU",
    StudyLoadUnit.HOUR: "UUR",
}

CATEGORIE: Final[Mapping[PrivateCategory, str]] = {
    PrivateCategory.BUSINESS_AND_PROJECT_SUPPORT: "BEDRIJFS_EN_PROJECTONDERSTEUNING",
    PrivateCategory.ECONOMY: "ECONOMIE",
    PrivateCategory.BEHAVIOUR_AND_SOCIETY: "GEDRAG_EN_MAATSCHAPPIJ",
    PrivateCategory.HEALTHCARE_AND_SPORT: "GEZONDHEID_ZORG_EN_SPORT",
    PrivateCategory.HOBBY_AND_LEISURE_TIME: "HOBBY_EN_VRIJE_TIJD",
    PrivateCategory.AGRICULTURE_FOOD_AND_NATURAL_ENVIRONMENT: (
        "LANDBOUW_VOEDSEL_EN_NATUURLIJKE_OMGEVING"
    ),
    PrivateCategory.MANAGEMENT_AND_PROJECT_MANAGEMENT: "MANAGEMENT_EN_PROJECTMANAGEMENT",
    PrivateCategory.NATURE: "NATUUR",
    PrivateCategory.EDUCATION: "ONDERWIJS",
    PrivateCategory.LAW: "RECHT",
    PrivateCategory.CROSS_SECTORAL: "SECTOROVERSTIJGEND",
    PrivateCategory.LANGUAGE_AND_CULTURE: "TAAL_EN_CULTUUR",
    PrivateCategory.TECHNOLOGY_AND_ICT: "TECHNIEK_EN_ICT",
    PrivateCategory.TOURISM_HOSPITALITY_AND_RECREATION: "TOERISME_HORECA_EN_RECREATIE",
    PrivateCategory.TRANSPORT_AND_LOGISTICS: "TRANSPORT_EN_LOGISTIEK",
    PrivateCategory.SECURITY_AND_DEFENSE: "VEILIGHEID_EN_DEFENSIE",
}

_VOERTAAL: Final[Mapping[str, str]] = {
    "ar": "ARA",
    "de": "DEU",
    "en": "ENG",
    "es": "SPA",
    "fr": "FRA",
    "hr": "HRV",
    "it": "ITA",
    "ja": "JPN",
    "nb": "NOR",
    "nl": "NLD",
    "nn": "NOR",
    "no": "NOR",
    "pap": "PAP",
    "pl": "POL",
    "pt": "POR",
    "ro": "RON",
    "ru": "RUS",
    "sv": "SWE",
    "tr": "TUR",
    "zh": "CHI",
}
VOERTALEN: Final = frozenset(_VOERTAAL.values())


def voertaal_of(language_tag: str) -> str | None:
    """Return RIO's code (ISO 639-2) of a BCP 47 language, or None: RIO knows 18 languages."""
    language = language_tag.partition("-")[0]
    return _VOERTAAL.get(language, language.upper() if language.upper() in VOERTALEN else None)


class Opleidingsvorm(StrEnum):
    """In which form a cohort is taught."""

    KLASSIKAAL = "KLASSIKAAL"
    ONLINE = "ONLINE"
    KLASSIKAAL_EN_ONLINE = "KLASSIKAAL_EN_ONLINE"
    LEZING = "LEZING"
    ZELFSTUDIE = "ZELFSTUDIE"
    COACHING = "COACHING"


_VORM: Final[Mapping[ModeOfDelivery, Opleidingsvorm]] = {
    ModeOfDelivery.ONLINE: Opleidingsvorm.ONLINE,
    ModeOfDelivery.COIL: Opleidingsvorm.ONLINE,
    ModeOfDelivery.PRESENTIAL: Opleidingsvorm.KLASSIKAAL,
    ModeOfDelivery.RESEARCH_LAB_BASED: Opleidingsvorm.KLASSIKAAL,
    ModeOfDelivery.BLENDED: Opleidingsvorm.KLASSIKAAL_EN_ONLINE,
    ModeOfDelivery.HYBRID: Opleidingsvorm.KLASSIKAAL_EN_ONLINE,
}


def opleidingsvorm_of(modes: Iterable[ModeOfDelivery]) -> Opleidingsvorm | None:
    """Return the one form RIO can hold, or None: work, projects and partners have no form there."""
    forms = {_VORM[mode] for mode in modes if mode in _VORM}
    if len(forms) > 1:
        return Opleidingsvorm.KLASSIKAAL_EN_ONLINE
    return next(iter(forms), None)


def has_opleidingsvorm(mode: ModeOfDelivery) -> bool:
    """Say whether RIO has a form for this."""
    return mode in _VORM
