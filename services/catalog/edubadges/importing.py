"""From a badge class to a draft: every member read, made ours, and accounted for."""

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from services.catalog.edubadges import values
from services.catalog.edubadges.badge_class import (
    Alignment,
    BadgeClass,
    EdubadgesRefusedError,
    Found,
    Source,
    exact,
)
from services.catalog.edubadges.report import Entry, Report
from services.catalog.edubadges.shapes import read_shape
from services.catalog.edubadges.wording import LONGEST, Wording, outcomes_of, wording_of
from services.catalog.edubadges.words import STACKABLE
from shared.contracts.microcredential import Description
from shared.contracts.requests import REQUEST
from shared.contracts.vocabulary import Sector
from shared.errors import Fault
from shared.strict_json import JsonObject, JsonValue

_MOST_SKILLS: Final = 30
_MICROCREDENTIAL: Final = "micro_credential"


@dataclass(frozen=True, slots=True)
class Imported:
    """The draft, and what became of each member."""

    content: Description
    entries: tuple[Entry, ...]

    @property
    def own_code(self) -> str | None:
        """Return what edubadges calls it: the same badge class has the same code again."""
        for other in self.content.other_codes:
            if other.code_type == values.OWN_CODE:
                return other.code
        return None


def read_badge_class(members: JsonObject, *, sector: Sector | None, at: str = "") -> Imported:
    """Read a badge class in whichever shape, or refuse it with every fault; `at` goes before."""
    faults: list[Fault] = []
    as_text: list[str] = []
    report = Report()
    badge = read_shape(Source(members, at, faults, as_text), report)
    badge.numbers_as_text = as_text
    if badge.name is None and not any(fault.pointer == f"{at}/name" for fault in faults):
        faults.append(
            Fault(
                f"{at}/name",
                "edubadges-name",
                "A badge class has a name; a draft is called by it.",
                "Een badge class heeft een naam; een concept heet ernaar.",
            )
        )
    if faults:
        raise EdubadgesRefusedError(faults=tuple(faults))
    imported = _import(badge, report, sector=sector, at=at)
    order = {f"{at}/{name}": number for number, name in enumerate(members)}
    depth = at.count("/") + 2
    entries = sorted(
        imported.entries, key=lambda one: order.get("/".join(one.pointer.split("/")[:depth]), -1)
    )
    return Imported(imported.content, tuple(entries))


def _import(badge: BadgeClass, report: Report, *, sector: Sector | None, at: str) -> Imported:
    wording, tag = wording_of(badge, report)
    draft: JsonObject = {"title": _title(badge, wording, at=at)}
    if tag is not None:
        draft["inLanguage"] = tag
    _align(badge, draft, wording)
    description = wording.write(badge.description, "/description")
    tested, criteria = values.assessment(badge, wording, report)
    forms = values.modes(badge, report)
    _put(draft, "description", _joined(badge, description, criteria, wording))
    _put(draft, "learningOutcomes", outcomes_of(badge.outcomes, wording))
    _put(draft, "studyLoad", values.study_load(badge, report))
    _put(draft, "level", values.level(badge, report))
    _put(draft, "assessment", tested)
    _put(draft, "modesOfDelivery", forms)
    _put(draft, "supervision", values.supervision(badge, forms, report))
    _put(draft, "qualityAssurance", _quality(badge, wording))
    _put(draft, "stackability", _stackability(badge, report))
    _put(draft, "otherCodes", values.other_codes(badge, sector, report))
    _put(draft, "keywords", values.keywords(badge, report))
    if badge.criteria_address is not None:
        draft["furtherInformation"] = badge.criteria_address.value.strip()
        report.changed(badge.criteria_address.pointer, "/furtherInformation", "other-word")
    _say_what_it_was(badge, report)
    return Imported(_fitting(draft, report, at=at), tuple(report.entries))


def _put(draft: JsonObject, name: str, value: JsonValue) -> None:
    if value:
        draft[name] = value


def _title(badge: BadgeClass, wording: Wording, *, at: str) -> JsonObject:
    """Return the title in one line; without words there is no draft."""
    found = badge.name
    line = wording.plain(found, one_line=True) if found else None
    if found is None or line is None:
        raise EdubadgesRefusedError(faults=(_no_name(at),))
    wording.say(found, line, "/title")
    return {wording.language: line}


def _no_name(at: str) -> Fault:
    return Fault(
        f"{at}/name",
        "edubadges-name",
        "The name has no words left once its markup is taken away.",
        "Van de naam blijven geen woorden over als de opmaak weg is.",
    )


def _joined(
    badge: BadgeClass, first: JsonObject | None, second: JsonObject | None, wording: Wording
) -> JsonObject | None:
    """Put the criteria under the description, as far as there is room."""
    whole = "\n\n".join(str(one[wording.language]) for one in (first, second) if one)
    if len(whole) > LONGEST and badge.criteria is not None:
        wording.report.lost(badge.criteria.pointer, "too-long")
    return {wording.language: whole[:LONGEST].rstrip()} if whole else None


