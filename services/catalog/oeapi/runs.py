"""Offerings as OEAPI v6 has them: of a course, or with non-formal education of a programme."""

from collections.abc import Collection
from datetime import date

from services.catalog.oeapi import consumers
from services.catalog.oeapi.entry import (
    Audience,
    Expand,
    Run,
    begin_of,
    code,
    compact,
    end_of,
    moment,
)
from services.catalog.oeapi.extension import LONGEST_LINK, NAME, public_type
from services.catalog.oeapi.identity import organisation_id
from services.catalog.oeapi.languages import three_letters
from services.catalog.oeapi.texts import write_text
from services.catalog.oeapi.writing import (
    NOTHING,
    write_course,
    write_organisation,
    write_private_delivery,
)
from shared.contracts.offering import Location, Offering, Period, Price
from shared.strict_json import JsonObject, JsonValue


def write_offering(
    run: Run,
    *,
    today: date,
    audience: Audience = Audience.RIO,
    expand: Collection[Expand] = NOTHING,
) -> JsonObject:
    """Write a run: a CourseOffering, or a ProgrammeOffering with non-formal education."""
    offering, entry = run.offering, run.entry
    kind = "programme" if entry.is_private else "course"
    members = _members(offering) | {
        f"{kind}OfferingId": str(offering.offering_id),
        f"{kind}Id": str(entry.delivery),
        "organisationId": str(organisation_id(offering.provider)),
        "name": write_text(offering.name or entry.content.title),
        "link": _link(run),
        "flexibleEntryPeriodEndDateTime": _last_entry(run),
        "consumer": consumers.of_offering(run, audience, today),
    }
    if entry.is_private and Expand.PROGRAMME in expand:
        members["programme"] = write_private_delivery(entry, audience=audience)
    if not entry.is_private and Expand.COURSE in expand:
        members["course"] = write_course(entry, audience=audience)
    if Expand.ORGANISATION in expand:
        members["organisation"] = write_organisation(entry.provider)
    return compact(members)


def _members(offering: Offering) -> JsonObject:
    runs, flexible = offering.runs, offering.flexible_entry
    enrolled = None
    if offering.places is not None and offering.places_left is not None:
        enrolled = max(0, offering.places - offering.places_left)
    language = offering.in_language
    return {
        "primaryCode": code("offering_code", offering.primary_code),
        "otherCodes": [code(public_type(one), one.code) for one in offering.other_codes],
        "state": str(offering.state),
        "startDateTime": begin_of(runs.first_day) if runs else None,
        "endDateTime": end_of(runs.last_day) if runs else None,
        "flexibleEntryPeriodStartDateTime": begin_of(flexible.first_day) if flexible else None,
        "teachingLanguages": [three_letters(language)] if language else None,
        "modesOfDelivery": [str(mode) for mode in offering.modes_of_delivery],
        "maxNumberStudents": offering.places,
        "enrolledNumberStudents": enrolled,
        "resultExpected": True,
        "enrolmentPeriods": [_enrolment(one, offering) for one in offering.enrolment_periods],
        "addresses": [_address(offering.location)] if offering.location else None,
        "priceInformation": [_price(offering.price)] if offering.price else None,
        "ext": {NAME: _extension(offering)},
    }


def _last_entry(run: Run) -> str | None:
    """Write a moment for a programme and a date for a course: the document says so."""
    flexible = run.offering.flexible_entry
    if flexible is None or flexible.last_day is None:
        return None
    return end_of(flexible.last_day) if run.entry.is_private else flexible.last_day.isoformat()


def _link(run: Run) -> str | None:
    link = str(run.offering.enrol_at or run.entry.microcredential.page)
    return link if len(link) <= LONGEST_LINK else None


def _enrolment(period: Period, offering: Offering) -> JsonValue:
    address = str(offering.enrol_at) if offering.enrol_at else None
    return compact(
        {
            "startDateTime": begin_of(period.first_day),
            "endDateTime": end_of(period.last_day),
            "enrolmentType": "url" if address else None,
            "enrolmentUrl": address,
        }
    )


def _address(location: Location) -> JsonValue:
    region = str(location.region) if location.region else None
    rio_code = location.education_location_code
    return compact(
        {
            "addressType": "teaching",
            "additional": write_text(location.name),
            "city": location.city,
            "countryCode": compact({"iso3166-1-alpha2": location.country, "iso3166-2": region}),
            "ext": {NAME: {"educationLocationCode": rio_code}} if rio_code else None,
        }
    )


def _price(price: Price) -> JsonValue:
    explanation = price.explanation
    return compact(
        {
            "costType": "total_costs",
            "amount": f"{price.amount:.2f}",
            "vatAmount": None if price.vat_amount is None else f"{price.vat_amount:.2f}",
            "currency": price.currency,
            "ext": {NAME: {"explanation": explanation.model_dump(mode="json", exclude_none=True)}}
            if explanation
            else None,
        }
    )


def _extension(offering: Offering) -> JsonObject:
    explanation, cancellation = offering.permission_explanation, offering.cancellation
    codes = offering.other_codes
    is_renamed = any(public_type(one) != one.code_type for one in codes)
    return compact(
        {
            "otherCodes": [one.model_dump(mode="json") for one in codes] if is_renamed else None,
            "microcredentialId": str(offering.microcredential_id),
            "recordVersion": offering.record_version,
            "recordedAt": moment(offering.recorded_at),
            "inLanguage": offering.in_language,
            "isNamed": offering.name is not None,
            "placesLeft": offering.places_left,
            "enrolAt": str(offering.enrol_at) if offering.enrol_at else None,
            "permissionNeeded": offering.permission_needed,
            "permissionExplanation": explanation.model_dump(mode="json", exclude_none=True)
            if explanation
            else None,
            "cancellation": cancellation.model_dump(mode="json", exclude_none=True)
            if cancellation
            else None,
        }
    )
