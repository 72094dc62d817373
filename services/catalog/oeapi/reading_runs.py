"""An offering of somebody's OEAPI v6 read as the terms of one of ours; what was lost beside it."""

from datetime import date, datetime
from typing import Final

from services.catalog.domain.days import dutch_day
from services.catalog.oeapi.extension import own_part
from services.catalog.oeapi.languages import plain_tag, three_letters
from services.catalog.oeapi.losses import Losses
from services.catalog.oeapi.members import build
from services.catalog.oeapi.reading import as_list, as_object, code_in, modes_in, plain
from services.catalog.oeapi.texts import read_text
from shared.contracts.offering import OfferingState, OfferingTerms
from shared.contracts.vocabulary import Province
from shared.errors import Fault
from shared.strict_json import JsonObject, JsonValue

_POINTERS: Final = {
    "runs": "/startDateTime",
    "flexibleEntry": "/flexibleEntryPeriodStartDateTime",
    "places": "/maxNumberStudents",
    "placesLeft": "/enrolledNumberStudents",
    "price": "/priceInformation",
    "inLanguage": "/teachingLanguages",
    "location": "/addresses",
    "enrolAt": "/enrolmentPeriods",
}


def read_offering(source: JsonObject) -> tuple[OfferingTerms, tuple[Fault, ...]]:
    """Read a course or programme offering; say what was lost."""
    losses = Losses()
    own = own_part(source.get("ext"))
    named = plain(read_text(source.get("name"), "/name", losses))
    members: JsonObject = {
        "primaryCode": code_in(source.get("primaryCode")),
        "otherCodes": own.get("otherCodes")
        or [dict(as_object(one)) for one in as_list(source.get("otherCodes"))],
        "name": None if own.get("isNamed") is False else named,
        "state": source.get("state") or OfferingState.ACTIVE.value,
        "runs": _period(source.get("startDateTime"), source.get("endDateTime")),
        "flexibleEntry": _period(
            source.get("flexibleEntryPeriodStartDateTime"),
            source.get("flexibleEntryPeriodEndDateTime"),
        ),
        "enrolmentPeriods": [
            _period(as_object(one).get("startDateTime"), as_object(one).get("endDateTime"))
            for one in as_list(source.get("enrolmentPeriods"))
        ],
        "places": _number(source.get("maxNumberStudents")),
        "placesLeft": _places_left(source, own),
        "price": _price(source.get("priceInformation"), losses),
        "inLanguage": _language(source.get("teachingLanguages"), own.get("inLanguage"), losses),
        "modesOfDelivery": modes_in(source.get("modesOfDelivery"), losses),
        "location": _location(source.get("addresses"), losses),
        "enrolAt": own.get("enrolAt") or _enrolment_address(source),
        **_permission(source, own),
    }
    if members["runs"] is not None:
        # With a fixed start, a period of entry says how late one may join it.
        if members["flexibleEntry"] is not None:
            losses.note("/flexibleEntryPeriodStartDateTime", "one-is-kept")
        members["flexibleEntry"] = None
    needed = {"primaryCode", "state"}
    terms = build(OfferingTerms, members, needed=needed, pointers=_POINTERS, losses=losses)
    return terms, losses.noted


def _day(value: JsonValue) -> str | None:
    """Read a date, or the Dutch day of a moment."""
    if not isinstance(value, str):
        return None
    try:
        if "T" not in value:
            return date.fromisoformat(value).isoformat()
        moment = datetime.fromisoformat(value)
        return (dutch_day(moment) if moment.tzinfo else moment.date()).isoformat()
    except (ValueError, OverflowError):
        return value


def _period(first: JsonValue, last: JsonValue) -> JsonValue:
    if first is None:
        return None
    day = _day(last)
    return {"firstDay": _day(first), **({} if day is None else {"lastDay": day})}


def _number(value: JsonValue) -> JsonValue:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _places_left(source: JsonObject, own: JsonObject) -> JsonValue:
    if "placesLeft" in own:
        return own["placesLeft"]
    places = _number(source.get("maxNumberStudents"))
    enrolled = _number(source.get("enrolledNumberStudents"))
    if isinstance(places, int) and isinstance(enrolled, int):
        return max(0, places - enrolled)
    return None


def _price(value: JsonValue, losses: Losses) -> JsonValue:
    """Take what taking part costs in all; a subsidy is another price."""
    costs = [as_object(one) for one in as_list(value)]
    totals = [one for one in costs if one.get("costType") == "total_costs"]
    if len(costs) > 1:
        losses.note("/priceInformation", "one-is-kept")
    if not totals or totals[0].get("amount") is None:
        return None
    total = totals[0]
    told: JsonObject = {
        "amount": total.get("amount"),
        "vatAmount": total.get("vatAmount"),
        "currency": total.get("currency") or "EUR",
        "explanation": own_part(total.get("ext")).get("explanation"),
    }
    return {name: one for name, one in told.items() if one is not None}


def _language(value: JsonValue, said: JsonValue, losses: Losses) -> JsonValue:
    languages = [one for one in as_list(value) if isinstance(one, str)]
    if len(languages) > 1:
        losses.note("/teachingLanguages", "one-is-kept")
    if not languages:
        return None
    is_same = isinstance(said, str) and three_letters(said) == languages[0]
    return said if is_same else plain_tag(languages[0])


def _location(value: JsonValue, losses: Losses) -> JsonValue:
    """Take where it is taught; the street is not kept."""
    addresses = [as_object(one) for one in as_list(value)]
    taught = [one for one in addresses if one.get("addressType") == "teaching"] or addresses
    if len(addresses) > 1:
        losses.note("/addresses", "one-is-kept")
    if not taught or not isinstance(taught[0].get("city"), str):
        return None
    address = taught[0]
    country = as_object(address.get("countryCode"))
    region = country.get("iso3166-2")
    told: JsonObject = {
        "name": plain(read_text(address.get("additional"), "/addresses/0/additional", losses)),
        "city": address["city"],
        "region": region if region in tuple(Province) else None,
        "country": country.get("iso3166-1-alpha2") or "NL",
        "educationLocationCode": own_part(address.get("ext")).get("educationLocationCode"),
    }
    return {name: one for name, one in told.items() if one is not None}


def _enrolment_address(source: JsonObject) -> JsonValue:
    periods = [as_object(one) for one in as_list(source.get("enrolmentPeriods"))]
    return next((one["enrolmentUrl"] for one in periods if one.get("enrolmentUrl")), None)


def _permission(source: JsonObject, own: JsonObject) -> JsonObject:
    """Read RIO's words on permission, unless our own are there."""
    rio = as_object(source.get("consumer"))
    explanation = rio.get("explanationRequiredPermission")
    needed = own.get("permissionNeeded")
    return {
        "permissionNeeded": rio.get("requiredPermissionRegistration") == "yes"
        if needed is None
        else needed,
        "permissionExplanation": own.get("permissionExplanation")
        or ({"nl": explanation} if explanation else None),
    }
