"""The fields of the messages we make, with RIO's own limits and cardinalities (RIO V4).

Apart from the mapping, so that a message can be judged by who did not make it. Only fields that a
microcredential can fill are listed. `opleidingseenheidSleutel` is 1..1 in RIO; RIO gives that code
when the opleidingseenheid is registered, so a message may still wait for it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from services.catalog.rio import waarden
from services.catalog.rio.codes import PATTERNS, RioCode
from shared.strict_json import JsonObject, JsonValue

MARKUP: Final = re.compile(r"<(\S|\Z)|&\S+;")
"""What RIO's mapper takes for HTML, and refuses."""
_TOKEN: Final = re.compile(r"\S+( \S+)*")
_MONEY: Final = re.compile(r"[0-9]{1,7}\.[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Veldtype:
    """What a value must be."""

    name: str
    least: int = 0
    most: int | None = None
    pattern: re.Pattern[str] | None = None
    values: frozenset[str] = frozenset()
    is_number: bool = False

    def takes(self, value: JsonValue) -> bool:
        """Say whether RIO takes this value."""
        if self.is_number:
            return (
                isinstance(value, int)
                and not isinstance(value, bool)
                and self.least <= value <= (self.most or 0)
            )
        if not isinstance(value, str) or MARKUP.search(value):
            return False
        if self.values:
            return value in self.values
        if self.pattern is not None and not self.pattern.fullmatch(value):
            return False
        return self.least <= len(value) and (self.most is None or len(value) <= self.most)


def _code(kind: RioCode) -> Veldtype:
    return Veldtype(kind, pattern=PATTERNS[kind])


def _list(name: str, *values: str) -> Veldtype:
    return Veldtype(name, values=frozenset(values))


_EENHEID: Final = _code(RioCode.OPLEIDINGSEENHEIDCODE)
_EIGEN: Final = _code(RioCode.EIGEN_SLEUTEL)
COHORTCODE: Final = _code(RioCode.COHORTCODE)
DATUM: Final = Veldtype("datum", pattern=re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))
NAAM_LANG: Final = Veldtype("NaamOpleidingLang", 1, 225, _TOKEN)
NAAM_KORT: Final = Veldtype("NaamOpleidingKort", 1, 40, _TOKEN)
NAAM_EN: Final = Veldtype("InternationaleNaamOpleiding-v02", 1, 225, _TOKEN)
OMSCHRIJVING: Final = Veldtype("Omschrijving3000-v01", 1, 3000)
TOELICHTING: Final = Veldtype("ToestemmingAanmeldingscohorttoelichting-v01", 1, 3000)
STUDIELAST: Final = Veldtype("StudielastZwaarte", 0, 99_999, is_number=True)
PLAATSEN: Final = Veldtype("Opleidingscapaciteit-v01", 1, 32_000, is_number=True)
ISCED: Final = Veldtype("ISCED-v01", pattern=re.compile(r"[0-9]{3}"))
WEBSITE: Final = Veldtype("URL", 1, 320)
BEDRAG: Final = Veldtype("PositiefBedrag-v01", pattern=_MONEY)
MOST_BEDRAG: Final = Decimal(1_000_000)
_EENHEDEN: Final = _list("StudielastEenheid-v03", *waarden.STUDIELASTEENHEID.values())
_SOORT: Final = _list("SoortWaardedocument-v01", waarden.WAARDEDOCUMENTSOORT)
_NIVEAU: Final = _list("Niveaucode-v06", waarden.NIVEAU)
_STATUS: Final = _list("Cohortstatus-v01", waarden.COHORT_OPEN, waarden.COHORT_GESLOTEN)
_JA_NEE: Final = _list("ToestemmingAanmeldingscohortVereist-v01", "JA", "NEE")
_PRIJSSOORT: Final = _list("Cohortbedragsoort-v01", waarden.PRIJSSOORT)
_TAAL: Final = _list("Taalcode-v01", *waarden.VOERTALEN)
_CATEGORIE: Final = _list("NfoOpleidingscategorie-v01", *waarden.CATEGORIE.values())
_VORM: Final = _list("AangebodenOpleidingOpleidingsvorm-v01", *waarden.Opleidingsvorm)


@dataclass(frozen=True, slots=True)
class Veld:
    """How often a field stands in its object, and what is in it: a value, or an entity by name."""

    least: int
    most: int
    kind: Veldtype | str


