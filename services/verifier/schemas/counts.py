"""Counts over HTTP: open figures per day, and one number for a holder."""

from datetime import date
from typing import Final, Self

from pydantic import Field

from services.verifier.domain.counts import BASE, Day
from services.verifier.schemas.examples import CREDENTIAL
from shared.runtime.api_model import ApiAnswer, ApiModel

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
MOST_CHARACTERS: Final = 300_000


class DayAnswer(ApiAnswer):
    """How much was verified on a day; every number is rounded by itself."""

    day: date = Field(examples=["2026-11-21"])
    verifications: int = Field(examples=[4310])
    by_state: dict[str, int] = Field(
        description="by verdict; what is rounded to nothing is left out",
        examples=[{"valid": 4120, "revoked": 20}],
    )
    by_form: dict[str, int] = Field(
        description="by what was found", examples=[{"vc-jwt": 4180, "unread": 10}]
    )
    by_container: dict[str, int] = Field(
        description="by what it came in", examples=[{"text": 2310, "pdf": 1990}]
    )

    @classmethod
    def of(cls, day: Day) -> Self:
        """Tell what may be published of a day."""
        return cls(
            day=day.day,
            verifications=day.verifications,
            by_state=dict(day.by_state),
            by_form=dict(day.by_form),
            by_container=dict(day.by_container),
        )


class CountsAnswer(ApiAnswer):
    """How much was verified, day by day; no day that is not over."""

    licence: str = Field(default=LICENCE, examples=[LICENCE])
    rounded_to: int = Field(default=BASE, examples=[BASE])
    days: tuple[DayAnswer, ...]


class CheckedSearch(ApiModel):
    """Which credential a learner asks about."""

    credential: str = Field(
        min_length=1, max_length=MOST_CHARACTERS, repr=False, examples=[CREDENTIAL]
    )


class CheckedAnswer(ApiAnswer):
    """How often an award was checked: by whom and when is not known to anybody."""

    checked: int = Field(ge=0, examples=[7])
    since: date = Field(
        description="first day of the earliest month in the sum", examples=["2024-11-01"]
    )
