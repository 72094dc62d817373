"""Following awards once they are signed: the register holds them, and somebody is handed them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardNotFoundError
from services.issuer.repository import batches_recalls
from shared.contracts.registration import Registration


async def keep_registered(session: AsyncSession, held: Sequence[Registration]) -> None:
    """Remember which awards the national register holds."""
    await batches_recalls.keep_registered(
        session, [(one.registration_id, one.organisation, one.recorded_at) for one in held]
    )


async def hand_out(
    session: AsyncSession, award_id: UUID, *, organisation: str, now: datetime
) -> None:
    """Remember that a credential is handed out; one that was recalled is not."""
    if not await batches_recalls.keep_delivered(
        session, award_id, organisation=organisation, now=now
    ):
        raise AwardNotFoundError
