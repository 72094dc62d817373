"""The aangeboden opleiding: that a provider teaches an opleidingseenheid, with its cohorts."""

from services.catalog.rio import velden, waarden, zinnen
from services.catalog.rio.bevindingen import Findings, RioFinding
from services.catalog.rio.codes import RioCode, is_rio_code
from services.catalog.rio.cohort import write_cohort
from services.catalog.rio.opleidingseenheid import (
    CONTENT,
    kenmerk_tekst,
    kenmerk_waarde,
    rio_code_of,
    write_days,
)
from services.catalog.rio.perioden import Periode, Stand
from services.catalog.rio.teksten import fit, write_text
from services.catalog.rio.waarden import OpleidingseenheidSoort
from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering, OfferingState
from shared.strict_json import JsonObject, JsonValue

MOST_COHORTEN = 999
_MOST_VOERTALEN = {OpleidingseenheidSoort.HO: 3, OpleidingseenheidSoort.PARTICULIER: 1}


def write_aangeboden_opleiding(
    stand: Stand, soort: OpleidingseenheidSoort, found: Findings
) -> JsonObject:
    """Return the whole state of the aangeboden opleiding, every cohort in it.

    What the opleidingseenheid's message already says of a text is not said again.
    """
    content = stand.content
    key = str(stand.delivery_id)
    message: JsonObject = {
        "aangebodenOpleidingCode": rio_code_of(content, RioCode.AANGEBODEN_OPLEIDINGCODE) or key
    }
    code = stand.provider.education_offerer_code
    if code is not None and is_rio_code(RioCode.ONDERWIJSAANBIEDERCODE, code):
        message["onderwijsaanbiedercode"] = code
    else:
        found.error("no-offerer-code", "/provider/educationOffererCode", zinnen.NO_AANBIEDER)
    public = [one for one in stand.offerings if one.state is not OfferingState.CONCEPT]
    if location := _locatie(public, found):
        message["onderwijslocatiecode"] = location
    message |= write_days(stand.geheel)
    began = min(day for day, _ in stand.versions)
    starts = [one.days.first_day for one in public if one.days is not None]
    starts = [day for day in starts if day >= began]
    if starts:
        message["eersteInstroomDatum"] = min(starts).isoformat()
    unit = rio_code_of(content, RioCode.OPLEIDINGSEENHEIDCODE)
    if unit is None:
        found.note("code-to-come", f"{CONTENT}/title", zinnen.CODE_TO_COME)
    else:
        message["opleidingseenheidSleutel"] = unit
    if soort is OpleidingseenheidSoort.PARTICULIER:
        message["niveau"] = waarden.NIVEAU
    message["kenmerken"] = [
        kenmerk_tekst("eigenAangebodenOpleidingSleutel", key),
        *(kenmerk_waarde("voertaal", one) for one in _voertalen(stand, soort, public, found)),
    ]
    message["aangebodenOpleidingPeriode"] = [
        _periode(one, periode, soort, found if one is content else Findings())
        for periode, one in stand.perioden()
    ]
    if cohorten := _cohorten(stand, found):
        message["aangebodenOpleidingCohort"] = cohorten
    return message


def _periode(
    content: Description, periode: Periode, soort: OpleidingseenheidSoort, found: Findings
) -> JsonObject:
    silent = Findings()
    written: JsonObject = {"begindatum": periode.begindatum.isoformat()}
    name = write_text(
        content.title, member="title", pointer="", kind=velden.NAAM_LANG, found=silent
    )
    if name is not None:
        written["eigenNaamAangebodenOpleiding"] = name
    if content.title.en is not None:
        english = fit(
            content.title.en, member="title", pointer="", kind=velden.NAAM_EN, found=silent
        )
        if english is not None:
            written["eigenNaamInternationaal"] = english
    if content.description is not None:
        text = write_text(
            content.description,
            member="description",
            pointer="",
            kind=velden.OMSCHRIJVING,
            found=silent,
        )
        if text is not None:
            written["eigenOmschrijving"] = text
    if kenmerken := _periode_kenmerken(content, soort, found):
        written["kenmerken"] = kenmerken
    return written


def _periode_kenmerken(
    content: Description, soort: OpleidingseenheidSoort, found: Findings
) -> list[JsonValue]:
    kenmerken: list[JsonValue] = []
    if content.abbreviation is not None and soort is OpleidingseenheidSoort.HO:
        short = fit(
            content.abbreviation,
            member="abbreviation",
            pointer="",
            kind=velden.NAAM_KORT,
            found=Findings(),
        )
        if short is not None:
            kenmerken.append(kenmerk_tekst("eigenNaamKort", short))
    if content.further_information is not None:
        address = str(content.further_information)
        if velden.WEBSITE.takes(address):
            kenmerken.append(kenmerk_tekst("website", address))
        else:
            found.warning("address", f"{CONTENT}/furtherInformation", zinnen.URL_TOO_LONG)
    return kenmerken


def _voertalen(
    stand: Stand, soort: OpleidingseenheidSoort, public: list[Offering], found: Findings
) -> list[str]:
    """Return the languages it is taught in, the microcredential's own first."""
    languages: list[str] = []
    tag = stand.content.in_language
    if tag is not None:
        if (own := waarden.voertaal_of(tag)) is None:
            found.warning("language", f"{CONTENT}/inLanguage", zinnen.NO_VOERTAAL)
        else:
            languages.append(own)
    for offering in public:
        if offering.in_language is None:
            continue
        code = waarden.voertaal_of(offering.in_language)
        if code in languages:
            continue
        if code is not None and len(languages) < _MOST_VOERTALEN[soort]:
            languages.append(code)
            continue
        sentence = zinnen.NO_VOERTAAL if code is None else zinnen.TOO_MANY_VOERTALEN
        of_offering = Findings(offering.offering_id)
        of_offering.warning("language", "/inLanguage", sentence)
        found.found += of_offering.found
    return languages


def _locatie(public: list[Offering], found: Findings) -> str | None:
    """Return the one location of all cohorts, if it is one."""
    named = [
        (one.offering_id, one.location.education_location_code)
        for one in public
        if one.location is not None and one.location.education_location_code is not None
    ]
    codes = {code for _, code in named}
    if len(codes) == 1:
        return codes.pop()
    for offering_id, _ in named:
        of_offering = Findings(offering_id)
        of_offering.warning(
            "several-locations", "/location/educationLocationCode", zinnen.SEVERAL_LOCATIES
        )
        found.found += of_offering.found
    return None


def _cohorten(stand: Stand, found: Findings) -> list[JsonValue]:
    """Return a cohort of every offering, the newest 999 at most, in the order they began."""
    cohorten: list[JsonValue] = []
    ordered = sorted(stand.offerings, key=lambda one: (one.recorded_at, one.offering_id))
    lost: list[RioFinding] = []
    for offering in reversed(ordered):
        of_offering = Findings(offering.offering_id)
        if len(cohorten) == MOST_COHORTEN:
            of_offering.warning("too-many-cohorts", "/primaryCode", zinnen.TOO_MANY_COHORTEN)
        elif (cohort := write_cohort(offering, stand.content, of_offering)) is not None:
            cohorten.append(cohort)
        lost = of_offering.found + lost
    found.found += lost
    return cohorten[::-1]
