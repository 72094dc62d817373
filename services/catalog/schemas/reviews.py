"""What a quality body sends, and what was done at a desk as its own provider reads it."""

from datetime import datetime

from pydantic import Field

from services.catalog.domain.reviews import Deed
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer, ApiModel


class ApproveDraft(ApiModel):
    """The quality body that approves; readers of the published version see its name."""

    body: LocalText = Field(
        description="name of the quality body, never of a person",
        examples=[{"nl": "Toetscommissie", "en": "Assessment committee"}],
    )
    note: LocalText | None = Field(default=None, description="for the provider's own history")


class RejectDraft(ApiModel):
    """Why the draft is sent back, so that its provider can mend it."""

    reason: LocalText = Field(examples=[{"nl": "De toets meet leeruitkomst 2 niet."}])
    body: LocalText | None = None


class HistoryAnswer(ApiAnswer):
    """What was done at a desk, when, through which client and by whom."""

    deed: Deed
    happened_at: datetime
    client: str = Field(examples=["sis"])
    subject: str = Field(
        description="the person, or the client itself, as the access token names them",
        examples=["medewerker-17"],
    )
    version: int | None = None
    body: LocalText | None = None
    remark: LocalText | None = Field(default=None, description="the reason, or the note")
