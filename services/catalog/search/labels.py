"""How the values of facets read, in Dutch and English, and in which order they stand."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale

from services.catalog.search.question import Facet
from services.catalog.search.values import ONLINE, PriceBand, Size, Start
from shared.contracts.isced import broad_fields, fields_of_study
from shared.contracts.microcredential import StudyLoad
from shared.contracts.vocabulary import (
    Admission,
    LevelBasis,
    LocalText,
    ModeOfDelivery,
    ProviderKind,
    Province,
    QualificationLevel,
    Sector,
    StudyLoadUnit,
)

Written = Mapping[str, tuple[str, str]]

_LEVELS: Final[Written] = {
    level.value: ("Niveau 4+", "Level 4+")
    if level is QualificationLevel.NLQF_4PLUS
    else (f"Niveau {level.value[4:]}", f"Level {level.value[4:]}")
    for level in QualificationLevel
}
_BASES: Final[Written] = {
    LevelBasis.SELF_DECLARED: ("Opgegeven door de aanbieder", "Declared by the provider"),
    LevelBasis.ACCREDITED_PROGRAMME: (
        "Uit een geaccrediteerde opleiding",
        "From an accredited programme",
    ),
    LevelBasis.NCP_REGISTERED: ("Ingeschreven bij het NCP NLQF", "Registered with the NCP NLQF"),
}
_SIZES: Final[Written] = {
    Size.LESS_THAN_3: (
        "Minder dan 3 EC (minder dan 84 uur)",
        "Less than 3 EC (less than 84 hours)",
    ),
    Size.FROM_3: ("3 tot 6 EC (84 tot 168 uur)", "3 to under 6 EC (84 to under 168 hours)"),
    Size.FROM_6: ("6 tot 11 EC (168 tot 308 uur)", "6 to under 11 EC (168 to under 308 hours)"),
    Size.FROM_11: (
        "11 tot en met 30 EC (308 tot en met 840 uur)",
        "11 to 30 EC (308 to 840 hours)",
    ),
    Size.MORE_THAN_30: (
        "Meer dan 30 EC (meer dan 840 uur)",
        "More than 30 EC (more than 840 hours)",
    ),
}
_FORMS: Final[Written] = {
    ModeOfDelivery.ONLINE: ("Online", "Online"),
    ModeOfDelivery.BLENDED: ("Deels online, deels op locatie", "Partly online, partly on site"),
    ModeOfDelivery.PRESENTIAL: ("Op locatie", "On site"),
    ModeOfDelivery.HYBRID: ("Online en op locatie tegelijk", "Online and on site at once"),
    ModeOfDelivery.WORK_BASED: ("Op de werkplek", "At work"),
    ModeOfDelivery.PROJECT_BASED: ("In een project", "In a project"),
    ModeOfDelivery.RESEARCH_LAB_BASED: ("In een laboratorium", "In a laboratory"),
    ModeOfDelivery.COIL: ("Online samen met het buitenland", "Online with learners abroad"),
    ModeOfDelivery.JOINT_DELIVERY: ("Door meer instellingen samen", "By institutions jointly"),
}
_STARTS: Final[Written] = {
    Start.THIS_MONTH: ("Deze maand", "This month"),
    Start.THIS_QUARTER: ("Dit kwartaal", "This quarter"),
    Start.LATER: ("Later", "Later"),
    Start.FLEXIBLE: ("Op elk moment", "At any time"),
}
_REGIONS: Final[Written] = {
    ONLINE: ("Online", "Online"),
    Province.DRENTHE: ("Drenthe", "Drenthe"),
    Province.FLEVOLAND: ("Flevoland", "Flevoland"),
    Province.FRYSLAN: ("Fryslân", "Friesland"),
    Province.GELDERLAND: ("Gelderland", "Gelderland"),
    Province.GRONINGEN: ("Groningen", "Groningen"),
    Province.LIMBURG: ("Limburg", "Limburg"),
    Province.NOORD_BRABANT: ("Noord-Brabant", "North Brabant"),
    Province.NOORD_HOLLAND: ("Noord-Holland", "North Holland"),
    Province.OVERIJSSEL: ("Overijssel", "Overijssel"),
    Province.UTRECHT: ("Utrecht", "Utrecht"),
    Province.ZEELAND: ("Zeeland", "Zeeland"),
    Province.ZUID_HOLLAND: ("Zuid-Holland", "South Holland"),
}
_SECTORS: Final[Written] = {
    Sector.HBO: ("Hogeschool", "University of applied sciences"),
    Sector.WO: ("Universiteit", "Research university"),
    Sector.MBO: ("Mbo-school", "Vocational school"),
    Sector.PRIVATE: ("Private aanbieder", "Private provider"),
}
_KINDS: Final[Written] = {
    ProviderKind.PUBLIC: ("Bekostigd door de overheid", "Publicly funded"),
    ProviderKind.PRIVATE: ("Niet bekostigd door de overheid", "Privately funded"),
}
_PRICES: Final[Written] = {
    PriceBand.FREE: ("Gratis", "Free of charge"),
    PriceBand.UP_TO_250: ("Tot en met € 250", "Up to €250"),
    PriceBand.UP_TO_500: ("Meer dan € 250 tot en met € 500", "More than €250 up to €500"),
    PriceBand.UP_TO_1000: ("Meer dan € 500 tot en met € 1.000", "More than €500 up to €1,000"),
    PriceBand.MORE: ("Meer dan € 1.000", "More than €1,000"),
    PriceBand.UNKNOWN: ("Prijs niet bekend", "Price not known"),
}
_ADMISSIONS: Final[Written] = {
    Admission.OPEN: ("Zonder toelatingseisen", "No entry requirements"),
    Admission.PRIOR_EDUCATION: ("Met een vooropleiding", "With earlier education"),
    Admission.WORK_EXPERIENCE: ("Met werkervaring", "With work experience"),
    Admission.SELECTION: ("Na selectie", "After selection"),
}
_CLOSED: Final[Mapping[Facet, Written]] = {
    Facet.LEVEL: _LEVELS,
    Facet.LEVEL_BASIS: _BASES,
    Facet.SIZE: _SIZES,
    Facet.FORM: _FORMS,
    Facet.START: _STARTS,
    Facet.REGION: _REGIONS,
    Facet.SECTOR: _SECTORS,
    Facet.PROVIDER_KIND: _KINDS,
    Facet.PRICE: _PRICES,
    Facet.ADMISSION: _ADMISSIONS,
}


@cache
def closed_values(facet: Facet) -> Mapping[str, LocalText] | None:
    """Return all values of a facet in their order, or None when new ones may come up."""
    if facet is Facet.FIELD:
        return broad_fields()
    written = _CLOSED.get(facet)
    if written is None:
        return None
    return {str(value): LocalText(nl=nl, en=en) for value, (nl, en) in written.items()}


def is_value(facet: Facet, value: str) -> bool:
    """Say whether a facet can have this value, also when there are none of it today."""
    if facet is Facet.FIELD:
        return value in fields_of_study()
    if facet is Facet.LANGUAGE:
        return value in _dutch().languages
    if facet is Facet.SKILL:
        return value.startswith(("http://", "https://"))
    return value in (closed_values(facet) or {})


def label_of(facet: Facet, value: str, skills: Mapping[str, LocalText]) -> LocalText:
    """Return how a value reads; what has no name reads as it is."""
    bare = LocalText.model_construct(nl=value or "?", en=value or "?")
    if facet is Facet.FIELD:
        return fields_of_study().get(value, bare)
    if facet is Facet.SKILL:
        return skills.get(value, bare)
    if facet is Facet.LANGUAGE:
        return _language(value)
    return (closed_values(facet) or {}).get(value, bare)


_UNITS: Final = {
    StudyLoadUnit.ECTS: ("EC", "EC ECTS"),
    StudyLoadUnit.SBU: ("SBU", "SBU"),
    StudyLoadUnit.HOUR: ("uur", "hours"),
}


def size_of(load: StudyLoad) -> LocalText:
    """Return how a study load is written, with a decimal comma in Dutch."""
    nl, en = _UNITS[load.unit]
    amount = f"{load.value.normalize():f}"
    return LocalText(nl=f"{amount.replace('.', ',')} {nl}", en=f"{amount} {en}")


@cache
def _language(code: str) -> LocalText:
    nl = _dutch().languages.get(code, code)
    en = Locale("en").languages.get(code, code)
    return LocalText(nl=nl[:1].upper() + nl[1:], en=en)


@cache
def _dutch() -> Locale:
    return Locale("nl")
