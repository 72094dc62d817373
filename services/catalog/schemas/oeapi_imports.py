"""The bodies of importing an institution's OEAPI."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AnyUrl, Field

from services.catalog.oeapi.importing import Basis, Kind, Verdict
from services.catalog.oeapi.report import ImportState
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer, ApiModel

Ids = Annotated[tuple[UUID, ...], Field(max_length=500)]


class RegisterOeapiSource(ApiModel):
    """Where an organisation serves its own OEAPI v6."""

    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2000,
            description="the base address, public and https: `/programmes` comes after it",
            examples=["https://oeapi.example.nl/v6"],
        ),
    ]


class OeapiSourceAnswer(ApiAnswer):
    """Where an organisation serves its own OEAPI v6."""

    organisation: str
    url: AnyUrl
    registered_at: datetime


class AskOeapiImport(ApiModel):
    """What to import; without ids, every programme that leads to a microcredential."""

    programme_ids: Ids = Field(default=(), description="whatever document they lead to")
    course_ids: Ids = Field(default=(), description="a course says neither level nor document")


class ReasonAnswer(ApiAnswer):
    """What was lost or refused, and where in the source."""

    pointer: str = Field(description="RFC 6901 pointer into the source's object")
    code: str
    detail: LocalText


class OeapiImportItem(ApiAnswer):
    """What became of one programme, course or offering of the source."""

    kind: Kind
    source_id: UUID
    verdict: Verdict
    primary_code: str | None = None
    name: str | None = None
    microcredential_id: UUID | None = None
    offering_id: UUID | None = None
    matched_by: Basis | None = None
    candidates: list[UUID] = Field(description="which of yours it may be, when it is ambiguous")
    differences: list[str] = Field(description="members in which the source and yours differ")
    lost: list[ReasonAnswer]
    reasons: list[ReasonAnswer]


class ImportProblem(ApiAnswer):
    """Why the import as a whole came to nothing."""

    code: str
    detail: LocalText


class OeapiImportSummary(ApiAnswer):
    """An import, and how many things there are of each verdict."""

    import_id: UUID
    state: ImportState
    url: AnyUrl
    created_at: datetime
    finished_at: datetime | None = None
    problem: ImportProblem | None = None
    counts: dict[Verdict, int] = Field(description="how many of each verdict")


class OeapiImportAnswer(OeapiImportSummary):
    """An import, and its report so far."""

    items: list[OeapiImportItem]
