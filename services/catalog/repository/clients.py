"""Machine clients, as administrators see them: each question names whose clients it asks for.

Row-level security says the same once more, so that a question that forgets it still finds nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.access.clients import Binding, Client, ClientKey, ClientUnknownError
from services.catalog.tables import client, client_key_set
from shared.runtime.database import EVERY_ORGANISATION


def client_in(row: Mapping[str, Any] | RowMapping) -> Client:
    """Return the client in a row."""
    return Client(
        client_id=row["client_id"],
        organisation=row["organisation"],
        name=row["name"],
        scopes=frozenset(row["scopes"]),
        keys=keys_in(row["keys"]),
        jwks_url=row["jwks_url"],
        binding=Binding(row["binding"]),
        blocked_by=row["blocked_by"],
        revision=row["revision"],
        registered_at=row["registered_at"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )


def keys_in(kept: Sequence[Mapping[str, Any]]) -> tuple[ClientKey, ...]:
    """Return keys as they were kept."""
    return tuple(
        ClientKey(one["jwk"], one["ends_at"] and datetime.fromisoformat(one["ends_at"]))
        for one in kept
    )


def keys_out(keys: Sequence[ClientKey]) -> list[dict[str, object]]:
    """Return keys as they are kept."""
    return [{"jwk": key.jwk, "ends_at": key.ends_at and key.ends_at.isoformat()} for key in keys]


def _shown_to(organisation: str) -> ColumnElement[bool]:
    return true() if organisation == EVERY_ORGANISATION else client.c.organisation == organisation


async def get_client(
    session: AsyncSession, client_id: UUID, *, of: str, is_locked: bool = False
) -> Client:
    """Return a client of an organisation (or of any), as it is until our commit if it is locked."""
    query = select(client).where(client.c.client_id == client_id, _shown_to(of))
    if is_locked:
        query = query.with_for_update()
    row = (await session.execute(query)).mappings().one_or_none()
    if row is None:
        raise ClientUnknownError
    return client_in(row)


async def list_clients(
    session: AsyncSession, *, of: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[Client]:
    """Return clients of an organisation (or of all), in the order of their registration."""
    query = select(client).where(_shown_to(of))
    place = (client.c.registered_at, client.c.client_id)
    if after is not None:
        moment, identifier = after
        query = query.where(
            (client.c.registered_at > moment)
            | ((client.c.registered_at == moment) & (client.c.client_id > identifier))
        )
    rows = await session.execute(query.order_by(*place).limit(limit))
    return [client_in(row) for row in rows.mappings()]


async def add_client(session: AsyncSession, added: Client) -> None:
    """Add a client."""
    await session.execute(insert(client).values(_columns(added)))


async def keep_client(session: AsyncSession, changed: Client) -> None:
    """Keep a client as it is now."""
    await session.execute(
        update(client).where(client.c.client_id == changed.client_id).values(_columns(changed))
    )


def _columns(one: Client) -> dict[str, object]:
    return {
        "client_id": one.client_id,
        "organisation": one.organisation,
        "name": one.name,
        "scopes": sorted(one.scopes),
        "keys": keys_out(one.keys),
        "jwks_url": one.jwks_url,
        "binding": one.binding.value,
        "blocked_by": one.blocked_by,
        "revision": one.revision,
        "registered_at": one.registered_at,
        "changed_at": one.changed_at,
        "changed_by": one.changed_by,
    }


async def keep_key_set(
    session: AsyncSession, of: Client, keys: tuple[ClientKey, ...], *, now: datetime
) -> None:
    """Keep the keys that were read at a client's address; those of another address go."""
    values = {
        "client_id": of.client_id,
        "organisation": of.organisation,
        "url": of.jwks_url,
        "keys": keys_out(keys),
        "read_at": now,
        "tried_at": now,
    }
    news = insert(client_key_set).values(values)
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[client_key_set.c.client_id],
            set_={name: news.excluded[name] for name in values if name != "client_id"},
        )
    )
