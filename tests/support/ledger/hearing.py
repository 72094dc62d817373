"""What the ledger does about events: one entry each; names of keys make it fail in chosen ways."""

from collections.abc import Sequence

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.events import (
    AwardGranted,
    AwardRevoked,
    IssuerKeyPublished,
    RegistrationState,
)
from shared.contracts.topics import REGISTRATIONS_STATE
from shared.errors import NotFoundError
from shared.runtime.inbox import Subscriptions
from tests.support.ledger.tables import entry

ORGANISATION = "00000099000000010000"


class Moods:
    """What is wrong with the ledger at the moment."""

    def __init__(self) -> None:
        self.database_is_down = False
        self.poisonous: set[str] = set()
        self.slow_seconds = 0.0


def subscribe(moods: Moods | None = None) -> Subscriptions:
    """Write an entry for everything heard."""
    subscriptions = Subscriptions()
    mood = moods or Moods()

    @subscriptions.on(AwardGranted, AwardRevoked)
    async def keep_award(event: AwardGranted | AwardRevoked, session: AsyncSession) -> None:
        if event.subject in mood.poisonous:
            raise NotFoundError
        if mood.database_is_down:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        await write(session, event.subject, event.record_version, event.name)

    @subscriptions.on_many(IssuerKeyPublished)
    async def keep_keys(events: Sequence[IssuerKeyPublished], session: AsyncSession) -> None:
        if mood.slow_seconds:
            await session.execute(text("SELECT pg_sleep(:s)"), {"s": mood.slow_seconds})
        if any(event.subject in mood.poisonous for event in events):
            raise NotFoundError
        await session.execute(
            insert(entry),
            [
                {
                    "organisation": ORGANISATION,
                    "subject": event.subject,
                    "version": event.record_version,
                    "said": event.name,
                }
                for event in events
            ],
        )

    @subscriptions.on(RegistrationState)
    async def keep_state(event: RegistrationState, session: AsyncSession) -> None:
        await write(session, event.subject, event.record_version, event.name)

    @subscriptions.on_gone(REGISTRATIONS_STATE)
    async def forget(key: str, session: AsyncSession) -> None:
        await write(session, key, 0, "gone")

    return subscriptions


async def write(session: AsyncSession, subject: str, version: int, said: str) -> None:
    """Write one entry."""
    await session.execute(
        insert(entry).values(organisation=ORGANISATION, subject=subject, version=version, said=said)
    )
