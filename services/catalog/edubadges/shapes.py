"""The shapes a badge class comes in, each read into one vocabulary.

- the API of edubadges: snake_case, `extensions` as one object, `alignments`, `criteria_text`;
- its public Open Badges 2.0 JSON: `extensions:…Extension` members, `alignment`, `criteria`, and
  with `expand=micro` the rest in camelCase;
- its catalogue for phones: `badgeclassextension_set` with names and values;
- an Open Badges 3.0 achievement of educredentials, alone or inside its credential.
(Facts read in edubadges-server, June 2026, and in obv3-examples.)
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from services.catalog.edubadges.badge_class import Alignment, BadgeClass, Found, Source
from services.catalog.edubadges.report import Report
from shared.errors import Fault
from shared.strict_json import JsonValue

EXTENSIONS: Final = (
    "Language",
    "ECTS",
    "StudyLoad",
    "TimeInvestment",
    "EQF",
    "LearningOutcome",
    "EducationProgramIdentifier",
)
_LOST: Final = {
    "setting": (
        "formal is_private narrative_required evidence_required narrative_student_required"
        " evidence_student_required award_non_validated_name_allowed awardNonValidatedNameAllowed"
        " direct_awarding_disabled self_enrollment_disabled self_enrollment_enabled user_may_enroll"
        " award_allowed_institutions is_micro_credentials endorsements endorsed sourceUrl"
        " source_url hostedUrl hosted_url"
    ),
    "of-the-award": (
        "expiration_period grade_achieved_required gradeAchievedRequired resultDescription"
        " achievementType creditsAvailable"
    ),
    "picture": "image",
    "issuer": "issuer creator",
    "person": "created_by staff related_persons",
    "dates-of-there": "created_at updated_at createdAt updatedAt",
    "technical": "@context type",
    "repeated": "json",
}
_HALLMARKS: Final = frozenset(
    {
        "assessment_type",
        "badge_class_type",
        "badgeclassextension_set",
        "criteria",
        "criteria_text",
        "entity_id",
        "extensions",
        "issuer",
        "participation",
        "quality_assurance_name",
        "typeBadgeClass",
    }
)
_WHY_LOST: Final = {name: code for code, names in _LOST.items() for name in names.split()}


def read_shape(source: Source, report: Report) -> BadgeClass:
    """Read whichever shape this is, and report what no shape of it has a place for here."""
    subject = source.members.get("credentialSubject")
    if isinstance(subject, dict) and "achievement" in subject:
        return _read_credential(source, report)
    if _is_achievement(source.members.get("type")):
        return _read_achievement(source, report)
    if not any(name in _HALLMARKS or name.startswith("extensions:") for name in source.members):
        source.faults.append(_no_badge_class(source.pointer))
    return _read_badge_class(source, report)


def _no_badge_class(pointer: str) -> Fault:
    return Fault(
        pointer,
        "edubadges-shape",
        "This is not the JSON of a badge class of edubadges (its API or its Open Badges 2.0), and"
        " not an Open Badges 3.0 achievement.",
        "Dit is niet de JSON van een badge class van edubadges (van de API of Open Badges 2.0), en"
        " geen achievement van Open Badges 3.0.",
    )


def _is_achievement(kinds: JsonValue) -> bool:
    named = kinds if isinstance(kinds, list) else [kinds]
    return "Achievement" in named or "EducredentialAchievement" in named


def _say_lost(source: Source, report: Report) -> None:
    for name, pointer in source.left():
        report.lost(pointer, _WHY_LOST.get(name, "unknown-member"))


def _read_badge_class(source: Source, report: Report) -> BadgeClass:
    criteria, address = _criteria(source)
    found = BadgeClass(
        name=source.text("name"),
        description=source.text("description"),
        criteria=source.text("criteria_text") or criteria,
        criteria_address=address,
        participation=_words(source.text("participation")),
        assessment_types=_words(source.text("assessment_type", "assessmentType")),
        supervised=source.flag("assessment_supervised", "assessmentSupervised"),
        identity_checked=source.flag("assessment_id_verified", "assessmentIdVerified"),
        quality_name=source.text("quality_assurance_name", "qualityAssuranceName"),
        quality_address=source.text("quality_assurance_url", "qualityAssuranceUrl"),
        quality_description=source.text(
            "quality_assurance_description", "qualityAssuranceDescription"
        ),
        eqf_verified=source.flag("eqf_nlqf_level_verified", "eqfNlqfLevelVerified"),
        stackable=source.flag("stackable"),
        tags=_tags(source, "tags"),
        alignments=[*_alignments(source, "alignments"), *_alignments(source, "alignment")],
        kind=source.text("badge_class_type", "typeBadgeClass"),
        own_code=_own_code(source),
        archived=source.flag("archived"),
    )
    _read_extensions(source, found, report)
    _say_lost(source, report)
    return found


def _own_code(source: Source) -> Found[str] | None:
    named = source.text("entity_id", "id")
    source.asked.add("id")
    return named


def _criteria(source: Source) -> tuple[Found[str] | None, Found[str] | None]:
    """Read OB 2.0 criteria: a narrative, an address, or only an address."""
    if isinstance(source.members.get("criteria"), str):
        return None, source.text("criteria")
    inside = source.inside("criteria")
    if inside is None:
        return None, None
    return inside.text("narrative"), inside.text("id")


def _words(found: Found[str] | None) -> list[Found[str]]:
    """Read a list that is written with commas."""
    if found is None:
        return []
    return [Found(word.strip(), found.pointer) for word in found.value.split(",") if word.strip()]


def _tags(source: Source, name: str) -> list[Found[JsonValue]]:
    return [Found(value, f"{source.at(name)}/{at}") for at, value in enumerate(source.values(name))]


def _alignments(source: Source, name: str) -> Iterator[Alignment]:
    for one in source.each(name):
        texts = {
            word: one.text(f"target{word}", f"target_{word.lower()}")
            for word in ("Name", "Url", "Framework", "Code")
        }
        kind = one.text("targetType")
        said = {word: found.value if found else None for word, found in texts.items()}
        yield Alignment(
            pointer=one.pointer,
            name=said["Name"],
            url=said["Url"],
            framework=said["Framework"],
            code=said["Code"],
            kind=kind.value if kind else None,
        )


def _read_extensions(source: Source, found: BadgeClass, report: Report) -> None:
    """Read the extensions from wherever the shape has them."""
    for name, inside in _extensions(source, report):
        if name == "Language":
            found.language = inside.text(name)
        elif name == "LearningOutcome":
            found.outcomes = inside.text(name)
        elif name == "ECTS":
            found.ects = inside.number(name)
        elif name == "StudyLoad":
            found.sbu = inside.number(name)
        elif name == "TimeInvestment":
            found.hours = inside.number(name)
        elif name == "EQF":
            found.eqf = inside.number(name)
        else:
            found.programme_codes = _numbers(inside, name)


def _extensions(source: Source, report: Report) -> Iterator[tuple[str, Source]]:
    members = source.inside("extensions")
    for name in EXTENSIONS:
        key = f"extensions:{name}Extension"
        for holder in (source, members):
            if holder is not None and (inside := holder.inside(key)) is not None:
                yield name, inside
    if members is not None:
        for _, pointer in members.left():
            report.lost(pointer, "unknown-member")
    for one in source.each("badgeclassextension_set"):
        named = one.text("name")
        name = named.value.removeprefix("extensions:").removesuffix("Extension") if named else ""
        if name in EXTENSIONS and "value" in one.members:
            value = one.members["value"]
            yield name, Source({name: value}, one.pointer, one.faults, one.texts_as_numbers)
        else:
            report.lost(one.pointer, "unknown-member")


def _numbers(source: Source, name: str) -> list[Found[Decimal]]:
    """Read a number, or a list of numbers."""
    if not isinstance(source.members.get(name), list):
        one = source.number(name)
        return [one] if one else []
    found = []
    for at, value in enumerate(source.values(name)):
        inside = Source({str(at): value}, source.at(name), source.faults, source.texts_as_numbers)
        one = inside.number(str(at))
        if one is not None:
            found.append(one)
    return found


def _read_credential(source: Source, report: Report) -> BadgeClass:
    """Read the achievement inside a credential; whose credential it is, is not even looked at."""
    subject = source.inside("credentialSubject")
    inside = subject.inside("achievement") if subject else None
    if subject is None or inside is None:
        return BadgeClass()
    found = _read_achievement(inside, report)
    for name, pointer in subject.left():
        report.lost(pointer, "technical" if name == "type" else "person")
    for name, pointer in source.left():
        report.lost(pointer, _WHY_LOST.get(name, "of-the-award"))
    return found


def _read_achievement(source: Source, report: Report) -> BadgeClass:
    criteria, address = _criteria(source)
    found = BadgeClass(
        name=source.text("name"),
        description=source.text("description"),
        criteria=criteria,
        criteria_address=address,
        language=source.text("inLanguage"),
        participation=_whole(source.text("participationType")),
        assessment_types=_whole(source.text("assessmentType")),
        identity_checked=source.flag("identityChecked"),
        supervision=source.text("supervisionType"),
        ects=source.number("ECTS"),
        sbu=source.number("SBU"),
        hours=source.number("timeInvestment"),
        programme_codes=_numbers(source, "educationProgramIdentifier"),
        tags=_tags(source, "tag"),
        alignments=[*_alignments(source, "alignment")],
        own_code=source.text("id"),
    )
    _say_lost(source, report)
    return found


def _whole(found: Found[str] | None) -> list[Found[str]]:
    return [found] if found else []
