"""A programme or course of somebody's OEAPI v6 read as the description of a microcredential.

Pure: JSON in, description and losses out. What we wrote ourselves comes back as it was, by way of
`ext`; of what others wrote everything is kept that a description has a place for.
"""

from collections.abc import Mapping
from typing import Final

from services.catalog.oeapi.entry import OWN_CODE
from services.catalog.oeapi.extension import WHOLE_MEMBERS, own_part
from services.catalog.oeapi.languages import plain_tag, three_letters
from services.catalog.oeapi.losses import Losses
from services.catalog.oeapi.members import build
from services.catalog.oeapi.texts import read_text
from shared.contracts.microcredential import Description
from shared.contracts.vocabulary import (
    LevelBasis,
    LocalText,
    ModeOfDelivery,
    PrivateCategory,
    QualificationLevel,
    StudyLoadUnit,
)
from shared.errors import Fault
from shared.strict_json import JsonObject, JsonValue

_POINTERS: Final[Mapping[str, str]] = {
    "title": "/name",
    "inLanguage": "/teachingLanguages",
    "fieldOfStudy": "/fieldsOfStudy",
    "furtherInformation": "/link",
    "level": "/levelOfQualification",
    "privateCategories": "/consumer/privateCategory",
} | {name: f"/ext/waarmerk/content/{name}" for name in WHOLE_MEMBERS if name != "privateCategories"}
_NO_PLACE: Final = (
    "qualificationRequirements",
    "resources",
    "enrolment",
    "duration",
    "modeOfStudy",
    "supplementaryInformation",
)
_LOADS: Final = tuple(unit.value for unit in StudyLoadUnit)


def read_programme(programme: JsonObject) -> tuple[Description, tuple[Fault, ...]]:
    """Read a programme, its learning outcomes written out in it; say what was lost."""
    return _read(programme)


def read_course(course: JsonObject) -> tuple[Description, tuple[Fault, ...]]:
    """Read a course, which says neither level nor document; say what was lost."""
    return _read(course)


def _read(source: JsonObject) -> tuple[Description, tuple[Fault, ...]]:
    losses = Losses()
    own = own_part(source.get("ext")).get("content")
    extra: JsonObject = own if isinstance(own, dict) else {}
    members: JsonObject = {name: extra.get(name) for name in WHOLE_MEMBERS}
    for name in ("description", "admissionRequirements"):
        members[name] = plain(read_text(source.get(name), f"/{name}", losses))
    members |= {
        "title": plain(read_text(source.get("name"), "/name", losses)),
        "learningOutcomes": _outcomes(source, losses),
        "studyLoad": _study_load(source.get("studyLoad"), losses),
        "level": _level(source.get("levelOfQualification"), extra.get("level"), losses),
        "assessment": _assessment(source, extra.get("assessment"), losses),
        "modesOfDelivery": modes_in(source.get("modesOfDelivery"), losses),
        "inLanguage": _language(source.get("teachingLanguages"), extra.get("inLanguage"), losses),
        "fieldOfStudy": source.get("fieldsOfStudy"),
        "furtherInformation": _further_information(source, extra),
        "primaryCode": _primary_code(source, losses),
        "otherCodes": _other_codes(source, extra),
        "abbreviation": source.get("abbreviation"),
        "privateCategories": _categories(source, extra),
    }
    for name in _NO_PLACE:
        if source.get(name) not in (None, [], ""):
            losses.note(f"/{name}", "not-kept")
    description = build(Description, members, needed={"title"}, pointers=_POINTERS, losses=losses)
    return description, losses.noted


def plain(text: LocalText | None) -> JsonValue:
    """Return a text as members."""
    return None if text is None else text.model_dump(mode="json", exclude_none=True)


def as_list(value: JsonValue) -> list[JsonValue]:
    """Return a list, or an empty one when it is none."""
    return value if isinstance(value, list) else []


def as_object(value: JsonValue) -> JsonObject:
    """Return an object, or an empty one when it is none."""
    return value if isinstance(value, dict) else {}


def code_in(value: JsonValue) -> JsonValue:
    """Return the code of an identifier, which is a bare text in some systems."""
    return as_object(value).get("code") if isinstance(value, dict) else value


def _outcomes(source: JsonObject, losses: Losses) -> JsonValue:
    """Read each outcome's name, and what describes it further; say which could not be fetched."""
    written = {}
    for at, outcome in enumerate(as_list(source.get("learningOutcomes"))):
        known = as_object(outcome)
        text = _outcome(known, f"/learningOutcomes/{at}", losses)
        written[str(known.get("learningOutcomeId"))] = text
    wanted = [str(one) for one in as_list(source.get("learningOutcomeIds"))]
    for at, one in enumerate(wanted):
        if one not in written:
            losses.note(f"/learningOutcomeIds/{at}", "outcome-missing")
    return [plain(text) for text in written.values() if text is not None]


