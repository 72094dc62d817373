"""What no single member of an offering can say: every fault at once, each where it is to be mended.

1. A start: from a fixed day on, or on any day within a period; never both, and one when public.
2. No period ends before it begins, and all days are ones a person would plan by.
3. Enrolment periods are in order, share no day, and begin no later than the offering ends.
4. Numbers fit: no more places left than there are, no more tax than price.
5. What belongs together is there together: a permission with its explanation, a form on site with
   its place, a Dutch province with the Netherlands.
6. Countries and currencies exist. (That texts are plain and languages exist is the contract's.)
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import ClassVar, Final

from shared.contracts.languages import countries, currencies
from shared.contracts.offering import OfferingState, OfferingTerms, Period
from shared.contracts.vocabulary import ModeOfDelivery
from shared.errors import Fault, RuleError

ON_SITE: Final = frozenset(
    {
        ModeOfDelivery.BLENDED,
        ModeOfDelivery.HYBRID,
        ModeOfDelivery.PRESENTIAL,
        ModeOfDelivery.RESEARCH_LAB_BASED,
    }
)
"""Forms for which a learner has to go somewhere the provider chose."""
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)


class OfferingRulesError(RuleError):
    """The offering contradicts itself or misses something; every fault is listed."""

    code: ClassVar[str] = "offering-rules"
    dutch: ClassVar[str] = (
        "Het aanbod spreekt zichzelf tegen of mist iets; elke fout staat in de lijst."
    )


def require_terms(terms: OfferingTerms) -> None:
    """Refuse terms with every fault at once."""
    if faults := tuple(find_faults(terms)):
        raise OfferingRulesError(faults=faults)


def find_faults(terms: OfferingTerms) -> Iterator[Fault]:
    """Give every fault; the terms already have the language and the forms they inherit."""
    for rule in RULES:
        yield from rule(terms)


def _check_state(terms: OfferingTerms) -> Iterator[Fault]:
    if terms.state is OfferingState.CANCELLED:
        yield Fault(
            "/state",
            "offering-cancelled-apart",
            "Cancel an offering through its cancellations, so that learners hear why.",
            "Annuleer een aanbod via de annuleringen, zodat lerenden horen waarom.",
        )


def _check_one_start(terms: OfferingTerms) -> Iterator[Fault]:
    if terms.runs is not None and terms.flexible_entry is not None:
        yield Fault(
            "/flexibleEntry",
            "offering-two-starts",
            "An offering has a fixed start (runs) or flexible entry (flexibleEntry), not both.",
            "Een aanbod heeft een vaste start (runs) of flexibele instroom (flexibleEntry), niet"
            " allebei.",
        )


def _check_start(terms: OfferingTerms) -> Iterator[Fault]:
    is_public = terms.state is not OfferingState.CONCEPT
    if is_public and terms.runs is None and terms.flexible_entry is None:
        yield Fault(
            "/runs",
            "offering-no-start",
            "Say when it starts before it is public: runs for a fixed start, or flexibleEntry.",
            "Zeg wanneer het begint voordat het openbaar is: runs voor een vaste start, of"
            " flexibleEntry.",
        )


def _check_end(terms: OfferingTerms) -> Iterator[Fault]:
    is_public = terms.state is not OfferingState.CONCEPT
    if is_public and terms.runs is not None and terms.runs.last_day is None:
        yield Fault(
            "/runs/lastDay",
            "offering-no-end",
            "A run that is public has a last day: a learner plans by it.",
            "Een openbare uitvoering heeft een laatste dag: een lerende plant ermee.",
        )


def _check_run_days(terms: OfferingTerms) -> Iterator[Fault]:
    if terms.runs is not None:
        yield from _check_days("/runs", terms.runs)


def _check_flexible_days(terms: OfferingTerms) -> Iterator[Fault]:
    if terms.flexible_entry is not None:
        yield from _check_days("/flexibleEntry", terms.flexible_entry)


def _check_enrolment_days(terms: OfferingTerms) -> Iterator[Fault]:
    for at, period in enumerate(terms.enrolment_periods):
        yield from _check_days(f"/enrolmentPeriods/{at}", period)


def _check_days(pointer: str, period: Period) -> Iterator[Fault]:
    yield from _check_day(f"{pointer}/firstDay", period.first_day)
    if period.last_day is not None:
        yield from _check_day(f"{pointer}/lastDay", period.last_day)
        if period.last_day < period.first_day:
            yield Fault(
                f"{pointer}/lastDay",
                "period-backwards",
                "The last day is before the first day.",
                "De laatste dag ligt voor de eerste dag.",
            )


def _check_day(pointer: str, day: date) -> Iterator[Fault]:
    if not FIRST_DAY <= day <= LAST_DAY:
        yield Fault(
            pointer,
            "day-far-away",
            "A day from 2000 up to and including 2099 is expected.",
            "Een dag van 2000 tot en met 2099 wordt verwacht.",
        )


def _check_enrolment_order(terms: OfferingTerms) -> Iterator[Fault]:
    before: Period | None = None
    for at, period in enumerate(terms.enrolment_periods):
        pointer = f"/enrolmentPeriods/{at}/firstDay"
        if before is not None and period.first_day < before.first_day:
            yield Fault(
                pointer,
                "enrolment-order",
                "Enrolment periods are listed in the order in which they begin.",
                "Aanmeldperiodes staan in de volgorde waarin ze beginnen.",
            )
        elif before is not None and before.holds(period.first_day):
            yield Fault(
                pointer,
                "enrolment-overlap",
                "Two enrolment periods share a day; one ends before the next begins.",
                "Twee aanmeldperiodes delen een dag; de ene eindigt voordat de volgende begint.",
            )
        before = period


def _check_enrolment_end(terms: OfferingTerms) -> Iterator[Fault]:
    days = terms.runs or terms.flexible_entry
    end = days.last_day if days else None
    if end is None:
        return
    for at, period in enumerate(terms.enrolment_periods):
        if end < (period.last_day or period.first_day):
            late = "firstDay" if end < period.first_day else "lastDay"
            yield Fault(
                f"/enrolmentPeriods/{at}/{late}",
                "enrolment-after-end",
                "Nobody can enrol after the last day of the offering.",
                "Niemand kan zich aanmelden na de laatste dag van het aanbod.",
            )


def _check_places(terms: OfferingTerms) -> Iterator[Fault]:
    places, left = terms.places, terms.places_left
    if places is not None and left is not None and places < left:
        yield Fault(
            "/placesLeft",
            "places-left",
            "There are not more places left than there are places.",
            "Er zijn niet meer plaatsen over dan er plaatsen zijn.",
        )


def _check_tax(terms: OfferingTerms) -> Iterator[Fault]:
    price = terms.price
    if price is not None and price.vat_amount is not None and price.amount < price.vat_amount:
        yield Fault(
            "/price/vatAmount",
            "price-tax",
            "The tax is a part of the amount, so it is not more than the amount.",
            "De btw is een deel van het bedrag, dus niet meer dan het bedrag.",
        )


def _check_permission(terms: OfferingTerms) -> Iterator[Fault]:
    if terms.permission_explanation is not None and not terms.permission_needed:
        yield Fault(
            "/permissionExplanation",
            "permission-explained",
            "An explanation of the permission goes with permissionNeeded.",
            "Een toelichting op de toestemming hoort bij permissionNeeded.",
        )


def _check_place(terms: OfferingTerms) -> Iterator[Fault]:
    is_public = terms.state is not OfferingState.CONCEPT
    if is_public and terms.location is None and not ON_SITE.isdisjoint(terms.modes_of_delivery):
        yield Fault(
            "/location",
            "location-missing",
            "Say where it takes place: a learner has to go there, given its form.",
            "Zeg waar het is: bij deze vorm moet een lerende erheen.",
        )


def _check_region(terms: OfferingTerms) -> Iterator[Fault]:
    location = terms.location
    if location is not None and location.region is not None and location.country != "NL":
        yield Fault(
            "/location/region",
            "location-region",
            "A region is a Dutch province; leave it out for another country.",
            "Een regio is een Nederlandse provincie; laat haar weg bij een ander land.",
        )


def _check_currency(terms: OfferingTerms) -> Iterator[Fault]:
    if terms.price is not None and terms.price.currency not in currencies():
        yield Fault(
            "/price/currency",
            "unknown-currency",
            "This currency does not exist; use the code of ISO 4217, such as EUR.",
            "Deze munt bestaat niet; gebruik de code van ISO 4217, zoals EUR.",
        )


def _check_country(terms: OfferingTerms) -> Iterator[Fault]:
    if terms.location is not None and terms.location.country not in countries():
        yield Fault(
            "/location/country",
            "unknown-country",
            "This country does not exist; use the code of ISO 3166, such as NL.",
            "Dit land bestaat niet; gebruik de code van ISO 3166, zoals NL.",
        )


RULES: Final[Sequence[Callable[[OfferingTerms], Iterator[Fault]]]] = (
    _check_state,
    _check_one_start,
    _check_start,
    _check_end,
    _check_run_days,
    _check_flexible_days,
    _check_enrolment_days,
    _check_enrolment_order,
    _check_enrolment_end,
    _check_places,
    _check_tax,
    _check_permission,
    _check_place,
    _check_region,
    _check_currency,
    _check_country,
)
"""Each rule by itself: one that cannot be judged stands in the way of no other."""
