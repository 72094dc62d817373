"""A provider's own desks in a list: how far each is, and the state to act on."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.catalog.domain.reviews import Stage
from services.catalog.schemas.bodies import MicrocredentialState
from shared.contracts.identifiers import Oin
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer


class ListedDraftAnswer(ApiAnswer):
    """The draft on a desk, by its title."""

    state: Stage
    title: LocalText
    on_behalf_of: Oin | None = None


class DeskAnswer(ApiAnswer):
    """A microcredential of your own: its latest version, its draft, or both."""

    microcredential_id: UUID
    state: MicrocredentialState = Field(
        description="of the latest version if there is one; `draft.state` is that of the draft"
    )
    title: LocalText
    version: int | None = Field(default=None, description="the latest published version")
    draft: ListedDraftAnswer | None = None
    changed_at: datetime
    etag: str = Field(description="give this as If-Match to act on this state", examples=['"7"'])
