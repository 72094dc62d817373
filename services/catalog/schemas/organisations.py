"""What the steward sends of an organisation, and what anybody is told of it."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.codes import WebAddress
from shared.contracts.identifiers import Oin
from shared.contracts.languages import CountryCode
from shared.contracts.plain_text import ONE_LINE, PLAIN
from shared.contracts.policy import Organisation, Recognition
from shared.contracts.vocabulary import LocalText, ProviderKind, Province, Recogniser, Sector
from shared.runtime.api_model import ApiAnswer, ApiModel

RecognitionCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ._/-]{0,20}[A-Za-z0-9])?$"),
    Field(description="RIO: instellingserkenningscode, unique per recogniser", examples=["21PH"]),
]


class RecordRecognition(ApiModel):
    """A period in which a recogniser vouches for an organisation."""

    recogniser: Recogniser
    code: RecognitionCode | None = None
    valid_from: date
    valid_until: Annotated[
        date | None,
        Field(
            description="the first day without this recognition",
            json_schema_extra={"format": "date"},
        ),
    ] = None


class RecordOrganisation(ApiModel):
    """The whole state of an organisation; its OIN is in the path."""

    name: LocalText
    sector: Sector
    website: WebAddress | None = None
    country: CountryCode = "NL"
    brin: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}[A-Z]{2}$")] | None = None
    kvk: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")] | None = None
    city: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
            ONE_LINE,
            Field(examples=["Enschede"]),
        ]
        | None
    ) = None
    region: Province | None = None
    kind: ProviderKind | None = None
    education_offerer_code: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{3}A[0-9]{3}$", description="RIO", examples=["100A123"]),
    ] = None
    recognitions: Annotated[tuple[RecordRecognition, ...], Field(max_length=100)] = ()
    reason: (
        Annotated[
            str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), PLAIN
        ]
        | None
    ) = Field(
        default=None,
        description=(
            "Why what was on record is wrong. Needed to take back days of recognition that have "
            "passed. Everybody can read it, so it names no person."
        ),
        examples=["The decision of OCW was entered with the wrong year."],
    )

    def organisation(self, oin: Oin) -> Organisation:
        """Return the organisation this is said of, under its number."""
        return Organisation(
            oin=oin,
            name=self.name,
            sector=self.sector,
            website=self.website,
            country=self.country,
            brin=self.brin,
            kvk=self.kvk,
            city=self.city,
            region=self.region,
            kind=self.kind,
            education_offerer_code=self.education_offerer_code,
            recognitions=tuple(
                Recognition(
                    recogniser=one.recogniser,
                    code=one.code,
                    valid_from=one.valid_from,
                    valid_until=one.valid_until,
                )
                for one in self.recognitions
            ),
        )


class StandingAnswer(ApiAnswer):
    """Whether an organisation was recognised on a day, by what the register said at a moment."""

    on: date
    as_of: AwareDatetime | None = Field(default=None, description="absent: what it says now")
    version: int = Field(description="the recorded state that says so")
    recognised: bool
    recognised_by: list[Recognition]


class OrganisationAnswer(Organisation):
    """An organisation, and its standing on a day when that was asked."""

    standing: StandingAnswer | None = None


class OrganisationVersion(ApiAnswer):
    """A state of an organisation as it was recorded; it never changes and never goes away."""

    version: int = Field(ge=1)
    recorded_at: datetime
    replaced_at: datetime | None = Field(
        default=None, description="when the next state was recorded; absent: this is the last"
    )
    reason: str | None = Field(
        default=None,
        description="why what was on record before was wrong",
        examples=["The decision of OCW was entered with the wrong year."],
    )
    organisation: Organisation
