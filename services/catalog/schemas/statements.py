"""What is said of a published version: sent by who says it, read by everybody once accepted."""

from datetime import date, datetime
from uuid import UUID

from pydantic import AnyHttpUrl, Field

from services.catalog.domain.statements import StatementKind, StatementState
from shared.contracts.codes import WebAddress
from shared.contracts.identifiers import Oin
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer, ApiModel


class FileStatement(ApiModel):
    """What your organisation says of a version; who says it comes from the access token."""

    kind: StatementKind
    version: int = Field(ge=1, le=2**31 - 1)
    text: LocalText
    stated_on: date
    url: WebAddress | None = Field(default=None, description="where the whole report is")
    panel: LocalText | None = Field(
        default=None,
        description="a provider files the review of its panel under the panel's name,"
        " never that of a person",
    )


class AuthorAnswer(ApiAnswer):
    """Who says it: an organisation of this catalogue, or a panel by its name."""

    oin: Oin | None = None
    name: LocalText | None = None


class StatementAnswer(ApiAnswer):
    """What is said of a version, by whom, on which date, and what became of it."""

    statement_id: UUID
    microcredential_id: UUID
    version: int
    kind: StatementKind
    author: AuthorAnswer
    text: LocalText
    url: AnyHttpUrl | None = None
    stated_on: date
    state: StatementState
    filed_at: datetime
    settled_at: datetime | None = None
