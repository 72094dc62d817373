"""What the token endpoint asks the database: straight, because every request for a token does.

The client is looked up before anybody is believed, so for every organisation; that its assertion
was not used before is said by the primary key, whoever else asks at the same moment.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.access.clients import Client, ClientKey
from services.catalog.access.rotation import TokenKey
from services.catalog.repository.clients import client_in, keys_in, keys_out
from services.catalog.tables import token_key, used_assertion
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client with the keys it has now, and when its address was read and tried."""

    client: Client
    keys: tuple[ClientKey, ...]
    read_at: datetime | None
    tried_at: datetime | None


_CLIENT: Final = """
    SELECT c.client_id, c.organisation, c.name, CAST(c.scopes AS text) AS scopes,
           CAST(c.keys AS text) AS keys, c.jwks_url, c.binding, c.blocked_by, c.revision,
           c.registered_at, c.changed_at, c.changed_by,
           CAST(s.keys AS text) AS fetched, s.read_at, s.tried_at
    FROM client c LEFT JOIN client_key_set s ON s.client_id = c.client_id AND s.url = c.jwks_url
    WHERE c.client_id = $1
    """
_USE: Final = """
    INSERT INTO used_assertion (client_id, jti, until) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
    RETURNING jti
    """
_KEY_COLUMNS: Final = tuple(field.name for field in fields(TokenKey))
_TRY: Final = """
    INSERT INTO client_key_set (client_id, organisation, url, keys, tried_at)
    VALUES ($1, $2, $3, '[]', $4)
    ON CONFLICT (client_id) DO UPDATE SET tried_at = excluded.tried_at
    WHERE client_key_set.tried_at < $5 OR client_key_set.url <> excluded.url
    RETURNING client_id
    """
_KEEP: Final = """
    UPDATE client_key_set SET keys = CAST($3 AS jsonb), read_at = $4
    WHERE client_id = $1 AND url = $2
    """


async def find_client(within: Straight, client_id: UUID) -> KnownClient | None:
    """Return a client and its keys, or None."""
    row = await within.ask(_CLIENT, client_id)
    if row is None:
        return None
    parsed = {name: json.loads(row[name]) for name in ("scopes", "keys")}
    found = client_in({**row, **parsed})
    if found.jwks_url is None:
        return KnownClient(found, found.keys, None, None)
    fetched = keys_in(json.loads(row["fetched"] or "[]"))
    return KnownClient(found, fetched, row["read_at"], row["tried_at"])


async def use_assertion(within: Straight, client_id: UUID, jti: str, *, until: datetime) -> bool:
    """Use up an assertion; say whether it was still to be had. A twin waits for our commit."""
    return await within.ask(_USE, client_id, jti, until) is not None


async def claim_reading(
    within: Straight, client: Client, *, now: datetime, pause: timedelta
) -> bool:
    """Claim the reading of a client's address; nobody else then does so for a while."""
    claimed = await within.ask(
        _TRY, client.client_id, client.organisation, client.jwks_url, now, now - pause
    )
    return claimed is not None


async def keep_reading(
    within: Straight, client: Client, keys: Sequence[ClientKey], *, now: datetime
) -> None:
    """Keep the keys that were read at a client's address, if that is its address still."""
    await within.ask(_KEEP, client.client_id, client.jwks_url, json.dumps(keys_out(keys)), now)


async def forget_used(session: AsyncSession, now: datetime) -> int:
    """Forget assertions that are refused by their age by now; return how many."""
    gone = await session.execute(
        delete(used_assertion).where(used_assertion.c.until < now).returning(used_assertion.c.jti)
    )
    return len(gone.all())


async def list_token_keys(session: AsyncSession) -> Sequence[TokenKey]:
    """Return every key that is kept, the last one that begins first."""
    rows = await session.execute(
        select(token_key).order_by(token_key.c.signs_from.desc(), token_key.c.kid)
    )
    return [TokenKey(**row) for row in rows.mappings()]


async def add_token_key(session: AsyncSession, key: TokenKey) -> None:
    """Add a key."""
    values = {name: getattr(key, name) for name in _KEY_COLUMNS}
    await session.execute(insert(token_key).values(values))


async def end_token_keys(session: AsyncSession, *, now: datetime) -> None:
    """End every key there is, from this moment on."""
    await session.execute(
        update(token_key).where(token_key.c.ended_at.is_(None)).values(ended_at=now)
    )


async def forget_token_keys(session: AsyncSession, kids: Sequence[str]) -> None:
    """Forget keys of which no token can be about any more."""
    await session.execute(delete(token_key).where(token_key.c.kid.in_(kids)))