def _outcome(outcome: JsonObject, pointer: str, losses: Losses) -> LocalText | None:
    name = read_text(outcome.get("name"), f"{pointer}/name", losses)
    more = read_text(outcome.get("description"), f"{pointer}/description", losses)
    if name is None or more is None:
        return name or more
    return LocalText(nl=_joined(name.nl, more.nl), en=_joined(name.en, more.en))


def _joined(name: str | None, more: str | None) -> str | None:
    if name is None or more is None or more.startswith(name):
        return more or name
    whole = f"{name}: {more}"
    return whole if len(whole) <= 4000 else more  # noqa: PLR2004 - the longest text there is


def _study_load(value: JsonValue, losses: Losses) -> JsonValue:
    """Take credits before hours of study load before hours; contact time says something else."""
    entries = [as_object(one) for one in (as_list(value) or [value]) if one is not None]
    known = [one for one in entries if one.get("studyLoadUnit") in _LOADS]
    if len(entries) > len(known):
        losses.note("/studyLoad", "value-unknown")
    if len(known) > 1:
        losses.note("/studyLoad", "one-is-kept")
    known.sort(key=lambda one: _LOADS.index(str(one["studyLoadUnit"])))
    return {"unit": known[0]["studyLoadUnit"], "value": known[0].get("value")} if known else None


def _level(value: JsonValue, said: JsonValue, losses: Losses) -> JsonValue:
    if value is None:
        return None
    if value not in tuple(QualificationLevel):
        losses.note("/levelOfQualification", "value-unknown")
        return None
    known = as_object(said)
    if known.get("basis") not in tuple(LevelBasis):
        losses.note("/levelOfQualification", "basis-assumed")
        known = {"basis": LevelBasis.SELF_DECLARED.value}
    return {"value": value, **known}


def _assessment(source: JsonObject, said: JsonValue, losses: Losses) -> JsonValue:
    text = read_text(source.get("assessment"), "/assessment", losses)
    types = as_object(said).get("types")
    if text is not None and not types:
        losses.note("/assessment", "assessment-without-form")
    return {"types": types, "description": plain(text)} if text is not None and types else None


def modes_in(value: JsonValue, losses: Losses) -> JsonValue:
    """Return the forms of participation that we know, each once."""
    modes = as_list(value)
    known = [one for one in modes if one in tuple(ModeOfDelivery)]
    for at, one in enumerate(modes):
        if one not in known:
            losses.note(f"/modesOfDelivery/{at}", "value-unknown")
    return [*dict.fromkeys(known)]


def _language(value: JsonValue, said: JsonValue, losses: Losses) -> JsonValue:
    """Take the first language; our own tag of it when it is the same language."""
    languages = [one for one in (as_list(value) or [value]) if isinstance(one, str)]
    if not languages:
        return None
    if len(languages) > 1:
        losses.note("/teachingLanguages", "one-is-kept")
    first = languages[0]
    if isinstance(said, str) and three_letters(said) == first:
        return said
    return plain_tag(first)


def _further_information(source: JsonObject, extra: JsonObject) -> JsonValue:
    """Leave out the page that we made ourselves."""
    said = extra.get("furtherInformation")
    page = own_part(source.get("ext")).get("page")
    link = source.get("link")
    return said if said is not None or link == page else link


def _primary_code(source: JsonObject, losses: Losses) -> JsonValue:
    """Leave out a code that only repeats the id."""
    code = source.get("primaryCode")
    if isinstance(code, str):
        return code
    known = as_object(code)
    if known.get("codeType") == "uuid":
        return None
    if code is not None and not isinstance(known.get("code"), str):
        losses.note("/primaryCode", "value-unreadable")
        return None
    return known.get("code")


def _other_codes(source: JsonObject, extra: JsonObject) -> JsonValue:
    """Leave out the first code of our own: it is the id we gave."""
    if extra.get("otherCodes") is not None:
        return extra["otherCodes"]
    codes = [as_object(one) for one in as_list(source.get("otherCodes"))]
    own = next((at for at, one in enumerate(codes) if one.get("codeType") == OWN_CODE), None)
    return [dict(one) for at, one in enumerate(codes) if at != own]


def _categories(source: JsonObject, extra: JsonObject) -> JsonValue:
    """Take RIO's categories of non-formal education, unless our own list is there."""
    if extra.get("privateCategories") is not None:
        return extra["privateCategories"]
    listed = as_list(as_object(source.get("consumer")).get("privateCategory"))
    return [one for one in listed if one in tuple(PrivateCategory)]


def own_id_in(source: JsonObject) -> str | None:
    """Return the id that we gave to what is described, if the source knows it."""
    for one in as_list(source.get("otherCodes")):
        known = as_object(one)
        if known.get("codeType") == OWN_CODE:
            return str(known.get("code"))
    return None


def is_microcredential(programme: JsonObject) -> bool:
    """Say whether what is described is what can be earned, and not what is taught for it."""
    if programme.get("formalDocument") != "micro_credential_certificate":
        return False
    return programme.get("parentId") is None or own_id_in(programme) is None
