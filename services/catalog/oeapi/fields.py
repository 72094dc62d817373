"""OEAPI's `fields=(name,organisation(name))`: what is asked for, and what no answer can lack.

Apart from the writing, because it is a small language of its own. Unknown names are passed over;
mandatory members are always there, so that the answer stays what the document says.
"""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from shared.errors import RuleError
from shared.strict_json import JsonObject, JsonValue

Tree = dict[str, "Tree"]
_PART: Final = re.compile(r"\s*([A-Za-z0-9_-]{1,64}|[(),])")
_DEEPEST: Final = 6
_PROGRAMME: Final = frozenset({"programmeId", "programmeType", "name", "primaryCode"})
_COURSE: Final = frozenset({"courseId", "name", "primaryCode"})
_RUN: Final = frozenset({"programmeOfferingId", "courseOfferingId", "name", "primaryCode"})
_OUTCOME: Final = frozenset({"learningOutcomeId", "name", "primaryCode"})
_ORGANISATION: Final = frozenset({"organisationId", "organisationType", "name", "primaryCode"})
_V5_TAUGHT: Final = frozenset(
    {"name", "abbreviation", "description", "primaryCode", "teachingLanguage"}
)
_TEXT: Final = frozenset({"language", "value"})
_CODE: Final = frozenset({"codeType", "code"})
MANDATORY: Final[Mapping[str, frozenset[str]]] = {
    "service": frozenset({"contactEmail", "specification", "documentation"}),
    "programmes": _PROGRAMME,
    "programme": _PROGRAMME,
    "parent": _PROGRAMME,
    "children": _PROGRAMME,
    "organizations": frozenset(
        {"organizationId", "organizationType", "name", "shortName", "primaryCode"}
    ),
    "specifications": frozenset(
        {"educationSpecificationId", "educationSpecificationType", "name", "primaryCode"}
    ),
    "programs": _V5_TAUGHT | {"programId", "programType"},
    "v5-courses": _V5_TAUGHT | {"courseId", "level"},
    "v5-offerings": frozenset(
        (
            *("offeringId", "offeringType", "primaryCode", "name", "description"),
            *("teachingLanguage", "resultExpected", "startDate", "endDate"),
        )
    ),
    "courses": _COURSE,
    "course": _COURSE,
    "offerings": _RUN,
    "learningOutcomes": _OUTCOME,
    "organisations": _ORGANISATION,
    "organisation": _ORGANISATION,
    "name": _TEXT,
    "description": _TEXT,
    "assessment": _TEXT,
    "admissionRequirements": _TEXT,
    "additional": _TEXT,
    "primaryCode": _CODE,
    "otherCodes": _CODE,
    "studyLoad": frozenset({"studyLoadUnit", "value"}),
    "addresses": frozenset({"addressType"}),
    "priceInformation": frozenset({"costType"}),
    "enrolmentPeriods": frozenset({"startDateTime"}),
    "consumer": frozenset({"consumerKey", "alliances"}),
    "timelineOverrides": frozenset({"validFrom", "programme"}),
}


class FieldsUnreadableError(RuleError):
    """`fields` is a list between round brackets, with brackets after a name for what is in it."""

    code: ClassVar[str] = "fields-unreadable"
    dutch: ClassVar[str] = (
        "`fields` is een lijst tussen ronde haken, met haken achter een naam voor wat daarin zit."
    )


def read_fields(text: str) -> Tree:
    """Read which members are asked for."""
    whole = text.strip()
    parts = _PART.findall(whole)
    if "".join(parts) != re.sub(r"\s", "", whole):
        raise FieldsUnreadableError
    if parts[:1] != ["("]:
        parts = ["(", *parts, ")"]
    tree, rest = _read_list(parts, depth=0)
    if rest:
        raise FieldsUnreadableError
    return tree


def _read_list(parts: list[str], *, depth: int) -> tuple[Tree, list[str]]:
    """Read `(a,b(c))`; return it with what comes after."""
    if depth > _DEEPEST or parts[:1] != ["("]:
        raise FieldsUnreadableError
    tree: Tree = {}
    rest = parts[1:]
    while True:
        if not rest or rest[0] in {"(", ")", ","}:
            raise FieldsUnreadableError
        name, rest = rest[0], rest[1:]
        tree[name] = {}
        if rest[:1] == ["("]:
            tree[name], rest = _read_list(rest, depth=depth + 1)
        if rest[:1] == [")"]:
            return tree, rest[1:]
        if rest[:1] != [","]:
            raise FieldsUnreadableError
        rest = rest[1:]


def choose(members: JsonObject, tree: Tree, kind: str) -> JsonObject:
    """Return what is asked for of an object, and what it cannot do without."""
    needed = MANDATORY.get(kind, frozenset())
    return {
        name: _within(value, tree.get(name, {}), name)
        for name, value in members.items()
        if name in tree or name in needed
    }


def _within(value: JsonValue, tree: Tree, kind: str) -> JsonValue:
    """Choose inside a member; with nothing named inside it, all of it."""
    if not tree:
        return value
    if isinstance(value, dict):
        return choose(value, tree, kind)
    if isinstance(value, list):
        return [choose(one, tree, kind) if isinstance(one, dict) else one for one in value]
    return value
