"""Tokens: a client is believed once for each of its assertions, and given what it may have."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from joserfc.jwk import Key

from services.catalog import repository
from services.catalog.access.asking import TokenRequest
from services.catalog.access.assertion import (
    Assertion,
    find_key,
    judge_assertion,
    read_assertion,
)
from services.catalog.access.clients import Client
from services.catalog.access.granting import LIFETIME, Grant
from services.catalog.access.key_sets import usable
from services.catalog.access.metadata import token_endpoint
from services.catalog.access.refusals import ClientRejectedError
from services.catalog.access.rotation import TokenKey, next_begins, published_keys, signing_key
from services.catalog.operations.clients import KEY_SET_REACH, fetch_keys
from services.catalog.repository import tokens
from services.catalog.repository.tokens import KnownClient
from services.catalog.settings import Settings
from services.catalog.signing import TokenSigner
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight
from shared.runtime.fetching import AddressRefusedError, FetchFailedError, Reach
from shared.runtime.observability import get_logger
from shared.strict_json import JsonObject, JsonRefusedError

FRESH: Final = timedelta(hours=1)
PAUSE: Final = timedelta(minutes=1)
KEYS_FRESH: Final = timedelta(minutes=1)
KEYS_PAUSE: Final = timedelta(seconds=10)
ALGORITHM: Final = "ES256"

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GrantedToken:
    """What a client gets."""

    token: str
    kind: str
    seconds: int
    scopes: list[str]


class TokenKeys:
    """The keys that sign access tokens, as this process last read them from its database."""

    algorithms: Final = (ALGORITHM,)

    def __init__(
        self, database: Database, signer: TokenSigner, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._signer = signer
        self._clock = clock
        self._keys: list[TokenKey] = []
        self._read_at: datetime | None = None

    async def find(self, *, kid: str | None, algorithm: str) -> Key | None:
        """Return the key of a token that we signed ourselves."""
        now = self._clock()
        if all(key.kid != kid for key in self._keys):
            await self._read(now, after=KEYS_PAUSE)
        for key in await self.published(now):
            if key.kid == kid and algorithm == ALGORITHM:
                return usable(key.public_jwk)
        return None

    async def published(self, now: datetime) -> list[TokenKey]:
        """Return the keys to be published now; the first who asks has the first one made."""
        await self._read(now, after=KEYS_FRESH)
        return published_keys(self._keys, now=now)

    async def sign(self, claims: JsonObject, *, now: datetime) -> str:
        """Sign the claims of a token with the key of the moment."""
        await self._read(now, after=KEYS_FRESH)
        key = signing_key(self._keys, now=now)
        if key is None:
            raise AssertionError("renew_keys always leaves a key that signs")
        return self._signer.sign(claims, key=key)

    async def renew(self, now: datetime) -> None:
        """Read the keys again; make the next one if its time has come."""
        self._keys = await renew_keys(self._database, self._signer, now=now)
        self._read_at = now

    async def _read(self, now: datetime, *, after: timedelta) -> None:
        if self._read_at is None or not timedelta(0) <= now - self._read_at < after:
            await self.renew(now)


class KeyReader:
    """Reads the keys at clients' addresses, each at one moment once, and seldom."""

    def __init__(self, database: Database, reach: Reach) -> None:
        self._database = database
        self._reach = reach
        self._reading: dict[UUID, asyncio.Task[None]] = {}

    def is_reading(self, client: Client) -> bool:
        """Say whether a client's keys are being read just now."""
        return client.client_id in self._reading

    def begin(self, client: Client, *, now: datetime) -> asyncio.Task[None]:
        """Read a client's keys, or go along with who does so already."""
        running = self._reading.get(client.client_id)
        if running is None:
            running = asyncio.create_task(self._read(client, now))
            self._reading[client.client_id] = running
            running.add_done_callback(partial(self._end, client.client_id))
        return running

    def _end(self, client_id: UUID, reading: asyncio.Task[None]) -> None:
        self._reading.pop(client_id, None)
        if not reading.cancelled() and (error := reading.exception()) is not None:
            log.warning("the keys of a client could not be kept", exc_info=error)

    async def _read(self, client: Client, now: datetime) -> None:
        async with self._database.acting_for(client.organisation) as within:
            if not await tokens.claim_reading(within, client, now=now, pause=PAUSE):
                return
        try:
            keys = await fetch_keys(client.jwks_url or "", reach=self._reach)
        except (AddressRefusedError, FetchFailedError, JsonRefusedError) as error:
            log.warning("the keys of a client could not be read", reason=error.code)
            return
        if not keys:
            log.warning("the keys of a client could not be read", reason="key-set-empty")
            return
        async with self._database.acting_for(client.organisation) as within:
            await tokens.keep_reading(within, client, keys, now=now)