@dataclass(frozen=True, slots=True)
class Kenmerk:
    """A property by name and value: how often, and in which member the value stands."""

    least: int
    most: int
    kind: Veldtype
    member: str = "kenmerkwaardeTekst"


_ENUM: Final = "kenmerkwaardeEnumeratiewaarde"
Velden = Mapping[str, Veld]
_PERIODE: Final[Velden] = {
    "begindatum": Veld(1, 1, DATUM),
    "naamLang": Veld(1, 1, NAAM_LANG),
    "naamKort": Veld(0, 1, NAAM_KORT),
    "internationaleNaam": Veld(0, 1, NAAM_EN),
    "omschrijving": Veld(0, 1, OMSCHRIJVING),
    "studielast": Veld(0, 1, STUDIELAST),
    "studielasteenheid": Veld(0, 1, _EENHEDEN),
}
_AANGEBODEN_PERIODE: Final[Velden] = {
    "begindatum": Veld(1, 1, DATUM),
    "eigenNaamAangebodenOpleiding": Veld(0, 1, NAAM_LANG),
    "eigenNaamInternationaal": Veld(0, 1, NAAM_EN),
    "eigenOmschrijving": Veld(0, 1, OMSCHRIJVING),
}
_COHORT: Final[Velden] = {
    "cohortcode": Veld(1, 1, COHORTCODE),
    "cohortstatus": Veld(1, 1, _STATUS),
    "beginAanmeldperiode": Veld(1, 1, DATUM),
    "eindeAanmeldperiode": Veld(0, 1, DATUM),
    "vastInstroommoment": Veld(0, 1, "VastInstroommoment"),
    "flexibeleInstroom": Veld(0, 1, "FlexibeleInstroom"),
    "toestemmingVereistVoorAanmelding": Veld(1, 1, _JA_NEE),
    "toelichtingVereisteToestemming": Veld(0, 1, TOELICHTING),
    "einddatum": Veld(0, 1, DATUM),
    "prijs": Veld(0, 99, "Prijs"),
}


def _eenheid(periode: str, **more: Veld) -> Velden:
    return {
        "opleidingseenheidcode": Veld(0, 1, _EENHEID),
        "begindatum": Veld(1, 1, DATUM),
        "einddatum": Veld(0, 1, DATUM),
        "opleidingseenheidPeriode": Veld(1, 999, periode),
        **more,
    }


def _aangeboden(kind: str, **more: Veld) -> Velden:
    return {
        "aangebodenOpleidingCode": Veld(1, 1, _code(RioCode.AANGEBODEN_OPLEIDINGCODE)),
        "onderwijsaanbiedercode": Veld(1, 1, _code(RioCode.ONDERWIJSAANBIEDERCODE)),
        "onderwijslocatiecode": Veld(0, 1, _code(RioCode.ONDERWIJSLOCATIECODE)),
        "begindatum": Veld(1, 1, DATUM),
        "eersteInstroomDatum": Veld(0, 1, DATUM),
        "einddatum": Veld(0, 1, DATUM),
        "opleidingseenheidSleutel": Veld(0, 1, _EENHEID),
        "aangebodenOpleidingPeriode": Veld(1, 999, f"{kind}Periode"),
        "aangebodenOpleidingCohort": Veld(0, 999, f"{kind}Cohort"),
        **more,
    }


