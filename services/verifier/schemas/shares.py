"""Shares over HTTP: what is shared and for how long, and what its holder is given."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from services.verifier.domain.shares import LEAST_DAYS, MOST_DAYS, USUAL_DAYS
from services.verifier.schemas.examples import CREDENTIAL
from shared.runtime.api_model import ApiAnswer, ApiModel

A_SHARE: Final = "b1Yx0u9cQ2mXk3sVr7tJ5A"
_A_KEY: Final = "q1J3Yb0yq4n2m5cX0o8m1wYxE2fX2l0T0s0b8kq3E5A"


class WantedShareBody(ApiModel):
    """A credential its holder wants to share, for so many days."""

    credential: Annotated[str, Field(min_length=1, max_length=400_000, examples=[CREDENTIAL])]
    days: Annotated[int, Field(ge=LEAST_DAYS, le=MOST_DAYS)] = USUAL_DAYS
    with_code: bool = Field(default=False, description="also a short code, to be typed over")


class ShareAnswer(ApiAnswer):
    """A share, told once: the link and the code are kept nowhere."""

    share_id: str = Field(description="says nothing by itself", examples=[A_SHARE])
    link: str = Field(
        description="for who may see it; what stands after # is the key and reaches no server",
        examples=[f"https://verifier.waarmerk.example/s/{A_SHARE}#{_A_KEY}"],
    )
    code: str | None = Field(
        default=None, description="the same, to be typed over", examples=["7Q4K-M2XD-9HT7"]
    )
    expires_at: datetime
    withdrawal: str = Field(
        description="secret that ends the share: for its holder only",
        examples=["dJ0mD8cQY7m1Xv9q2a6rT5kE3wZb4nUo1sLp8hGf0iI"],
    )
