"""The register's feed in tests: a history for it, and following it as http-feeds says."""

import random
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from services.registry import consumers
from services.registry.app import create_app
from shared.contracts.events import Event, OrganisationRecorded
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText, Sector
from shared.proofs.log_entries import LogEntry, read_entry
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support.awards import (
    DELFT,
    NOW,
    TWENTE,
    an_award,
    erased,
    granted,
    reinstated,
    revoked,
    suspended,
)
from tests.support.registering import REGISTER, put_in_log, register_settings, tell_all

THIRD = "00000099000000230000"
Asked = tuple[str, str | int | float | bool | None]
Query = list[Asked]


def client_of(register: Database, **changes: object) -> httpx.AsyncClient:
    """Return a client of this register over HTTP."""
    app = create_app(register_settings(register.url, log_key=None, **changes), register)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=REGISTER)


async def hear(register: Database, *events: Event) -> None:
    """Let the register hear events."""
    subscriptions = consumers.subscribe(lambda: NOW)
    for event in events:
        async with register.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            await subscriptions.hear([event], session)


async def told(register: Database) -> list[bytes]:
    """Return what Kafka was told of registrations, in its order."""
    told = await tell_all(register)
    return [one.value for one in told if one.topic == "registrations" and one.value is not None]


async def entries_of(register: Database) -> list[LogEntry]:
    """Return the entries of the log."""
    async with register.transaction() as session:
        rows = await session.execute(text("SELECT entry FROM log_entry ORDER BY index"))
        return [read_entry(entry) for (entry,) in rows]


def an_organisation(oin: str, sector: Sector) -> OrganisationRecorded:
    """Return that the catalogue knows an organisation of a sector."""
    name = LocalText(nl="Instelling", en="Institution")
    return OrganisationRecorded(
        record_version=1, organisation=Organisation(oin=oin, name=name, sector=sector)
    )


async def some_history(register: Database, count: int = 12, seed: int = 1) -> None:
    """Have three awarders award, and let all that can happen happen to some of it."""
    chance = random.Random(seed)
    known: list[tuple[UUID, int]] = []
    for _ in range(count):
        award = an_award(organisation=chance.choice((TWENTE, TWENTE, TWENTE, DELFT, THIRD)))
        known.append((award.award_id, chance.randrange(5)))
        await hear(register, granted(award))
    for about, what in known:
        if what == 1:
            await hear(register, suspended(about), reinstated(about))
        elif what == 2:
            await hear(register, revoked(about))
    await put_in_log(register)


async def erase_one(register: Database) -> UUID:
    """Award, log and erase one registration; return its id."""
    award = an_award()
    await hear(register, granted(award))
    await put_in_log(register)
    await hear(register, erased(award.award_id, record_version=2))
    await put_in_log(register)
    return award.award_id


async def page(http: httpx.AsyncClient, *query: Asked) -> list[dict[str, Any]]:
    """Return one page of the feed."""
    answer = await http.get("/v1/events", params=list(query))
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()
    return events


async def follow(http: httpx.AsyncClient, *query: Asked, limit: int = 100) -> list[dict[str, Any]]:
    """Read to the end as http-feeds says: with the id of the last event, until a page is empty."""
    found: list[dict[str, Any]] = []
    last: Query = []
    while events := await page(http, *query, *last, ("limit", limit)):
        assert len(events) <= limit
        found += events
        last = [("lastEventId", events[-1]["id"])]
    return found
