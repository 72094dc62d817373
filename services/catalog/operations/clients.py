"""Machine clients: registered, changed and shown, for the administrator of their organisation."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.access.clients import (
    Administrator,
    Client,
    ClientKey,
    ClientRefusedError,
    WantedClient,
    decide_client,
)
from services.catalog.access.key_sets import read_key_set, read_keys
from services.catalog.repository import clients
from shared.errors import Fault
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.fetching import AddressRefusedError, FetchFailedError, Reach, fetch
from shared.runtime.preconditions import Condition, tag_of_revision
from shared.strict_json import JsonRefusedError, load_object

KEY_SET_TYPES = ("application/json", "application/jwk-set+json", "text/plain")
KEY_SET_REACH = Reach(max_bytes=64 * 1024, connect_seconds=2, silence_seconds=3, total_seconds=5)
NO_KEYS = (
    "key-set-empty",
    "There is no key at this address that we can use: RSA of 2048 to 4096 bits, or P-256.",
    "Hier staat geen sleutel die wij kunnen gebruiken: RSA van 2048 tot 4096 bits, of P-256.",
)


async def read_address(url: str, *, reach: Reach) -> tuple[ClientKey, ...]:
    """Return the keys at a client's address, or refuse it and say what is wrong there."""
    code, sentence, dutch = NO_KEYS
    try:
        keys = await fetch_keys(url, reach=reach)
    except (AddressRefusedError, FetchFailedError, JsonRefusedError) as error:
        keys, code = (), error.code
        sentence, dutch = error.detail, error.detail_in_dutch
    if not keys:
        raise ClientRefusedError(faults=(Fault("/jwksUrl", code, sentence, dutch),))
    return keys


async def fetch_keys(url: str, *, reach: Reach) -> tuple[ClientKey, ...]:
    """Fetch the keys at an address; none of our connections waits for it meanwhile."""
    answer = await fetch(url, reach=reach, media_types=KEY_SET_TYPES)
    if answer.status != 200:  # noqa: PLR2004 - RFC 9110: OK
        raise FetchFailedError
    return read_key_set(load_object(answer.body, max_bytes=reach.max_bytes))


async def register_client(
    session: AsyncSession,
    wanted: WantedClient,
    fetched: tuple[ClientKey, ...],
    *,
    by: Administrator,
    steward: str,
    now: datetime,
) -> Client:
    """Register a client; what was read at its address is kept with it."""
    await _act_for(session, by)
    client = decide_client(
        _with_read_keys(wanted), None, client_id=uuid4(), by=by, steward=steward, now=now
    )
    if client.organisation != steward:
        await repository.get_organisation(session, client.organisation)
    await clients.add_client(session, client)
    if client.jwks_url is not None:
        await clients.keep_key_set(session, client, fetched, now=now)
    return client


async def change_client(
    session: AsyncSession,
    client_id: UUID,
    wanted: WantedClient,
    fetched: tuple[ClientKey, ...],
    *,
    by: Administrator,
    steward: str,
    condition: Condition,
    now: datetime,
) -> Client:
    """Change a client as a whole, but for its organisation; the same again changes nothing."""
    of = await _act_for(session, by)
    known = await clients.get_client(session, client_id, of=of, is_locked=True)
    condition.require(tag_of_revision(known.revision))
    told = replace(wanted, organisation=known.organisation)
    client = decide_client(
        _with_read_keys(told), known, client_id=client_id, by=by, steward=steward, now=now
    )
    if client is not known:
        await clients.keep_client(session, client)
    if client.jwks_url is not None:
        await clients.keep_key_set(session, client, fetched, now=now)
    return client


async def read_client(session: AsyncSession, client_id: UUID, *, by: Administrator) -> Client:
    """Return one client."""
    of = await _act_for(session, by)
    return await clients.get_client(session, client_id, of=of)


async def list_clients(
    session: AsyncSession,
    *,
    by: Administrator,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Client]:
    """Return the clients an administrator looks after, first registered first."""
    of = await _act_for(session, by)
    return await clients.list_clients(session, of=of, after=after, limit=limit)


async def _act_for(session: AsyncSession, by: Administrator) -> str:
    """Say whose clients are looked at from now on: the steward's are everybody's."""
    of = EVERY_ORGANISATION if by.is_steward else by.organisation
    await act_for(session, of)
    return of


def _with_read_keys(wanted: WantedClient) -> WantedClient:
    """Return what is wanted with its keys as we keep them, or refuse them."""
    if bool(wanted.keys) == (wanted.jwks_url is not None):
        sentence = "Give a client either keys or jwksUrl."
        dutch = "Geef een client keys of jwksUrl: een van beide."
        raise ClientRefusedError(faults=(Fault("", "keys-or-address", sentence, dutch),))
    keys, faults = read_keys(wanted.keys)
    if faults:
        raise ClientRefusedError(faults=tuple(faults))
    return replace(wanted, keys=keys)