def _quality(badge: BadgeClass, wording: Wording) -> JsonObject | None:
    """Return the statement of quality assurance: its name and its description in one."""
    parts: list[str] = []
    for found in (badge.quality_name, badge.quality_description):
        text = wording.plain(found, one_line=found is badge.quality_name) if found else None
        if found is not None and text is not None:
            parts.append(text)
            wording.report.changed(
                found.pointer, f"/qualityAssurance/statement/{wording.language}", "joined-statement"
            )
    address = badge.quality_address
    if not parts:
        if address is not None:
            wording.report.lost(address.pointer, "does-not-fit")
        return None
    whole = ": ".join(parts)
    if len(whole) > LONGEST and badge.quality_description is not None:
        wording.report.lost(badge.quality_description.pointer, "too-long")
    quality: JsonObject = {"statement": {wording.language: whole[:LONGEST].rstrip()}}
    if address is not None:
        quality["url"] = address.value.strip()
        wording.report.taken(address.pointer, "/qualityAssurance/url")
    return quality


def _stackability(badge: BadgeClass, report: Report) -> JsonObject | None:
    found = badge.stackable
    if found is None:
        return None
    if not found.value:
        report.doubtful(found.pointer, "false-by-default")
        return None
    report.changed(found.pointer, "/stackability", "stackable")
    return STACKABLE.model_dump(mode="json")


def _align(badge: BadgeClass, draft: JsonObject, wording: Wording) -> None:
    """Take ESCO skills, the field of study, the level and quality assurance from alignments."""
    skills: list[JsonValue] = []
    report = wording.report
    for one in badge.alignments:
        if (code := values.isced(one)) is not None and "fieldOfStudy" not in draft:
            draft["fieldOfStudy"] = code
            report.taken(one.pointer, "/fieldOfStudy")
        elif (skill := values.skill(one, wording)) is not None:
            if len(skills) == _MOST_SKILLS:
                report.lost(one.pointer, "too-many")
                continue
            report.taken(one.pointer, f"/skills/{len(skills)}")
            skills.append(skill)
        elif values.is_of(one, "EQF") and badge.eqf is None and _level_of(one, badge):
            continue
        elif values.is_of(one, "QualityAssurance") and badge.quality_name is None:
            badge.quality_name = Found(one.name, one.pointer) if one.name else None
            badge.quality_address = Found(one.url, one.pointer) if one.url else None
        else:
            report.lost(one.pointer, "alignment")
    if skills:
        draft["skills"] = skills


def _level_of(one: Alignment, badge: BadgeClass) -> bool:
    number = exact(one.code)
    if number is None:
        return False
    badge.eqf = Found(number, one.pointer)
    return True


def _say_what_it_was(badge: BadgeClass, report: Report) -> None:
    if badge.kind is not None:
        if badge.kind.value == _MICROCREDENTIAL:
            report.taken(badge.kind.pointer, "")
        else:
            report.doubtful(badge.kind.pointer, "not-a-microcredential")
    if badge.archived is not None:
        if badge.archived.value:
            report.doubtful(badge.archived.pointer, "archived-there")
        else:
            report.lost(badge.archived.pointer, "setting")
    for flag in (badge.eqf_verified, badge.identity_checked):
        if flag is not None and not any(one.pointer == flag.pointer for one in report.entries):
            report.lost(flag.pointer, "does-not-fit")


def _fitting(draft: JsonObject, report: Report, *, at: str) -> Description:
    """Judge the draft as any request; what does not fit is lost, member by member."""
    while True:
        try:
            return Description.model_validate(draft, context=REQUEST)
        except ValidationError as error:
            if not _leave_out(draft, error, report):
                raise EdubadgesRefusedError(faults=(_no_name(at),)) from None


def _leave_out(draft: JsonObject, error: ValidationError, report: Report) -> bool:
    """Take away what is wrong: one of a list, an address inside, or else the whole member.

    The title cannot be left out.
    """
    at = error.errors(include_url=False, include_input=False)[0]["loc"]
    name = str(at[0]) if at else ""
    member = draft.get(name)
    if name == "title" or name not in draft:
        return False
    if isinstance(member, list) and len(at) > 1 and isinstance(at[1], int):
        report.withdraw_one(f"/{name}", at[1], "does-not-fit")
        del member[at[1]]
        if member:
            return True
    elif isinstance(member, dict) and at[1:2] == ("url",):
        report.withdraw(f"/{name}/url", "address")
        del member["url"]
        return True
    for entry in list(report.entries):
        if entry.became is not None and entry.became.startswith(f"/{name}"):
            report.withdraw(entry.became, "address" if "Information" in name else "does-not-fit")
    del draft[name]
    return True
