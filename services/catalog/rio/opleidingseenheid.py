"""The opleidingseenheid: what can be learnt, as RIO registers it."""

from services.catalog.rio import velden, waarden, zinnen
from services.catalog.rio.bevindingen import Findings
from services.catalog.rio.codes import OTHER_CODE_TYPES, RioCode, is_rio_code
from services.catalog.rio.perioden import MOST_PERIODEN, Periode, Stand
from services.catalog.rio.teksten import fit, write_text
from services.catalog.rio.waarden import OpleidingseenheidSoort
from shared.contracts.microcredential import Description
from shared.contracts.vocabulary import StudyLoadUnit
from shared.strict_json import JsonObject, JsonValue

CONTENT = "/content"
_WITHOUT_A_PLACE = (
    "learningOutcomes",
    "assessment",
    "qualityAssurance",
    "supervision",
    "admissionRequirements",
    "admission",
    "stackability",
    "targetGroup",
    "skills",
    "keywords",
    "primaryCode",
)


def write_opleidingseenheid(
    stand: Stand, soort: OpleidingseenheidSoort, found: Findings
) -> JsonObject:
    """Return the whole state of the opleidingseenheid; findings are about the newest version."""
    content, geheel = stand.content, stand.geheel
    message: JsonObject = {}
    if code := rio_code_of(content, RioCode.OPLEIDINGSEENHEIDCODE):
        message["opleidingseenheidcode"] = code
    message |= write_days(geheel)
    own_key = str(stand.microcredential_id)
    kenmerken: list[JsonValue] = [kenmerk_tekst("eigenOpleidingseenheidSleutel", own_key)]
    if soort is OpleidingseenheidSoort.PARTICULIER:
        message["waardedocumentsoort"] = waarden.WAARDEDOCUMENTSOORT
        message["niveau"] = waarden.NIVEAU
        kenmerken += [
            kenmerk_waarde("categorie", waarden.CATEGORIE[one])
            for one in dict.fromkeys(content.private_categories)
        ]
    elif isced := _isced(content, found):
        message["ISCED"] = isced
    message["kenmerken"] = kenmerken
    perioden = stand.perioden()
    message["opleidingseenheidPeriode"] = [
        _periode(one, periode, soort, found if one is content else Findings())
        for periode, one in perioden
    ]
    if len(stand.versions) > MOST_PERIODEN and len(perioden) == MOST_PERIODEN:
        found.warning("too-many-periods", f"{CONTENT}/title", zinnen.TOO_MANY_PERIODEN)
    _say_what_is_lost(content, soort, found)
    return message


def write_days(geheel: Periode) -> dict[str, JsonValue]:
    """Write the first day of an object, and the first day without it."""
    days: dict[str, JsonValue] = {"begindatum": geheel.begindatum.isoformat()}
    if geheel.einddatum is not None:
        days["einddatum"] = geheel.einddatum.isoformat()
    return days


def kenmerk_tekst(name: str, value: str) -> JsonObject:
    """Write a property whose value is a text."""
    return {"kenmerknaam": name, "kenmerkwaardeTekst": value}


def kenmerk_waarde(name: str, value: str) -> JsonObject:
    """Write a property whose value is of a list."""
    return {"kenmerknaam": name, "kenmerkwaardeEnumeratiewaarde": value}


def rio_code_of(content: Description, kind: RioCode) -> str | None:
    """Return the code that RIO gave, if the description carries it and it has the pattern."""
    for other in content.other_codes:
        if OTHER_CODE_TYPES.get(other.code_type) is kind and is_rio_code(kind, other.code):
            return other.code
    return None


