"""What the register remembers of the catalogue, so that it never has to ask it."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.repository import catalogue as repository
from shared.contracts.policy import Organisation


async def keep_organisation(session: AsyncSession, told: Organisation) -> None:
    """Remember an organisation as the catalogue says it is now."""
    await repository.keep_organisation(session, told)
