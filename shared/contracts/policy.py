"""Policies and recognised organisations: the agreements everything else is judged by.

Both are whole states: the last record of a key is all there is to know about it.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import AnyHttpUrl, Field, StringConstraints

from shared.contracts.identifiers import Oin
from shared.contracts.model import Contract, Credits
from shared.contracts.vocabulary import (
    Element,
    LocalText,
    ProviderKind,
    Province,
    Recogniser,
    Sector,
    StudyLoadUnit,
)

PolicyId = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64),
    Field(examples=["hbo", "wo-experiment"]),
]
Sha256Hex = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]


class Framework(Contract):
    """The quality framework document a policy rests on, pinned by its digest."""

    name: LocalText
    version: str = Field(min_length=1, max_length=40)
    url: AnyHttpUrl = Field(description="our summary of its points, exactly as it was pinned")
    sha256: Sha256Hex
    full_text: AnyHttpUrl | None = Field(
        default=None, description="where those who agreed on it tell all of it"
    )


class Policy(Contract):
    """One version of the size, level and completeness rules of a sector in a period."""

    policy_id: PolicyId
    version: int = Field(ge=1)
    sector: Sector
    valid_from: date
    valid_until: date | None = Field(default=None, description="last day the policy holds")
    unit: StudyLoadUnit
    minimum: Credits
    maximum: Credits | None = None
    step: Credits
    guideline: Credits | None = None
    required_elements: tuple[Element, ...]
    framework: Framework

    def holds_on(self, day: date) -> bool:
        """Say whether this policy is in force on that day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Recognition(Contract):
    """A period in which a recogniser vouches; `valid_until` is the first day without it."""

    recogniser: Recogniser
    code: str | None = Field(default=None, max_length=22)
    valid_from: date
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the recognition covers that day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class Organisation(Contract):
    """A provider of microcredentials, public or private, and who recognised it when."""

    oin: Oin
    name: LocalText
    sector: Sector
    website: AnyHttpUrl | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "NL"
    brin: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}[A-Z]{2}$")] | None = None
    kvk: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")] | None = None
    city: str | None = Field(default=None, min_length=1, max_length=80, examples=["Enschede"])
    region: Province | None = None
    kind: ProviderKind | None = Field(
        default=None, description="absent: public, unless the sector is private"
    )
    education_offerer_code: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{3}A[0-9]{3}$", description="RIO", examples=["100A123"]),
    ] = None
    recognitions: tuple[Recognition, ...] = ()
    recorded_at: datetime | None = None

    def recognition_on(self, day: date) -> Recognition | None:
        """Return the recognition that covers that day, or None."""
        return next((r for r in self.recognitions if r.holds_on(day)), None)

    @property
    def provider_kind(self) -> ProviderKind:
        """Return what is said of the kind, or else what the sector implies."""
        implied = ProviderKind.PRIVATE if self.sector is Sector.PRIVATE else ProviderKind.PUBLIC
        return self.kind or implied
