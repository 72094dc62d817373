"""What RIO and eduXchange want to know besides, as their consumer profiles describe it.

Apart from the objects, because each consumer has words of its own (netherlands.md 2.4 and the
profiles of open-education-api). v6 has one `consumer` at a time: the one that is asked for.
"""

from datetime import date
from typing import Final

from services.catalog.domain.offerings import Phase, phase_on
from services.catalog.oeapi.entry import (
    RIO_SECTORS,
    Audience,
    Entry,
    Run,
    begin_of,
    compact,
    end_of,
)
from shared.contracts.offering import Offering
from shared.contracts.vocabulary import Admission, Sector
from shared.strict_json import JsonObject

_SECTORS: Final = {
    Sector.HBO: "higher_professional_education",
    Sector.WO: "university_education",
    Sector.MBO: "secondary_vocational_education",
}
VERSIONS: Final = {Audience.RIO: "1.0", Audience.EDUXCHANGE: "1.0"}


def is_meant_for(entry: Entry, audience: Audience) -> bool:
    """Say whether a consumer wants to see this one."""
    if audience is Audience.EDUXCHANGE:
        return bool(entry.alliances)
    return (
        entry.provider.education_offerer_code is not None and entry.provider.sector in RIO_SECTORS
    )


def of_specification(entry: Entry, audience: Audience) -> JsonObject | None:
    """Write the block on what can be earned."""
    if not is_meant_for(entry, audience):
        return None
    if audience is Audience.EDUXCHANGE:
        return _eduxchange(entry)
    kind = "private" if entry.is_private else "course"
    categories = [str(one) for one in entry.content.private_categories]
    return compact(
        {
            "consumerKey": "rio",
            # The profile on paper says specificationType, its schema says type.
            "specificationType": kind,
            "type": kind,
            "educationOffererCode": entry.provider.education_offerer_code,
            "sector": _SECTORS.get(entry.provider.sector),
            "privateCategory": [*categories] if entry.is_private else None,
        }
    )


def of_delivery(entry: Entry, audience: Audience) -> JsonObject | None:
    """Write the block on what is taught."""
    if not is_meant_for(entry, audience):
        return None
    if audience is Audience.EDUXCHANGE:
        return _eduxchange(entry)
    return compact(
        {
            "consumerKey": "rio",
            "specificationId": str(entry.specification),
            "educationOffererCode": entry.provider.education_offerer_code,
            "type": "private" if entry.is_private else None,
        }
    )


def of_offering(run: Run, audience: Audience, today: date) -> JsonObject | None:
    """Write the block on a run."""
    if not is_meant_for(run.entry, audience):
        return None
    offering = run.offering
    if audience is Audience.EDUXCHANGE:
        address = str(offering.enrol_at or run.entry.microcredential.page)
        return {
            "consumerKey": "eduxchange",
            "alliances": [
                {"name": name, "enrolmentUrlForProfessionals": address}
                for name in run.entry.alliances
            ],
        }
    explanation = offering.permission_explanation
    return compact(
        {
            "consumerKey": "rio",
            "registrationStatus": "open"
            if phase_on(offering, today) is Phase.ENROLLING
            else "closed",
            "requiredPermissionRegistration": "yes" if offering.permission_needed else "no",
            "explanationRequiredPermission": explanation.best() if explanation else None,
            "enrolmentPeriod": _whole_period(offering),
        }
    )


def _whole_period(offering: Offering) -> JsonObject | None:
    """RIO has one period of enrolment: from the first day of the first to the last of the last."""
    periods = offering.enrolment_periods
    if len(periods) < 2:  # noqa: PLR2004 - one period needs no summary
        return None
    ends = [period.last_day for period in periods]
    last = None if None in ends else max(day for day in ends if day is not None)
    first = min(period.first_day for period in periods)
    return compact({"startDateTime": begin_of(first), "endDateTime": end_of(last)})


def _eduxchange(entry: Entry) -> JsonObject:
    content = entry.content
    shared: JsonObject = {
        "microcredential": "stackable" if content.stackability else "standalone",
        "targetGroup": "forProfessionals",
        "enrolmentForProfessionals": "url",
        "selection": content.admission is Admission.SELECTION,
    }
    return {
        "consumerKey": "eduxchange",
        "alliances": [{"name": name, **shared} for name in entry.alliances],
    }
