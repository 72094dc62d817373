"""The same in OOAPI v5, for systems that have not moved yet: fewer words, and American spelling.

Pure, and down only: v5 knows no microcredential, so it becomes a certificate (netherlands.md 2.3);
what v5 demands and we do not have is filled with the nearest thing that is true.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from services.catalog.domain.days import dutch_day
from services.catalog.oeapi import consumers
from services.catalog.oeapi.entry import Audience, Entry, Run, compact
from services.catalog.oeapi.extension import NAME, link_of
from services.catalog.oeapi.identity import organisation_id
from services.catalog.oeapi.languages import three_letters
from services.catalog.oeapi.texts import write_text
from services.catalog.oeapi.writing import education_level
from shared.contracts.microcredential import OtherCode
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import ModeOfDelivery, Sector
from shared.strict_json import JsonObject, JsonValue

CODE_TYPES: Final[Mapping[str, str]] = {
    "bag_id": "bagId",
    "building_id": "buildingId",
    "component_code": "componentCode",
    "group_code": "groupCode",
    "identifier": "identifier",
    "institution_code": "brin",
    "isbn": "isbn",
    "issn": "issn",
    "offering_code": "offeringCode",
    "organisation_id": "organizationId",
    "product_id": "productId",
    "programme_code": "programCode",
    "room_code": "roomCode",
    "schac_home": "schacHome",
    "system_id": "systemId",
    "uuid": "uuid",
    "x-crebo": "crohoCreboCode",
    "x-croho": "crohoCreboCode",
}
_MODES: Final = {
    ModeOfDelivery.BLENDED: "hybrid",
    ModeOfDelivery.COIL: "online",
    ModeOfDelivery.HYBRID: "hybrid",
    ModeOfDelivery.ONLINE: "online",
    ModeOfDelivery.PRESENTIAL: "on campus",
    ModeOfDelivery.RESEARCH_LAB_BASED: "on campus",
    ModeOfDelivery.WORK_BASED: "situated",
}
_SECTORS: Final = {
    Sector.HBO: "higher professional education",
    Sector.WO: "university education",
    Sector.MBO: "secondary vocational education",
}
_SPELLING: Final = {"behaviour_and_society": "behavior_and_society"}
UNDETERMINED: Final = "und"
"""ISO 639-2 for a language that is not said."""


def write_specification(entry: Entry, *, audience: Audience = Audience.RIO) -> JsonObject:
    """Write what can be earned: an EducationSpecification."""
    return compact(
        {
            "educationSpecificationId": str(entry.specification),
            "educationSpecificationType": "privateProgram" if entry.is_private else "course",
            "formalDocument": "certificate",
            **_shared_members(entry),
            "sector": _SECTORS.get(entry.provider.sector),
            "level": _plain(education_level(entry)),
            "levelOfQualification": _level(entry),
            "consumers": _consumers(consumers.of_specification(entry, audience)),
        }
    )


def write_program(entry: Entry, *, audience: Audience = Audience.RIO) -> JsonObject:
    """Write what is taught for non-formal education: a Program."""
    return compact(
        {
            "programId": str(entry.delivery),
            "programType": "program",
            **_shared_members(entry),
            **_taught_members(entry),
            "levelOfQualification": _level(entry),
            "educationSpecification": str(entry.specification),
            "consumers": _consumers(consumers.of_delivery(entry, audience)),
        }
    )


def write_course(entry: Entry, *, audience: Audience = Audience.RIO) -> JsonObject:
    """Write what is taught at a school or university: a Course."""
    return compact(
        {
            "courseId": str(entry.delivery),
            **_shared_members(entry),
            **_taught_members(entry),
            "level": _plain(education_level(entry)) or "undefined",
            "educationSpecification": str(entry.specification),
            "consumers": _consumers(consumers.of_delivery(entry, audience)),
        }
    )


def write_organization(organisation: Organisation) -> JsonObject:
    """Write an organization."""
    codes = [("brin", organisation.brin), ("x-kvk", organisation.kvk)]
    address: JsonObject = {
        "addressType": "visit",
        "city": organisation.city,
        "countryCode": organisation.country,
    }
    return compact(
        {
            "organizationId": str(organisation_id(organisation.oin)),
            "primaryCode": {"codeType": "x-oin", "code": organisation.oin},
            "organizationType": "root",
            "name": write_text(organisation.name),
            "shortName": organisation.name.best()[:256],
            "addresses": [address] if organisation.city else None,
            "link": str(organisation.website) if organisation.website else None,
            "otherCodes": [{"codeType": kind, "code": one} for kind, one in codes if one],
        }
    )


def write_offering(run: Run, *, today: date, audience: Audience = Audience.RIO) -> JsonObject:
    """Write a run; v5 has one kind of offering, and demands both its days."""
    offering, entry = run.offering, run.entry
    kind = "program" if entry.is_private else "course"
    days = offering.days
    members: JsonObject = {
        "offeringId": str(offering.offering_id),
        "offeringType": kind,
        kind: str(entry.delivery),
        "organization": str(organisation_id(offering.provider)),
        "primaryCode": {"codeType": "offeringCode", "code": offering.primary_code},
        "otherCodes": [_code(one) for one in offering.other_codes],
        "name": write_text(offering.name or entry.content.title),
        "description": write_text(entry.content.description or entry.content.title),
        "teachingLanguage": _language(offering.in_language or entry.content.in_language),
        "modeOfDelivery": _modes(offering.modes_of_delivery),
        "resultExpected": True,
        "maxNumberStudents": offering.places,
        "startDate": None if days is None else days.first_day.isoformat(),
        "endDate": None if days is None or days.last_day is None else days.last_day.isoformat(),
        "addresses": _addresses(offering),
        "priceInformation": _price(offering),
        "link": link_of(entry),
        "consumers": _consumers(consumers.of_offering(run, audience, today)),
        **_enrolment(offering),
    }
    return compact(members)


def _shared_members(entry: Entry) -> JsonObject:
    """Write what all three have in common."""
    content, published = entry.content, entry.microcredential
    load = content.study_load
    own = content.primary_code
    outcomes: list[JsonValue] = [write_text(one) for one in content.learning_outcomes]
    return {
        "primaryCode": {"codeType": "programCode", "code": own}
        if own
        else {"codeType": "uuid", "code": str(entry.specification)},
        "otherCodes": [_code(one) for one in content.other_codes],
        "name": write_text(content.title),
        "abbreviation": content.abbreviation,
        "description": write_text(content.description),
        "studyLoad": None
        if load is None
        else {"studyLoadUnit": str(load.unit), "value": load.model_dump(mode="json")["value"]},
        "fieldsOfStudy": content.field_of_study,
        "learningOutcomes": outcomes,
        "link": link_of(entry),
        "organization": str(organisation_id(entry.provider.oin)),
        "validFrom": _date(published.published_at),
        "validTo": _date(published.archived_at),
        "ext": {NAME: {"page": str(published.page), "version": published.version}},
    }


def _taught_members(entry: Entry) -> JsonObject:
    """Fill what v5 demands of whatever is taught."""
    content = entry.content
    return {
        "abbreviation": content.abbreviation or content.primary_code or content.title.best()[:256],
        "description": write_text(content.description or content.title),
        "teachingLanguage": _language(content.in_language),
        "modeOfDelivery": _modes(content.modes_of_delivery),
        "assessment": write_text(content.assessment.description if content.assessment else None),
        "admissionRequirements": write_text(content.admission_requirements),
    }


def _plain(value: str | None) -> str | None:
    """Write a word of v6 as v5 has it, with spaces."""
    return None if value is None else value.replace("_", " ")


def _level(entry: Entry) -> str | None:
    """Write the number of a level."""
    level = entry.content.level
    if level is None:
        return None
    return str(level.value).partition("_")[2].replace("plus", "+")


def _language(tag: str | None) -> str:
    code = three_letters(tag) if tag else UNDETERMINED
    return code if len(code) == len(UNDETERMINED) else UNDETERMINED


def _modes(modes: tuple[ModeOfDelivery, ...]) -> list[JsonValue]:
    """Write the forms that v5 knows, each once."""
    return [*dict.fromkeys(_MODES[mode] for mode in modes if mode in _MODES)]


def _code(code: OtherCode) -> JsonValue:
    kind = code.code_type
    known = CODE_TYPES.get(kind) or (kind if kind.startswith("x-") else f"x-{kind}")
    return {"codeType": known, "code": code.code}


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else dutch_day(moment).isoformat()


def _addresses(offering: Offering) -> list[JsonValue]:
    location = offering.location
    if location is None:
        return []
    address: JsonObject = {
        "addressType": "teaching",
        "additional": write_text(location.name),
        "city": location.city,
        "countryCode": location.country,
    }
    return [compact(address)]


def _price(offering: Offering) -> list[JsonValue]:
    price = offering.price
    if price is None:
        return []
    told: JsonObject = {
        "costType": "total costs",
        "amount": f"{price.amount:.2f}",
        "vatAmount": None if price.vat_amount is None else f"{price.vat_amount:.2f}",
        "currency": price.currency,
    }
    return [compact(told)]


def _enrolment(offering: Offering) -> JsonObject:
    """Write one period of enrolment, from the first day of the first to the last of the last."""
    periods, flexible = offering.enrolment_periods, offering.flexible_entry
    ends = [period.last_day for period in periods]
    last = None if None in ends else max((day for day in ends if day), default=None)
    first = min((period.first_day for period in periods), default=None)
    days: dict[str, date | None] = {"enrollStartDate": first, "enrollEndDate": last}
    if flexible is not None:
        days |= {
            "flexibleEntryPeriodStart": flexible.first_day,
            "flexibleEntryPeriodEnd": flexible.last_day,
        }
    return {name: None if day is None else day.isoformat() for name, day in days.items()}


def _consumers(block: JsonObject | None) -> list[JsonValue]:
    """Write a block in the list that v5 has, in its spelling."""
    if block is None:
        return []
    told: dict[str, Any] = {
        name: value
        for name, value in block.items()
        if name not in {"type", "specificationType", "specificationId", "enrolmentPeriod"}
    }
    if "privateCategory" in told:
        categories = told.pop("privateCategory")
        told["category"] = [_SPELLING.get(one, one) for one in categories]
    if "alliances" in told:
        told["alliances"] = [
            {name.replace("enrolment", "enrollment"): value for name, value in one.items()}
            for one in told["alliances"]
        ]
    return [_with_spaces(told)]


def _with_spaces(block: dict[str, Any]) -> JsonValue:
    sector = block.get("sector")
    return {**block, "sector": _plain(sector)} if sector else block
