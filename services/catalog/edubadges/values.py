"""What a badge class says in numbers, codes and words of a list."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from services.catalog.edubadges import words
from services.catalog.edubadges.badge_class import Alignment, BadgeClass, Found
from services.catalog.edubadges.plain import plain_line
from services.catalog.edubadges.report import Report
from services.catalog.edubadges.wording import Wording
from shared.contracts.vocabulary import (
    AssessmentType,
    LevelBasis,
    ModeOfDelivery,
    Sector,
    StudyLoadUnit,
    Supervision,
)
from shared.strict_json import JsonObject, JsonValue

OWN_CODE: Final = "x-edubadges"
_MOST_SIZE: Final = Decimal(10_000)
_MOST_EQF: Final = 8
_DIGITS_OF_A_PROGRAMME: Final = 5
_LONGEST_KEYWORD: Final = 60
_MOST_KEYWORDS: Final = 20
_MOST_SKILLS: Final = 30
_LONGEST_CODE: Final = 256
_ESCO: Final = "data.europa.eu/esco/skill/"
_ISCED_DIGITS: Final = range(2, 5)


def study_load(badge: BadgeClass, report: Report) -> JsonObject | None:
    """Return the size: EC goes before SBU, and SBU before hours."""
    chosen: JsonObject | None = None
    for found, unit in (
        (badge.ects, StudyLoadUnit.ECTS),
        (badge.sbu, StudyLoadUnit.SBU),
        (badge.hours, StudyLoadUnit.HOUR),
    ):
        if found is None:
            continue
        if chosen is not None:
            report.lost(found.pointer, "another-size")
        elif not 0 < found.value <= _MOST_SIZE:
            report.lost(found.pointer, "size-range")
        elif found.value * 10 != (found.value * 10).to_integral_value():
            report.lost(found.pointer, "two-decimals")
        else:
            _say_number(badge, found, "/studyLoad/value", report)
            chosen = {"unit": unit.value, "value": json_number(found.value)}
    return chosen


def json_number(value: Decimal) -> int | float:
    """Give the number JSON knows; tenths come back exactly as they were written."""
    return int(value) if value == value.to_integral_value() else float(value)


def _say_number(badge: BadgeClass, found: Found[Decimal], became: str, report: Report) -> None:
    if found.pointer in badge.numbers_as_text:
        report.changed(found.pointer, became, "number-from-text")
    else:
        report.taken(found.pointer, became)


def level(badge: BadgeClass, report: Report) -> JsonObject | None:
    """Return the EQF level; who verified it is not said there, so it is the provider's claim."""
    found = badge.eqf
    if found is None:
        return None
    whole = found.value == found.value.to_integral_value()
    if not whole or not 1 <= found.value <= _MOST_EQF:
        report.lost(found.pointer, "level-range")
        return None
    report.changed(found.pointer, "/level", "self-declared")
    if badge.eqf_verified is not None:
        if badge.eqf_verified.value:
            report.doubtful(badge.eqf_verified.pointer, "level-verified-by", "/level/basis")
        else:
            report.taken(badge.eqf_verified.pointer, "/level/basis")
    return {"value": f"eqf_{int(found.value)}", "basis": LevelBasis.SELF_DECLARED.value}


def modes(badge: BadgeClass, report: Report) -> list[JsonValue]:
    """Return the forms of participation."""
    kept: list[ModeOfDelivery] = []
    for found in badge.participation:
        mode, exactly = words.PARTICIPATION.get(found.value, (None, True))
        if mode is None:
            report.lost(found.pointer, "unknown-value" if exactly else "participation-known")
            continue
        if mode not in kept:
            kept.append(mode)
        became = "/modesOfDelivery"
        if exactly:
            report.changed(found.pointer, became, "other-word")
        else:
            report.doubtful(found.pointer, "near-participation", became)
    return [mode.value for mode in kept]


def assessment(
    badge: BadgeClass, wording: Wording, report: Report
) -> tuple[JsonObject | None, JsonObject | None]:
    """Return the assessment, and the criteria when there is no type to put them with."""
    kinds: list[AssessmentType] = []
    for found in badge.assessment_types:
        kind, exactly = words.ASSESSMENT.get(found.value, (None, True))
        if kind is None:
            report.lost(found.pointer, "unknown-value")
            continue
        if kind not in kinds:
            kinds.append(kind)
        if exactly:
            report.changed(found.pointer, "/assessment/types", "other-word")
        else:
            report.doubtful(found.pointer, "near-assessment", "/assessment/types")
    if not kinds:
        criteria = badge.criteria
        text = wording.plain(criteria) if criteria else None
        if criteria is None or text is None:
            return None, None
        report.changed(criteria.pointer, "/description", "added-to-description")
        return None, {wording.language: text}
    description = wording.write(badge.criteria, "/assessment/description")
    if description is None:
        names = [words.NAMES[kind] for kind in kinds]
        description = {
            "nl": " ".join(name.best("nl") for name in names),
            "en": " ".join(name.best("en") for name in names),
        }
        where = badge.assessment_types[0].pointer
        report.doubtful(where, "no-own-words", "/assessment/description")
    return {"types": [kind.value for kind in kinds], "description": description}, None


