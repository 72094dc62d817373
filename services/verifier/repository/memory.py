"""What this process remembers of our copies, so that a verification asks the database one question.

Keys, lists, organisations and microcredentials hardly ever change. Every quarter of a second at
most, one look at `heard` tells whether they did; what depends on a changed topic is thrown away.
A value that was being read meanwhile ends up on the shelf that was thrown away, never on the new.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.verifier.checks.status import open_list
from services.verifier.domain.knowledge import (
    Held,
    Knowledge,
    KnownIssuer,
    OpenList,
)
from services.verifier.repository import copies
from services.verifier.repository.queue import Ask, Queue
from shared.contracts import topics
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Policy
from shared.contracts.topics import Topic
from shared.runtime.database import Database

T = TypeVar("T")
_NEVER: Final = float("-inf")
_MOST: Final = 4096
"""So many things on a shelf; a stranger who names more only makes us ask the database again."""


@dataclass(slots=True)
class Shelf:
    """Values that hold as long as these topics change nothing."""

    depends_on: tuple[Topic, ...]
    seen: tuple[int, ...] = ()
    values: dict[object, object] = field(default_factory=dict)

    def find(self, key: object) -> Any:  # noqa: ANN401 - keyed by its type
        """Return what is known under a key, or None."""
        return self.values.get(key)

    def compare(self, changes: dict[str, int]) -> None:
        """Throw everything away when a topic changed."""
        now = tuple(changes.get(topic.name, 0) for topic in self.depends_on)
        if now != self.seen:
            self.seen, self.values = now, {}


class Memory:
    """Our copies, read through memory; one per process."""

    def __init__(self, database: Database, *, refresh_seconds: float) -> None:
        # Reading single rows needs no transaction, and saves two round trips without one.
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._refresh_seconds = refresh_seconds
        self._looked_at = _NEVER
        self._knowledge = Knowledge()
        self._issuers = Shelf((topics.CATALOG, topics.ISSUER_KEYS))
        self._catalogue = Shelf((topics.CATALOG,))
        self._register = Queue(self._open_register)
        self._lists = Shelf((topics.STATUS_LISTS, topics.ISSUER_KEYS))

    async def refresh(self) -> Knowledge:
        """Look whether anything changed, unless we just did; return how fresh we are."""
        began, before = time.monotonic(), self._looked_at
        if began - before < self._refresh_seconds:
            return self._knowledge
        if before != _NEVER:  # Who comes meanwhile goes on with what we know, if we know anything.
            self._looked_at = began
        try:
            async with self._connect() as connection:
                freshness = await copies.read_freshness(connection)
        except BaseException:
            self._looked_at = before
            raise
        for shelf in (self._issuers, self._catalogue, self._lists):
            shelf.compare(freshness.changes)
        self._knowledge = freshness.knowledge
        self._looked_at = began
        return self._knowledge

    async def find_issuer(self, did: str) -> KnownIssuer | None:
        """Return who signs under this did."""
        known: KnownIssuer | None = self._issuers.find(did)
        return known or await self._remember(
            self._issuers, did, lambda connection: copies.find_issuer(connection, did)
        )

    async def find_microcredential(self, page: str, version: str) -> Microcredential | None:
        """Return a published version of a microcredential."""
        known: Microcredential | None = self._catalogue.find((page, version))
        return known or await self._remember(
            self._catalogue,
            (page, version),
            lambda connection: copies.find_microcredential(connection, page, version),
        )

    async def find_policy(self, subject: str) -> Policy | None:
        """Return a version of a policy."""
        known: Policy | None = self._catalogue.find(subject)
        return known or await self._remember(
            self._catalogue, subject, lambda connection: copies.find_policy(connection, subject)
        )

    async def find_list(self, url: str, issuer: KnownIssuer) -> OpenList | None:
        """Return a status list, opened as one of this issuer's."""
        known: OpenList | None = self._lists.find((url, issuer.did))
        if known is not None:
            return known

        async def read(connection: AsyncConnection) -> OpenList | None:
            signed = await copies.find_signed_list(connection, url)
            return open_list(signed, url=url, issuer=issuer) if signed is not None else None

        return await self._remember(self._lists, (url, issuer.did), read)

    async def find_registration(self, credential_id: UUID) -> Held | None:
        """Return what the register says; always asked anew."""
        return await self._register.find(credential_id)

    @asynccontextmanager
    async def _open_register(self) -> AsyncIterator[Ask]:
        # Straight from the pool: a connection of SQLAlchemy's own costs as much as the question.
        borrowed = await self._engine.raw_connection()
        try:
            yield partial(copies.find_registrations, borrowed.driver_connection)
        finally:
            borrowed.close()

    async def _remember(
        self,
        shelf: Shelf,
        key: object,
        read: Callable[[AsyncConnection], Awaitable[T | None]],
    ) -> T | None:
        values = shelf.values
        async with self._connect() as connection:
            value = await read(connection)
        if value is not None:
            if len(values) >= _MOST:
                values.clear()
            values[key] = value
        return value

    def _connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._engine.connect()
