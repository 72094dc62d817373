"""Offerings of the seed: in weeks from the day they are loaded, so that some always lie ahead.

A period runs from the Monday of its first week up to the Friday of its last; week 0 is the week of
the day itself.
"""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain import MicrocredentialUnknownError, dutch_day
from services.catalog.operations.offerings import cancel_offering, offer_microcredential
from services.catalog.repository.offerings import find_offering
from shared.contracts.model import Contract
from shared.contracts.offering import OfferingTerms
from shared.contracts.requests import REQUEST
from shared.contracts.vocabulary import LocalText
from shared.runtime.database import Database, act_for

FRIDAY: Final = timedelta(days=4)


class SeedPeriod(Contract):
    """A number of whole weeks, counted from the week of the seed day; without a last it goes on."""

    first_week: int
    last_week: int | None = None

    def on(self, monday: date) -> dict[str, str]:
        """Return the period as the days it has when week 0 begins on this Monday."""
        days = {"firstDay": monday + timedelta(weeks=self.first_week)}
        if self.last_week is not None:
            days["lastDay"] = monday + timedelta(weeks=self.last_week) + FRIDAY
        return {name: day.isoformat() for name, day in days.items()}


def _without_days(terms: dict[str, Any]) -> dict[str, Any]:
    """Read the periods, so that a seed that counts in anything but weeks is refused at once."""
    for name in ("runs", "flexibleEntry"):
        if name in terms:
            terms[name] = SeedPeriod.model_validate(terms[name])
    periods = terms.get("enrolmentPeriods", [])
    terms["enrolmentPeriods"] = [SeedPeriod.model_validate(each) for each in periods]
    return terms


class SeedOffering(Contract):
    """An offering of the seed; `cancelled` says why it does not take place after all."""

    offering_id: UUID
    microcredential_id: UUID
    terms: Annotated[dict[str, Any], AfterValidator(_without_days)]
    cancelled: LocalText | None = None

    def terms_on(self, day: date) -> OfferingTerms:
        """Return the terms as they are when the seed is loaded on this day."""
        monday = day - timedelta(days=day.weekday())
        text = json.dumps(self.terms, default=lambda period: period.on(monday))
        return OfferingTerms.model_validate_json(
            text, strict=True, extra="forbid", by_alias=True, by_name=False, context=REQUEST
        )


def read_offerings(path: Path) -> list[SeedOffering]:
    """Read the offerings of the seed; a seed may have none."""
    if not path.exists():
        return []
    return TypeAdapter(list[SeedOffering]).validate_json(path.read_bytes())


async def seed_offerings(
    database: Database, folder: Path, *, public_url: str, now: datetime
) -> int:
    """Record the offerings that are not there yet, each in a transaction of its own; count them."""
    new = 0
    for one in read_offerings(folder / "offerings.json"):
        async with database.transaction() as session:
            new += await _seed_offering(session, one, public_url=public_url, now=now)
    return new


async def _seed_offering(
    session: AsyncSession, one: SeedOffering, *, public_url: str, now: datetime
) -> bool:
    published = await repository.find_version(session, one.microcredential_id)
    if published is None:
        raise MicrocredentialUnknownError
    await act_for(session, published.provider)
    if await find_offering(session, one.offering_id) is not None:
        return False
    await offer_microcredential(
        session,
        one.microcredential_id,
        one.terms_on(dutch_day(now)),
        provider=published.provider,
        public_url=public_url,
        now=now,
        offering_id=one.offering_id,
    )
    if one.cancelled is not None:
        await cancel_offering(
            session,
            one.offering_id,
            reason=one.cancelled,
            provider=published.provider,
            public_url=public_url,
            now=now,
        )
    return True
