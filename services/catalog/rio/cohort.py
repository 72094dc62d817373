"""The cohort: one run that learners can enrol in, inside its aangeboden opleiding."""

from datetime import timedelta

from services.catalog.rio import velden, waarden, zinnen
from services.catalog.rio.bevindingen import Findings
from services.catalog.rio.opleidingseenheid import kenmerk_waarde
from services.catalog.rio.teksten import write_text
from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering, OfferingState, Period
from shared.strict_json import JsonObject, JsonValue

_WITHOUT_A_PLACE = ("name", "placesLeft", "enrolAt", "cancellation")


def write_cohort(offering: Offering, content: Description, found: Findings) -> JsonObject | None:
    """Return a cohort as RIO takes it, or None with the errors that say why not.

    RIO's `einddatum` is the first day without it; `eindeAanmeldperiode` is the last day with it.
    """
    if offering.state is OfferingState.CONCEPT:
        found.note("concept", "/state", zinnen.CONCEPT)
        return None
    errors_before = len(found.found)
    message = _begin(offering, found)
    vorm = _opleidingsvorm(offering, content, found)
    if vorm is None or len(found.found) > errors_before:
        return None
    message |= _toestemming(offering, found)
    if offering.runs is not None and offering.runs.last_day is not None:
        message["einddatum"] = (offering.runs.last_day + timedelta(days=1)).isoformat()
    message |= _prijs(offering, found)
    kenmerken: list[JsonValue] = [kenmerk_waarde("opleidingsvorm", vorm)]
    if offering.places is not None:
        if velden.PLAATSEN.takes(offering.places):
            kenmerken.append(
                {"kenmerknaam": "deelnemersplaatsen", "kenmerkwaardeGetal": offering.places}
            )
        else:
            found.warning("places", "/places", zinnen.PLAATSEN)
    message["kenmerken"] = kenmerken
    _say_what_is_lost(offering, content, found)
    return message


def _begin(offering: Offering, found: Findings) -> JsonObject:
    """Write what a cohort cannot do without: its code, when to enrol, when to start."""
    if not velden.COHORTCODE.takes(offering.primary_code):
        found.error("cohortcode", "/primaryCode", zinnen.COHORTCODE)
    is_open = offering.state is OfferingState.ACTIVE
    message: JsonObject = {
        "cohortcode": offering.primary_code,
        "cohortstatus": waarden.COHORT_OPEN if is_open else waarden.COHORT_GESLOTEN,
    }
    periods = sorted(offering.enrolment_periods, key=lambda one: one.first_day)
    if not periods:
        found.error("no-enrolment-period", "/enrolmentPeriods", zinnen.NO_AANMELDPERIODE)
        return message
    message["beginAanmeldperiode"] = periods[0].first_day.isoformat()
    message |= _instroom(offering, found)
    if last_day := _last_day(periods):
        message["eindeAanmeldperiode"] = last_day
    return message


def _last_day(periods: list[Period]) -> str | None:
    days = [one.last_day for one in periods]
    ends = [day for day in days if day is not None]
    return max(ends).isoformat() if len(ends) == len(days) else None


def _instroom(offering: Offering, found: Findings) -> JsonObject:
    flexible = offering.flexible_entry
    if flexible is not None:
        entry: JsonObject = {"beginInstroomperiode": flexible.first_day.isoformat()}
        if flexible.last_day is not None:
            entry["eindeInstroomperiode"] = flexible.last_day.isoformat()
        return {"flexibeleInstroom": entry}
    if offering.runs is not None:
        return {"vastInstroommoment": {"instroommoment": offering.runs.first_day.isoformat()}}
    found.error("no-start", "/runs", zinnen.NO_INSTROOM)
    return {}


def _opleidingsvorm(offering: Offering, content: Description, found: Findings) -> str | None:
    modes = offering.modes_of_delivery or content.modes_of_delivery
    vorm = waarden.opleidingsvorm_of(modes)
    if vorm is None:
        sentence = zinnen.NO_OPLEIDINGSVORM if modes else zinnen.NO_OPLEIDINGSVORM_AT_ALL
        found.error("no-form", "/modesOfDelivery", sentence)
    return vorm


def _toestemming(offering: Offering, found: Findings) -> JsonObject:
    """Write whether enrolling takes permission; RIO explains it only where it does."""
    written: JsonObject = {
        "toestemmingVereistVoorAanmelding": "JA" if offering.permission_needed else "NEE"
    }
    if offering.permission_explanation is None:
        return written
    pointer = "/permissionExplanation"
    if not offering.permission_needed:
        found.warning("no-place", pointer, zinnen.no_place("permissionExplanation"))
        return written
    text = write_text(
        offering.permission_explanation,
        member="permissionExplanation",
        pointer=pointer,
        kind=velden.TOELICHTING,
        found=found,
    )
    return written if text is None else written | {"toelichtingVereisteToestemming": text}


def _prijs(offering: Offering, found: Findings) -> JsonObject:
    """Write the whole price, tax included; RIO knows it in euro only."""
    price = offering.price
    if price is None:
        return {}
    if price.currency != "EUR" or price.amount > velden.MOST_BEDRAG:
        found.warning("price-currency", "/price", zinnen.NOT_EURO)
        return {}
    for member, value in (("vatAmount", price.vat_amount), ("explanation", price.explanation)):
        if value is not None:
            found.warning("no-place", f"/price/{member}", zinnen.no_place("price"))
    return {"prijs": [{"soort": waarden.PRIJSSOORT, "bedrag": f"{price.amount:.2f}"}]}


def _say_what_is_lost(offering: Offering, content: Description, found: Findings) -> None:
    said = offering.model_dump(mode="json", exclude_none=True)
    for member in _WITHOUT_A_PLACE:
        if member in said:
            found.warning("no-place", f"/{member}", zinnen.no_place(member))
    for at in range(len(offering.other_codes)):
        found.warning("no-place", f"/otherCodes/{at}", zinnen.no_place("otherCodes"))
    if offering.location is not None and offering.location.education_location_code is None:
        found.warning("no-place", "/location", zinnen.no_place("location"))
    if len(offering.enrolment_periods) > 1:
        found.warning("periods-joined", "/enrolmentPeriods", zinnen.AANMELDPERIODEN_JOINED)
    modes = offering.modes_of_delivery or content.modes_of_delivery
    if offering.modes_of_delivery:
        for at, mode in enumerate(modes):
            if not waarden.has_opleidingsvorm(mode):
                found.warning(
                    "no-place", f"/modesOfDelivery/{at}", zinnen.no_place("modesOfDelivery")
                )