def supervision(badge: BadgeClass, forms: Sequence[JsonValue], report: Report) -> str | None:
    """Return the supervision: one word in educredentials, two yes-or-no's in edubadges."""
    became = "/supervision"
    if badge.supervision is not None:
        found = badge.supervision
        word = words.SUPERVISION.get(found.value)
        if word is None:
            report.lost(found.pointer, "unknown-value")
            return None
        if word[1]:
            report.changed(found.pointer, became, "other-word")
        else:
            report.doubtful(found.pointer, "supervised-where", became)
        if badge.identity_checked is not None:
            report.lost(badge.identity_checked.pointer, "repeated")
        return word[0].value
    flags = [one for one in (badge.supervised, badge.identity_checked) if one is not None]
    if not flags:
        return None
    supervised = badge.supervised is not None and badge.supervised.value
    checked = badge.identity_checked is not None and badge.identity_checked.value
    kind, doubt = _supervision(forms, supervised=supervised, checked=checked)
    for one in flags:
        if doubt is None:
            report.changed(one.pointer, became, "other-word")
        else:
            report.doubtful(one.pointer, doubt, became)
    return kind.value


def _supervision(
    forms: Sequence[JsonValue], *, supervised: bool, checked: bool
) -> tuple[Supervision, str | None]:
    if supervised and checked:
        return Supervision.SUPERVISED_WITH_IDENTITY_CHECK, None
    if supervised:
        if list(forms) == [ModeOfDelivery.ONLINE.value]:
            return Supervision.SUPERVISED_ONLINE, None
        is_on_site = list(forms) == [ModeOfDelivery.PRESENTIAL.value]
        return Supervision.SUPERVISED_ONSITE, None if is_on_site else "supervised-where"
    doubt = "identity-without-supervision" if checked else "false-by-default"
    return Supervision.UNSUPERVISED, doubt


def other_codes(badge: BadgeClass, sector: Sector | None, report: Report) -> list[JsonValue]:
    """Return what edubadges calls it, and the codes of the programmes it belongs to."""
    codes: list[JsonValue] = []
    own = badge.own_code
    if own is not None:
        code = plain_line(own.value)
        if code and len(code) <= _LONGEST_CODE:
            codes.append({"codeType": OWN_CODE, "code": code})
            report.changed(own.pointer, "/otherCodes/0", "own-code")
        else:
            report.lost(own.pointer, "does-not-fit")
    kind = "x-crebo" if sector is Sector.MBO else "x-croho"
    for found in badge.programme_codes:
        digits = f"{found.value:f}"
        if len(digits) != _DIGITS_OF_A_PROGRAMME or not digits.isdecimal():
            report.lost(found.pointer, "programme-code")
            continue
        report.doubtful(found.pointer, "croho-or-crebo", f"/otherCodes/{len(codes)}")
        codes.append({"codeType": kind, "code": digits})
    return codes


def keywords(badge: BadgeClass, report: Report) -> list[JsonValue]:
    """Return the labels that have a name."""
    kept: list[str] = []
    for found in badge.tags:
        word = plain_line(found.value) if isinstance(found.value, str) else ""
        if not isinstance(found.value, str):
            report.lost(found.pointer, "number-of-a-tag")
        elif not word or len(word) > _LONGEST_KEYWORD:
            report.lost(found.pointer, "does-not-fit" if word else "empty")
        elif word.casefold() in {one.casefold() for one in kept}:
            report.lost(found.pointer, "repeated")
        elif len(kept) == _MOST_KEYWORDS:
            report.lost(found.pointer, "too-many")
        else:
            report.taken(found.pointer, f"/keywords/{len(kept)}")
            kept.append(word)
    return list(kept)


def skill(one: Alignment, wording: Wording) -> JsonObject | None:
    """Return an ESCO skill, if that is what an alignment points to."""
    if one.url is None or one.name is None or _ESCO not in one.url:
        return None
    label = plain_line(one.name)
    return {"uri": one.url.strip(), "label": {wording.language: label}} if label else None


def isced(one: Alignment) -> str | None:
    """Return an ISCED-F code, if that is what an alignment names."""
    named = f"{one.framework or ''} {one.kind or ''}".upper()
    code = (one.code or "").strip()
    is_code = code.isascii() and code.isdecimal() and len(code) in _ISCED_DIGITS
    return code if "ISCED" in named and is_code else None


def is_of(one: Alignment, word: str) -> bool:
    """Say whether an alignment is of this kind (educredentials: `ext:EQF`)."""
    return (one.kind or "").removeprefix("ext:").casefold() == word.casefold()
