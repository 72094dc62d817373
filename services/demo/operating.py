"""What an operator does to one service: send events again, see whether it is well, make topics.

Apart from the commands, so that each can be called without a terminal.
"""

import asyncio
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import httpx
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from services.catalog.operations.seeding import Seeded
from services.catalog.operations.seeding import seed as seed_catalogue
from services.catalog.settings import Settings as CatalogSettings
from services.registry.operations.telling import find_backlog as find_untold
from services.registry.operations.telling import tell_again
from shared.contracts.topics import REGISTRATIONS, REGISTRATIONS_STATE, TOPICS
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.observability import configure_logging
from shared.runtime.outbox import Backlog, FindBacklog, find_backlog, replay
from shared.runtime.schema import consumer_state, parked
from shared.runtime.settings import ServiceSettings

NOWHERE = {
    "database_url": "postgresql://nobody@127.0.0.1:1/nothing",
    "key_encryption_key": "A" * 43,
    "pseudonym_key": "A" * 43,
    "log_key": "A" * 43,
}


class Service(StrEnum):
    """The four services."""

    CATALOG = "catalog"
    ISSUER = "issuer"
    REGISTRY = "registry"
    VERIFIER = "verifier"


TOLD_FROM_LOG = (REGISTRATIONS, REGISTRATIONS_STATE)


class TopicUnknownError(ValueError):
    """There is no such topic."""


class NoEndError(ValueError):
    """The register tells both its topics again, from a moment on and to the end of its log."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How one service is, seen from its database; without an answer there is only the reason."""

    fault: str | None = None
    unpublished: int = 0
    oldest_seconds: float = 0.0
    parked: int = 0
    lag: int | None = None
    silent_seconds: float | None = None

    @property
    def is_well(self) -> bool:
        """Say whether nothing needs anybody's attention."""
        waited = max(self.oldest_seconds, self.silent_seconds or 0.0)
        return self.fault is None and waited < 60 and not self.parked  # noqa: PLR2004 - a minute


def read_settings(service: Service) -> ServiceSettings:
    """Return the settings of a service, from the environment."""
    settings: ServiceSettings = importlib.import_module(f"services.{service}.settings").Settings()
    return settings


async def send_again(
    settings: ServiceSettings,
    *,
    topic: str | None,
    since: datetime | None,
    until: datetime | None,
) -> int:
    """Have a service publish a range of its events again; return how many."""
    wanted = next((known for known in TOPICS if known.name == topic), None)
    if topic is not None and wanted is None:
        raise TopicUnknownError(TopicUnknownError.__doc__)
    database = Database(settings.database_url, source=settings.source)
    try:
        if settings.service == Service.REGISTRY and wanted in (None, *TOLD_FROM_LOG):
            if until is not None:
                raise NoEndError(NoEndError.__doc__)
            return await tell_again(database, since=since)
        async with database.transaction() as session:
            return await replay(session, topic=wanted, since=since, until=until)
    finally:
        await database.dispose()


async def seed(settings: CatalogSettings) -> Seeded:
    """Load what a new installation begins with; again changes nothing."""
    database = Database(settings.database_url, source=settings.source)
    try:
        return await seed_catalogue(
            database, settings.seed_folder, public_url=settings.public_url, now=clock.now()
        )
    finally:
        await database.dispose()


async def examine(settings: ServiceSettings) -> Condition:
    """Look at a service: does its database answer, does its outbox empty, does it keep up."""
    database = Database(settings.database_url, source=settings.source, pool_size=1)
    try:
        return await _examine(database, _BESIDE_OUTBOX.get(settings.service))
    except (OSError, SQLAlchemyError, TimeoutError) as error:
        return Condition(fault=type(getattr(error, "orig", None) or error).__name__)
    finally:
        await database.dispose()


_BESIDE_OUTBOX: dict[str, FindBacklog] = {Service.REGISTRY: find_untold}


async def _examine(database: Database, find_beside: FindBacklog | None) -> Condition:
    beside = Backlog() if find_beside is None else await find_beside(database)
    async with database.transaction() as session:
        backlog = (await find_backlog(session)).beside(beside)
        silence = func.extract("epoch", func.clock_timestamp() - func.max(consumer_state.c.beat_at))
        lag, silent = (await session.execute(select(func.sum(consumer_state.c.lag), silence))).one()
        held = await session.scalar(select(func.count()).select_from(parked))
    return Condition(
        unpublished=backlog.events,
        oldest_seconds=backlog.seconds,
        parked=held or 0,
        lag=None if lag is None else int(lag),
        silent_seconds=None if silent is None else float(silent),
    )


def write_openapi(service: Service) -> str:
    """Return a service's OpenAPI document; it needs no database, nor any setting."""
    configure_logging(level="ERROR")
    room = importlib.import_module(f"services.{service}.settings")
    given = {name: value for name, value in NOWHERE.items() if name in room.Settings.model_fields}
    settings = room.Settings.model_validate(
        given | {"public_url": f"https://{service}.waarmerk.example"}
    )
    app = importlib.import_module(f"services.{service}.app").create_app(settings)

    async def ask() -> Mapping[str, object]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:
            document: Mapping[str, object] = (await client.get("/v1/openapi.json")).json()
            return document

    return json.dumps(asyncio.run(ask()), indent=2, ensure_ascii=False)


def ask_verdict(file: Path, *, verifier: str, log_proof: Path | None = None) -> dict[str, object]:
    """Return a verifier's whole answer about a credential in a file, whatever kind of file.

    With a proof of the register's log beside it, the credential is sent as the text it is.
    """
    address = f"{verifier.rstrip('/')}/v1/verifications"
    if log_proof is None:
        kind = {"Content-Type": "application/octet-stream"}
        answer = httpx.post(address, content=file.read_bytes(), headers=kind, timeout=15)
    else:
        texts = [one.read_bytes().decode(errors="replace") for one in (file, log_proof)]
        asked = dict(zip(("credential", "logProof"), texts, strict=True))
        answer = httpx.post(address, json=asked, timeout=15)
    answer.raise_for_status()
    told: dict[str, object] = answer.json()
    return told
