"""Programmes, courses, learning outcomes and organisations as OEAPI v6 has them.

Pure: a published microcredential and its provider in, JSON out. Which id means what is in
`identity`; what OEAPI lacks is in `extension`.
"""

from collections.abc import Collection
from typing import Final

from services.catalog.oeapi import consumers
from services.catalog.oeapi.entry import (
    OWN_CODE,
    Audience,
    Entry,
    Expand,
    Outcome,
    code,
    compact,
    listed,
    moment,
)
from services.catalog.oeapi.extension import LONGEST_LINK, link_of, public_type, write_extension
from services.catalog.oeapi.identity import organisation_id, outcome_id
from services.catalog.oeapi.languages import three_letters
from services.catalog.oeapi.texts import write_text
from shared.contracts.microcredential import StudyLoad
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import QualificationLevel, Sector
from shared.strict_json import JsonObject, JsonValue

NOTHING: Final[Collection[Expand]] = ()
PROGRAMME_CODE: Final = "programme_code"
_HIGHER: Final = {
    QualificationLevel.EQF_5: "associate_degree",
    QualificationLevel.EQF_6: "bachelor",
    QualificationLevel.EQF_7: "master",
    QualificationLevel.EQF_8: "doctoral",
}
_VOCATIONAL: Final = {
    QualificationLevel.EQF_1: "secondary_vocational_education_1",
    QualificationLevel.EQF_2: "secondary_vocational_education_2",
    QualificationLevel.EQF_3: "secondary_vocational_education_3",
    QualificationLevel.EQF_4: "secondary_vocational_education_4",
}


def write_programme(
    entry: Entry, *, audience: Audience = Audience.RIO, expand: Collection[Expand] = NOTHING
) -> JsonObject:
    """Write what can be earned: the specification, with level, document and outcomes."""
    programme = _specification_members(entry) | _shared_members(entry, expand)
    programme["consumer"] = consumers.of_specification(entry, audience)
    if entry.is_private:
        programme["childIds"] = [str(entry.delivery)]
        if Expand.CHILDREN in expand:
            programme["children"] = [write_private_delivery(entry, audience=audience)]
    return compact(programme)


def write_private_delivery(
    entry: Entry, *, audience: Audience = Audience.RIO, expand: Collection[Expand] = NOTHING
) -> JsonObject:
    """Write what is taught for non-formal education: a Programme."""
    programme: JsonObject = {
        "programmeId": str(entry.delivery),
        "programmeType": "programme",
        "formalDocument": "micro_credential_certificate",
        "qualificationAwarded": "certificate",
        "levelOfQualification": _level(entry),
        "parentId": str(entry.specification),
        **_shared_members(entry, expand),
        "consumer": consumers.of_delivery(entry, audience),
    }
    if Expand.PARENT in expand:
        programme["parent"] = write_programme(entry, audience=audience)
    return compact(programme)


def write_course(
    entry: Entry, *, audience: Audience = Audience.RIO, expand: Collection[Expand] = NOTHING
) -> JsonObject:
    """Write what is taught for a microcredential of a school or university: a Course."""
    course: JsonObject = {
        "courseId": str(entry.delivery),
        "level": education_level(entry),
        "programmeIds": [str(entry.specification)],
        **_shared_members(entry, expand),
        "consumer": consumers.of_delivery(entry, audience),
    }
    if Expand.PROGRAMMES in expand:
        course["programmes"] = [write_programme(entry, audience=audience)]
    return compact(course)


def write_learning_outcome(outcome: Outcome) -> JsonObject:
    """Write one learning outcome; its text is its name."""
    published = outcome.entry.microcredential
    written = str(outcome_id(published.microcredential_id, outcome.at))
    return compact(
        {
            "learningOutcomeId": written,
            "primaryCode": code("uuid", written),
            "name": write_text(outcome.entry.content.learning_outcomes[outcome.at]),
            "fieldsOfStudy": outcome.entry.content.field_of_study,
            "validFrom": moment(published.published_at),
            "validTo": moment(published.archived_at),
            "ext": {"waarmerk": {"programmeId": str(outcome.entry.specification)}},
        }
    )


