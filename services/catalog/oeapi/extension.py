"""What OEAPI has no place for, in its `ext` member under our own name; read back from there.

Apart from the mapping, because here nothing is translated: members of a description travel in
their own JSON, so that a description comes back as it was.
"""

from typing import Final

from services.catalog.oeapi.entry import Entry, compact, moment
from shared.contracts.microcredential import OtherCode
from shared.strict_json import JsonObject, JsonValue

NAME: Final = "waarmerk"
LONGEST_LINK: Final = 2048
WHOLE_MEMBERS: Final = (
    "qualityAssurance",
    "supervision",
    "stackability",
    "targetGroup",
    "admission",
    "skills",
    "keywords",
    "privateCategories",
)


CODE_TYPES: Final = frozenset(
    (
        *("account_id", "bag_id", "building_id", "component_code", "eckid", "email_address"),
        *("esi", "group_code", "group_type_code", "identifier", "institution_code", "isbn"),
        *("issn", "kvk_establishment_id", "kvk_organisation_id", "leerbedrijf_id"),
        *("national_identity_number", "offering_code", "orcid", "organisation_id"),
        *("product_id", "programme_code", "room_code", "schac_home", "student_number"),
        *("studielink_number", "system_id", "username", "uuid"),
    )
)
"""The code types of OEAPI v6; every other one begins with `x-`."""


def public_type(code: OtherCode) -> str:
    """Return the type of a code as OEAPI asks it."""
    known = code.code_type in CODE_TYPES or code.code_type.startswith("x-")
    return code.code_type if known else f"x-{code.code_type}"


def link_of(entry: Entry) -> str | None:
    """Return the address a reader is sent to."""
    chosen = str(entry.content.further_information or entry.microcredential.page)
    return chosen if len(chosen) <= LONGEST_LINK else None


def write_extension(entry: Entry) -> JsonObject:
    """Write what else there is to know, for who knows us."""
    published = entry.microcredential
    own = published.model_dump(mode="json", exclude_none=True, by_alias=True)
    content = own["content"]
    members: JsonObject = {name: content.get(name) for name in WHOLE_MEMBERS}
    if "level" in content:
        level = content["level"]
        members["level"] = compact(
            {"basis": level["basis"], "registrationId": level.get("registrationId")}
        )
    if "assessment" in content:
        members["assessment"] = {"types": content["assessment"]["types"]}
    members["inLanguage"] = content.get("inLanguage")
    if any(public_type(one) != one.code_type for one in published.content.other_codes):
        members["otherCodes"] = content["otherCodes"]
    if content.get("furtherInformation") == own["page"]:
        members["furtherInformation"] = own["page"]
    known: JsonObject = {
        "version": published.version,
        "page": own["page"],
        "policy": own["policy"],
        "approval": own.get("approval"),
        "onBehalfOf": own.get("onBehalfOf"),
        "publishedAt": moment(published.published_at),
        "content": compact(members),
    }
    return {NAME: compact(known)}


def own_part(ext: JsonValue) -> JsonObject:
    """Return our part of an `ext` member, or nothing."""
    part = ext.get(NAME) if isinstance(ext, dict) else None
    return part if isinstance(part, dict) else {}
