"""What RIO would register, as the API shows it; the messages have RIO's own names and shape."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.catalog.rio import OpleidingseenheidSoort, Severity
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer

Message = dict[str, Any]


class RioFindingAnswer(ApiAnswer):
    """One thing found: what RIO would refuse, what is left out or changed, what to know."""

    code: str
    severity: Severity
    pointer: str = Field(
        description="RFC 6901 pointer into the offering, if one is named, or else into"
        " `{content, provider}` of the microcredential"
    )
    offering_id: UUID | None = None
    sentence: LocalText


class RioReportAnswer(ApiAnswer):
    """The dry run of one microcredential."""

    microcredential_id: UUID
    version: int | None = Field(
        default=None, description="the published version; absent: your draft, as of today"
    )
    soort: OpleidingseenheidSoort
    ready: bool = Field(description="RIO would take both messages")
    opleidingseenheid: Message
    aangeboden_opleiding: Message = Field(description="with its cohorts")
    findings: list[RioFindingAnswer]


class RioChangeAnswer(ApiAnswer):
    """A main object of RIO that changed, as a whole state."""

    change: int = Field(description="its place in the list; places between may be empty")
    recorded_at: datetime
    soort_wijziging: Literal["toegevoegd", "gewijzigd", "beeindigd"] = Field(
        description="since `after`"
    )
    main_object: Literal["opleidingseenheid", "aangebodenOpleiding"]
    soort: str
    microcredential_id: UUID
    provider: str
    education_offerer_code: str | None = Field(default=None, description="onderwijsaanbiedercode")
    ready: bool = Field(description="false: see the rio-report, and do not send it yet")
    state: Message


class RioChangesAnswer(ApiAnswer):
    """A page of the list of changes."""

    items: list[RioChangeAnswer]
    next: str = Field(
        description="Give this as `after`, now or tomorrow; it never expires.", examples=["WzQyXQ"]
    )
    head: str = Field(description="the cursor of the end of the list", examples=["WzQyXQ"])
    lag: int = Field(description="how many changes are left after this page; 0: you have all")