def write_organisation(organisation: Organisation) -> JsonObject:
    """Write an organisation; each is the root of its own, for none is a part of another."""
    others = {
        "institution_code": organisation.brin,
        "kvk_organisation_id": organisation.kvk,
        "x-rio-onderwijsaanbiedercode": organisation.education_offerer_code,
    }
    country = compact({"iso3166-1-alpha2": organisation.country, "iso3166-2": organisation.region})
    address: JsonObject = {
        "addressType": "visit",
        "city": organisation.city,
        "countryCode": country,
    }
    ext: JsonObject = {"sector": organisation.sector, "kind": organisation.provider_kind}
    return compact(
        {
            "organisationId": str(organisation_id(organisation.oin)),
            "primaryCode": code("x-oin", organisation.oin),
            "organisationType": "root",
            "name": write_text(organisation.name),
            "shortName": organisation.name.best()[:256],
            "addresses": [compact(address)] if organisation.city else None,
            "link": _short_link(organisation),
            "otherCodes": [code(kind, value) for kind, value in others.items() if value],
            "ext": {"waarmerk": ext},
        }
    )


def _short_link(organisation: Organisation) -> str | None:
    link = str(organisation.website) if organisation.website else None
    return link if link is None or len(link) <= LONGEST_LINK else None


def _shared_members(entry: Entry, expand: Collection[Expand]) -> JsonObject:
    """Write what a specification and what is taught have in common."""
    content, published = entry.content, entry.microcredential
    language = content.in_language
    members: JsonObject = {
        "primaryCode": _primary_code(entry),
        "name": write_text(content.title),
        "abbreviation": content.abbreviation,
        "description": write_text(content.description),
        "teachingLanguages": [three_letters(language)] if language else None,
        "studyLoad": _study_load(content.study_load),
        "modesOfDelivery": [str(mode) for mode in content.modes_of_delivery],
        "fieldsOfStudy": content.field_of_study,
        "learningOutcomeIds": listed(entry.outcomes),
        "assessment": write_text(content.assessment.description if content.assessment else None),
        "admissionRequirements": write_text(content.admission_requirements),
        "link": link_of(entry),
        "otherCodes": _other_codes(entry),
        "organisationId": str(organisation_id(entry.provider.oin)),
        "validFrom": moment(published.published_at),
        "validTo": moment(published.archived_at),
        "ext": write_extension(entry),
    }
    if Expand.ORGANISATION in expand:
        members["organisation"] = write_organisation(entry.provider)
    if Expand.LEARNING_OUTCOMES in expand:
        members["learningOutcomes"] = [
            write_learning_outcome(Outcome(entry, at)) for at in range(len(entry.outcomes))
        ]
    return members


def _specification_members(entry: Entry) -> JsonObject:
    return {
        "programmeId": str(entry.specification),
        "programmeType": "specification",
        "formalDocument": "micro_credential_certificate",
        "qualificationAwarded": "certificate",
        "levelOfQualification": _level(entry),
        "level": education_level(entry),
    }


def _primary_code(entry: Entry) -> JsonObject:
    own = entry.content.primary_code
    return code(PROGRAMME_CODE, own) if own else code("uuid", str(entry.specification))


def _other_codes(entry: Entry) -> list[JsonValue]:
    """Write our own id first, so that a reader knows which one is not the provider's."""
    others = [code(public_type(one), one.code) for one in entry.content.other_codes]
    return [code(OWN_CODE, str(entry.specification)), *others]


def _study_load(load: StudyLoad | None) -> list[JsonValue]:
    if load is None:
        return []
    value = load.model_dump(mode="json")["value"]
    return [{"studyLoadUnit": str(load.unit), "value": value}]


def _level(entry: Entry) -> str | None:
    level = entry.content.level
    return str(level.value) if level else None


def education_level(entry: Entry) -> str | None:
    """Return the level as a kind of education (OEAPI `level`); eduXchange asks it of a course."""
    level = entry.content.level
    if level is None:
        return None
    by_value = _VOCATIONAL if entry.provider.sector is Sector.MBO else _HIGHER
    return by_value.get(level.value, "undefined")


def levels_of(education: str) -> list[str]:
    """Return the levels of qualification that are shown as this kind of education."""
    named = {**_HIGHER, **_VOCATIONAL}
    if education == "undefined":
        return [level.value for level in QualificationLevel if level not in _HIGHER]
    return [level.value for level, kind in named.items() if kind == education]