def _periode(
    content: Description, periode: Periode, soort: OpleidingseenheidSoort, found: Findings
) -> JsonObject:
    written: JsonObject = {"begindatum": periode.begindatum.isoformat()}
    name = write_text(
        content.title,
        member="title",
        pointer=f"{CONTENT}/title",
        kind=velden.NAAM_LANG,
        found=found,
    )
    if name is None:
        found.error("no-name", f"{CONTENT}/title", zinnen.NO_NAME)
    else:
        written["naamLang"] = name
    for rio_name, text in _optional_texts(content, found):
        if text is not None:
            written[rio_name] = text
    if soort is OpleidingseenheidSoort.HO:
        written["waardedocumentsoort"] = waarden.WAARDEDOCUMENTSOORT
    return written | _studielast(content, found)


def _optional_texts(content: Description, found: Findings) -> list[tuple[str, str | None]]:
    texts: list[tuple[str, str | None]] = []
    if content.abbreviation is not None:
        short = fit(
            content.abbreviation,
            member="abbreviation",
            pointer=f"{CONTENT}/abbreviation",
            kind=velden.NAAM_KORT,
            found=found,
        )
        texts.append(("naamKort", short))
    if content.title.en is not None:
        english = fit(
            content.title.en,
            member="title",
            pointer=f"{CONTENT}/title/en",
            kind=velden.NAAM_EN,
            # The same sentence twice helps nobody: without Dutch, this is the text of naamLang.
            found=found if content.title.nl is not None else Findings(),
        )
        texts.append(("internationaleNaam", english))
    if content.description is not None:
        text = write_text(
            content.description,
            member="description",
            pointer=f"{CONTENT}/description",
            kind=velden.OMSCHRIJVING,
            found=found,
        )
        texts.append(("omschrijving", text))
    return texts


def _studielast(content: Description, found: Findings) -> JsonObject:
    load = content.study_load
    if load is None:
        return {}
    if load.value != load.value.to_integral_value():
        found.warning("study-load-not-whole", f"{CONTENT}/studyLoad/value", zinnen.NOT_WHOLE)
        return {}
    return {
        "studielast": int(load.value),
        "studielasteenheid": waarden.STUDIELASTEENHEID[StudyLoadUnit(load.unit)],
    }


def _isced(content: Description, found: Findings) -> str | None:
    """Return the narrow field: three digits of ISCED-F 2013."""
    digits = content.field_of_study
    if digits is None:
        return None
    narrow = 3
    if len(digits) < narrow:
        found.warning("isced-broad", f"{CONTENT}/fieldOfStudy", zinnen.ISCED_BROAD)
        return None
    if len(digits) > narrow:
        found.warning("isced-narrowed", f"{CONTENT}/fieldOfStudy", zinnen.ISCED_NARROWED)
    return digits[:narrow]


def _say_what_is_lost(content: Description, soort: OpleidingseenheidSoort, found: Findings) -> None:
    """Warn of everything the newest version says and RIO cannot hold."""
    said = content.model_dump(mode="json", exclude_defaults=True)
    without = list(_WITHOUT_A_PLACE)
    is_ho = soort is OpleidingseenheidSoort.HO
    without.append("privateCategories" if is_ho else "fieldOfStudy")
    for member in without:
        if member in said:
            found.warning("no-place", f"{CONTENT}/{member}", zinnen.no_place(member))
    if content.level is not None:
        sentence = zinnen.NO_LEVEL_HO if is_ho else zinnen.NO_LEVEL_PARTICULIER
        found.warning("no-level", f"{CONTENT}/level", sentence)
    for at, mode in enumerate(content.modes_of_delivery):
        if not waarden.has_opleidingsvorm(mode):
            pointer = f"{CONTENT}/modesOfDelivery/{at}"
            found.warning("no-place", pointer, zinnen.no_place("modesOfDelivery"))
    for at, other in enumerate(content.other_codes):
        kind = OTHER_CODE_TYPES.get(other.code_type)
        pointer = f"{CONTENT}/otherCodes/{at}"
        if kind is None:
            found.warning("no-place", pointer, zinnen.no_place("otherCodes"))
        elif not is_rio_code(kind, other.code):
            found.warning("code-pattern", f"{pointer}/code", zinnen.BAD_CODE)
    found.note("kind-of-document", f"{CONTENT}/title", zinnen.CERTIFICAAT)
