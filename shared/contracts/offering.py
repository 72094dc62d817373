"""An offering: one run of a microcredential that a learner can enrol in, as a whole state.

Past and cancelled ones are kept. Dates are days in the Netherlands, both ends included.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from shared.contracts.codes import WebAddress
from shared.contracts.identifiers import Oin
from shared.contracts.languages import LanguageTag
from shared.contracts.microcredential import DISTINCT, OtherCode
from shared.contracts.model import Contract
from shared.contracts.plain_text import ONE_LINE
from shared.contracts.requests import fault
from shared.contracts.vocabulary import LocalText, ModeOfDelivery, Province

_MONEY: Final = r"^[0-9]{1,7}(\.[0-9]{1,2})?$"
_CENT: Final = Decimal("0.01")


def _is_a_text_of_digits(value: object) -> object:
    """Refuse a JSON number: it is read as a float by too many, and a float is no money."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not re.fullmatch(_MONEY, value):
        raise fault(
            "money",
            'An amount is a text with at most two decimals after a point, such as "450.00".',
            'Een bedrag is een tekst met hoogstens twee decimalen na een punt, zoals "450.00".',
        )
    return Decimal(value)


Money = Annotated[
    Decimal,
    BeforeValidator(_is_a_text_of_digits, json_schema_input_type=str),
    Field(ge=0, le=1_000_000, decimal_places=2),
    AfterValidator(lambda amount: amount.quantize(_CENT)),
    WithJsonSchema({"type": "string", "pattern": _MONEY, "examples": ["450.00"]}),
]
"""An exact amount in a currency's unit, with two decimals; a JSON string on the wire."""


class OfferingState(StrEnum):
    """Whether an offering goes on, OEAPI offeringState values; `concept` is the provider's only."""

    CONCEPT = "concept"
    ACTIVE = "active"
    INACTIVE = "inactive"
    CANCELLED = "cancelled"


class Period(Contract):
    """A number of days, the first and the last included; without a last day it goes on."""

    first_day: date
    last_day: Annotated[date | None, Field(json_schema_extra={"format": "date"})] = None

    def holds(self, day: date) -> bool:
        """Say whether a day is in the period."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Price(Contract):
    """What taking part costs a learner in all, value-added tax included; 0 is free of charge."""

    amount: Money
    vat_amount: Money | None = Field(default=None, description="the part of it that is tax")
    currency: Annotated[
        str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217")
    ] = "EUR"
    explanation: LocalText | None = Field(default=None, description="a subsidy, what is included")


class Location(Contract):
    """Where it takes place."""

    name: LocalText | None = None
    city: Annotated[str, Field(min_length=1, max_length=80, examples=["Enschede"]), ONE_LINE]
    region: Province | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "NL"
    education_location_code: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{3}X[0-9]{3}$", description="RIO", examples=["100X123"]),
    ] = None


class OfferingTerms(Contract):
    """What a provider says of an offering: when, where, how, for how much, until when to enrol."""

    primary_code: Annotated[str, Field(min_length=1, max_length=256), ONE_LINE] = Field(
        description="what the provider's own systems call this run; one of a kind per provider",
        examples=["QC-101-2027-1"],
    )
    other_codes: Annotated[tuple[OtherCode, ...], Field(max_length=20), DISTINCT] = ()
    name: LocalText | None = Field(default=None, description="absent: the microcredential's title")
    state: OfferingState
    runs: Period | None = Field(default=None, description="a fixed start: from the first day on")
    flexible_entry: Period | None = Field(
        default=None, description="instead of a fixed start: start on any day within"
    )
    enrolment_periods: Annotated[tuple[Period, ...], Field(max_length=20)] = Field(
        default=(), description="absent: until it begins, or the last day one can start"
    )
    places: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    places_left: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    price: Price | None = Field(default=None, description="absent: not known yet")
    in_language: LanguageTag | None = Field(
        default=None, description="absent: the microcredential's"
    )
    modes_of_delivery: Annotated[tuple[ModeOfDelivery, ...], Field(max_length=9), DISTINCT] = Field(
        default=(), description="absent: the microcredential's"
    )
    location: Location | None = None
    permission_needed: bool = Field(
        default=False, description="enrolling takes the provider's permission"
    )
    permission_explanation: LocalText | None = None
    enrol_at: WebAddress | None = Field(
        default=None, description="where a learner enrols", examples=["https://www.example.nl/qc"]
    )


class Cancellation(Contract):
    """That an offering does not take place after all, and why."""

    cancelled_on: date
    reason: LocalText | None = None


class Offering(OfferingTerms):
    """One run of a microcredential, as its provider last recorded it."""

    offering_id: UUID
    record_version: int = Field(ge=1)
    microcredential_id: UUID
    provider: Oin
    cancellation: Cancellation | None = None
    recorded_at: datetime

    @property
    def days(self) -> Period | None:
        """Return the days it runs on, or on which one can start."""
        return self.runs or self.flexible_entry