ENTITEITEN: Final[Mapping[str, Velden]] = {
    "HoOnderwijseenheid": _eenheid("HoOnderwijseenheidPeriode", ISCED=Veld(0, 1, ISCED)),
    "HoOnderwijseenheidPeriode": {**_PERIODE, "waardedocumentsoort": Veld(0, 1, _SOORT)},
    "ParticuliereOpleiding": _eenheid(
        "ParticuliereOpleidingPeriode",
        waardedocumentsoort=Veld(0, 1, _SOORT),
        niveau=Veld(0, 1, _NIVEAU),
    ),
    "ParticuliereOpleidingPeriode": _PERIODE,
    "AangebodenHOOpleidingsonderdeel": _aangeboden("AangebodenHOOpleidingsonderdeel"),
    "AangebodenHOOpleidingsonderdeelPeriode": _AANGEBODEN_PERIODE,
    "AangebodenHOOpleidingsonderdeelCohort": _COHORT,
    "AangebodenParticuliereOpleiding": _aangeboden(
        "AangebodenParticuliereOpleiding", niveau=Veld(0, 1, _NIVEAU)
    ),
    "AangebodenParticuliereOpleidingPeriode": _AANGEBODEN_PERIODE,
    "AangebodenParticuliereOpleidingCohort": _COHORT,
    "VastInstroommoment": {"instroommoment": Veld(1, 1, DATUM)},
    "FlexibeleInstroom": {
        "beginInstroomperiode": Veld(1, 1, DATUM),
        "eindeInstroomperiode": Veld(0, 1, DATUM),
    },
    "Prijs": {"soort": Veld(1, 1, _PRIJSSOORT), "bedrag": Veld(1, 1, BEDRAG)},
}
_OWN_KEY: Final = Kenmerk(0, 1, _EIGEN)
_WEBSITE: Final = Kenmerk(0, 1, WEBSITE)
_COHORT_KENMERKEN: Final[Mapping[str, Kenmerk]] = {
    "deelnemersplaatsen": Kenmerk(0, 1, PLAATSEN, "kenmerkwaardeGetal"),
    "opleidingsvorm": Kenmerk(1, 1, _VORM, _ENUM),
}
KENMERKEN: Final[Mapping[str, Mapping[str, Kenmerk]]] = {
    "HoOnderwijseenheid": {"eigenOpleidingseenheidSleutel": _OWN_KEY},
    "ParticuliereOpleiding": {
        "eigenOpleidingseenheidSleutel": _OWN_KEY,
        "categorie": Kenmerk(0, 3, _CATEGORIE, _ENUM),
    },
    "AangebodenHOOpleidingsonderdeel": {
        "eigenAangebodenOpleidingSleutel": _OWN_KEY,
        "voertaal": Kenmerk(0, 3, _TAAL, _ENUM),
    },
    "AangebodenParticuliereOpleiding": {
        "eigenAangebodenOpleidingSleutel": _OWN_KEY,
        "voertaal": Kenmerk(0, 1, _TAAL, _ENUM),
    },
    "AangebodenHOOpleidingsonderdeelPeriode": {
        "eigenNaamKort": Kenmerk(0, 1, NAAM_KORT),
        "website": _WEBSITE,
    },
    "AangebodenParticuliereOpleidingPeriode": {"website": _WEBSITE},
    "AangebodenHOOpleidingsonderdeelCohort": _COHORT_KENMERKEN,
    "AangebodenParticuliereOpleidingCohort": _COHORT_KENMERKEN,
}


def afwijkingen(entiteit: str, message: JsonObject, at: str = "") -> Iterator[str]:
    """Give a pointer to everything in a message that RIO would refuse, or misses."""
    velden = ENTITEITEN[entiteit]
    for name in message.keys() - velden.keys() - {"kenmerken"}:
        yield f"{at}/{name}"
    for name, veld in velden.items():
        values = _values(message.get(name))
        if not veld.least <= len(values) <= veld.most:
            yield f"{at}/{name}"
        for number, value in enumerate(values):
            where = f"{at}/{name}/{number}" if veld.most > 1 else f"{at}/{name}"
            yield from _wrong(veld.kind, value, where)
    yield from _wrong_kenmerken(entiteit, _values(message.get("kenmerken")), f"{at}/kenmerken")
    if velden is _COHORT and ("vastInstroommoment" in message) is ("flexibeleInstroom" in message):
        yield f"{at}/vastInstroommoment"


def _values(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _wrong(kind: Veldtype | str, value: JsonValue, at: str) -> Iterator[str]:
    if isinstance(kind, Veldtype):
        if not kind.takes(value) or (kind is DATUM and not _is_day(str(value))):
            yield at
    elif isinstance(value, dict):
        yield from afwijkingen(kind, value, at)
    else:
        yield at


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _wrong_kenmerken(entiteit: str, found: list[JsonValue], at: str) -> Iterator[str]:
    known = KENMERKEN.get(entiteit, {})
    counts = dict.fromkeys(known, 0)
    for number, one in enumerate(found):
        name = str(one.get("kenmerknaam")) if isinstance(one, dict) else ""
        kenmerk = known.get(name)
        if not isinstance(one, dict) or kenmerk is None:
            yield f"{at}/{number}"
            continue
        counts[name] += 1
        if one.keys() != {"kenmerknaam", kenmerk.member} or not kenmerk.kind.takes(
            one.get(kenmerk.member)
        ):
            yield f"{at}/{number}"
    for name, kenmerk in known.items():
        if not kenmerk.least <= counts[name] <= kenmerk.most:
            yield at
