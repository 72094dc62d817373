"""An offering: one run of a microcredential that a learner can enrol in, as a whole state.

Past and cancelled ones are kept. Dates are days in the Netherlands, both ends included.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AnyHttpUrl, Field, StringConstraints

from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import LanguageTag, OtherCode
from shared.contracts.model import Contract
from shared.contracts.vocabulary import LocalText, ModeOfDelivery, Province

Money = Annotated[
    Decimal,
    Field(ge=0, le=1_000_000, max_digits=9, decimal_places=2, examples=["450.00"]),
]
"""An amount in a currency's unit, at most two decimals; a JSON string on the wire."""


class OfferingState(StrEnum):
    """Whether an offering goes on, OEAPI offeringState values; `concept` is the provider's only."""

    CONCEPT = "concept"
    ACTIVE = "active"
    INACTIVE = "inactive"
    CANCELLED = "cancelled"


class Period(Contract):
    """A number of days, the first and the last included; without a last day it goes on."""

    first_day: date
    last_day: date | None = None

    def holds(self, day: date) -> bool:
        """Say whether a day is in the period."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Price(Contract):
    """What taking part costs a learner in all, value-added tax included."""

    amount: Money
    vat_amount: Money | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    explanation: LocalText | None = Field(default=None, description="a subsidy, what is included")


class Location(Contract):
    """Where it takes place."""

    name: LocalText | None = None
    city: str = Field(min_length=1, max_length=80, examples=["Enschede"])
    region: Province | None = None
    education_location_code: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{3}X[0-9]{3}$", description="RIO", examples=["100X123"]),
    ] = None


class Offering(Contract):
    """One run: when, where, how, for how much, and until when one can enrol."""

    offering_id: UUID
    record_version: int = Field(ge=1)
    microcredential_id: UUID
    provider: Oin
    primary_code: str = Field(min_length=1, max_length=256, examples=["QC-101-2027-1"])
    other_codes: Annotated[tuple[OtherCode, ...], Field(max_length=20)] = ()
    name: LocalText | None = None
    state: OfferingState
    runs: Period | None = Field(default=None, description="a fixed start: from the first day on")
    flexible_entry: Period | None = Field(
        default=None, description="instead of a fixed start: start on any day within"
    )
    enrolment_periods: Annotated[tuple[Period, ...], Field(max_length=20)] = ()
    places: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    places_left: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    price: Price | None = None
    in_language: LanguageTag | None = None
    modes_of_delivery: Annotated[tuple[ModeOfDelivery, ...], Field(max_length=9)] = ()
    location: Location | None = None
    permission_needed: bool = Field(
        default=False, description="enrolling takes the provider's permission"
    )
    permission_explanation: LocalText | None = None
    enrol_at: AnyHttpUrl | None = None
    recorded_at: datetime