@dataclass(frozen=True, slots=True)
class TokenDesk:
    """Everything the token endpoint works with."""

    database: Database
    keys: TokenKeys
    reader: KeyReader
    issuer: str
    audience: str
    believed_audiences: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(
        cls, settings: Settings, database: Database, clock: Callable[[], datetime]
    ) -> "TokenDesk | None":
        """Return the desk these settings make; None when no tokens are given here."""
        signer = TokenSigner.of(settings)
        if signer is None:
            return None
        issuer = settings.public_url
        compatible = {token_endpoint(issuer)} if settings.token_endpoint_as_audience else set()
        return cls(
            database=database,
            keys=TokenKeys(database, signer, clock),
            reader=KeyReader(database, key_set_reach(settings)),
            issuer=issuer,
            audience=settings.token_audience,
            believed_audiences=frozenset({issuer, *compatible}),
        )


def key_set_reach(settings: Settings) -> Reach:
    """Return how far we go for the keys of a client."""
    return KEY_SET_REACH if not settings.fetch_anywhere else _anywhere()


def _anywhere() -> Reach:
    return Reach(
        anywhere=True,
        max_bytes=KEY_SET_REACH.max_bytes,
        connect_seconds=KEY_SET_REACH.connect_seconds,
        silence_seconds=KEY_SET_REACH.silence_seconds,
        total_seconds=KEY_SET_REACH.total_seconds,
    )


async def authenticate(desk: TokenDesk, asked: TokenRequest, *, now: datetime) -> Client:
    """Believe who asks for a token, and use up the assertion by which they are believed."""
    assertion = read_assertion(asked.assertion, client_id=asked.client_id)
    async with desk.database.acting_for(EVERY_ORGANISATION) as within:
        known = await tokens.find_client(within, assertion.client_id)
        if known is not None and not _asks_reading(desk, known, assertion, now=now):
            return await _believe(desk, within, assertion, known, now=now)
    if known is None:
        raise ClientRejectedError
    await asyncio.shield(desk.reader.begin(known.client, now=now))
    async with desk.database.acting_for(EVERY_ORGANISATION) as within:
        known = await tokens.find_client(within, assertion.client_id) or known
        return await _believe(desk, within, assertion, known, now=now)


def _asks_reading(
    desk: TokenDesk, known: KnownClient, assertion: Assertion, *, now: datetime
) -> bool:
    """Say whether the client's address is to be read first: for a key that we do not know."""
    if known.client.jwks_url is None or find_key(assertion, known.keys, now=now) is not None:
        return False
    is_due = known.tried_at is None or now - known.tried_at > PAUSE
    return is_due or desk.reader.is_reading(known.client)


async def _believe(
    desk: TokenDesk, within: Straight, assertion: Assertion, known: KnownClient, *, now: datetime
) -> Client:
    once = judge_assertion(
        assertion, known.client, known.keys, audiences=desk.believed_audiences, now=now
    )
    client = known.client
    if not await tokens.use_assertion(within, client.client_id, once.jti, until=once.until):
        raise ClientRejectedError(
            "The client assertion was used before.", "De client assertion is al eens gebruikt."
        )
    if client.jwks_url is not None and (known.read_at is None or now - known.read_at > FRESH):
        desk.reader.begin(client, now=now)
    return client


async def grant_token(
    desk: TokenDesk,
    client: Client,
    asked: TokenRequest,
    *,
    bound_to: Mapping[str, str] | None,
    now: datetime,
) -> GrantedToken:
    """Give a client that was believed a token for what it asks, as far as it may have that."""
    scopes = asked.granted(client.scopes)
    grant = Grant(
        token_id=uuid4(),
        client_id=client.client_id,
        organisation=client.organisation,
        scopes=scopes,
        bound_to=bound_to,
    )
    claims = grant.claims(issuer=desk.issuer, audience=desk.audience, now=now)
    token = await desk.keys.sign(claims, now=now)
    return GrantedToken(token, grant.kind, int(LIFETIME.total_seconds()), scopes)


async def renew_keys(database: Database, signer: TokenSigner, *, now: datetime) -> list[TokenKey]:
    """Return the keys that sign tokens; make the next one in time, and drop what is over."""
    async with database.transaction() as session:
        keys = [*await tokens.list_token_keys(session)]
        begins = next_begins(keys, now=now)
        if begins is None:
            return keys
        await repository.lock(session, "token keys")
        keys = [*await tokens.list_token_keys(session)]
        begins = next_begins(keys, now=now)
        if begins is None:
            return keys
        made = signer.new_key(signs_from=begins)
        await tokens.add_token_key(session, made)
        kept = [made, *published_keys(keys, now=now)]
        await tokens.forget_token_keys(
            session, sorted({key.kid for key in keys} - {key.kid for key in kept})
        )
        return kept


async def end_keys(desk: TokenDesk, *, now: datetime) -> None:
    """End every key at once, as when one was stolen, and begin with a new one."""
    async with desk.database.transaction() as session:
        await repository.lock(session, "token keys")
        await tokens.end_token_keys(session, now=now)
    await desk.keys.renew(now)


async def forget_used_assertions(database: Database, *, now: datetime) -> int:
    """Forget assertions that are refused by their age by now."""
    async with database.transaction() as session:
        return await tokens.forget_used(session, now)
