"""Mandates: given and ended by an organisation itself, read by everybody, never forgotten."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain.mandates import Mandate, MandateUnknownError, decide_mandate
from services.catalog.repository import mandates


async def give_mandate(
    session: AsyncSession,
    *,
    mandator: str,
    agent: str,
    valid_from: date,
    valid_until: date | None,
    now: datetime,
) -> tuple[Mandate, bool]:
    """Let another organisation award for this one; say whether the pair had no mandate before.

    Another period takes the place of the present one, which stays on record as ended.
    """
    for oin in (mandator, agent):
        await repository.get_organisation(session, oin)
    known = await mandates.lock_mandate(session, mandator, agent)
    wanted = Mandate(mandator, agent, valid_from, valid_until, given_at=now)
    given = decide_mandate(known, wanted)
    if given is not known:
        if known is not None:
            await mandates.keep_ended(session, known.ended(now=now))
        await mandates.add_mandate(session, given)
    return given, known is None


async def end_mandate(
    session: AsyncSession, *, mandator: str, agent: str, now: datetime
) -> Mandate:
    """End a mandate from this moment on; what was published by it stays good."""
    known = await mandates.lock_mandate(session, mandator, agent)
    if known is None:
        raise MandateUnknownError
    ended = known.ended(now=now)
    await mandates.keep_ended(session, ended)
    return ended


async def read_mandate(session: AsyncSession, *, mandator: str, agent: str) -> Mandate:
    """Return the present mandate of one organisation to another."""
    known = await mandates.find_mandate(session, mandator, agent)
    if known is None:
        raise MandateUnknownError
    return known


async def list_mandates(
    session: AsyncSession, mandator: str, *, after: int, limit: int
) -> list[Mandate]:
    """Return every mandate an organisation gave, ended ones as well."""
    await repository.get_organisation(session, mandator)
    return await mandates.list_mandates(session, mandator, after=after, limit=limit)
