"""What an organisation says when it lets another award for it, and what everybody reads of that."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from shared.contracts.identifiers import Oin
from shared.runtime.api_model import ApiAnswer, ApiModel

_UNTIL = Field(
    description="the first day without mandate, as with recognition",
    json_schema_extra={"format": "date"},
)


class GiveMandate(ApiModel):
    """From which day on the other organisation may award for yours, and until which."""

    valid_from: date
    valid_until: Annotated[date | None, _UNTIL] = None


class MandateAnswer(ApiAnswer):
    """A mandate of one organisation to another; an ended one stays on record."""

    organisation: Oin = Field(description="whose microcredentials are awarded")
    agent: Oin = Field(description="who may award them")
    valid_from: date
    valid_until: Annotated[date | None, _UNTIL] = None
    given_at: datetime
    ended_at: datetime | None = None
