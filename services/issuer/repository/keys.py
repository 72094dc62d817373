"""The keys of issuers through their lives: published, signing, retired, compromised."""

from datetime import datetime

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain.keys import (
    ES256,
    CompromiseReason,
    IssuingKey,
    KeyNotFoundError,
    KeyState,
    SealedKey,
)
from services.issuer.tables import signing_key as keys
from services.issuer.tables import status_list as lists
from shared.contracts.events import IssuerKey

_LIVING = (KeyState.NEXT.value, KeyState.CURRENT.value)


async def add_key(
    session: AsyncSession, public: IssuerKey, sealed: SealedKey, *, state: KeyState
) -> int:
    """Keep a new key; return its record version."""
    await session.execute(
        insert(keys).values(
            kid=public.kid,
            organisation=public.organisation,
            thumbprint=sealed.thumbprint,
            public_jwk=public.public_jwk,
            wrapped_key=sealed.wrapped_key,
            sealed_private=sealed.sealed_private,
            record_version=1,
            published_at=public.published_at,
            algorithm=public.algorithm,
            state=state.value,
            signs_from=public.signs_from or public.published_at,
        )
    )
    return 1


async def list_living(
    session: AsyncSession, organisation: str | None = None, *, did_prefix: str = ""
) -> list[IssuingKey]:
    """Return the keys that sign or will sign, of one organisation or all, under some DIDs."""
    query = select(keys).where(keys.c.state.in_(_LIVING), keys.c.kid.startswith(did_prefix))
    if organisation is not None:
        query = query.where(keys.c.organisation == organisation)
    rows = await session.execute(query.order_by(keys.c.organisation, keys.c.signs_from))
    return [_issuing_key(row) for row in rows]


async def list_keys(session: AsyncSession, organisation: str | None = None) -> list[IssuingKey]:
    """Return every key an organisation (or anybody) ever had, oldest first."""
    for_tokens_first = keys.c.algorithm != ES256
    query = select(keys).order_by(
        keys.c.organisation, keys.c.published_at, for_tokens_first, keys.c.kid
    )
    if organisation is not None:
        query = query.where(keys.c.organisation == organisation)
    return [_issuing_key(row) for row in await session.execute(query)]


async def find_key(
    session: AsyncSession, *, organisation: str, thumbprint: str
) -> IssuingKey | None:
    """Return one key of an organisation, whatever became of it."""
    query = select(keys).where(keys.c.organisation == organisation, keys.c.thumbprint == thumbprint)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _issuing_key(row)


async def get_key(session: AsyncSession, kid: str) -> IssuingKey:
    """Return a key by its name, or raise KeyNotFoundError."""
    row = (await session.execute(select(keys).where(keys.c.kid == kid))).one_or_none()
    if row is None:
        raise KeyNotFoundError
    return _issuing_key(row)


async def retire_key(session: AsyncSession, kid: str, *, now: datetime) -> tuple[IssuerKey, int]:
    """Stop signing with a key; return it, and its record version."""
    return await _change(session, kid, state=KeyState.RETIRED.value, retired_at=now)


async def start_key(session: AsyncSession, kid: str) -> None:
    """Sign with a key from now on; the world heard of it when it was published."""
    change = update(keys).where(keys.c.kid == kid, keys.c.state == KeyState.NEXT.value)
    await session.execute(change.values(state=KeyState.CURRENT.value))


async def compromise_key(
    session: AsyncSession,
    kid: str,
    *,
    since: datetime | None,
    reason: CompromiseReason,
    now: datetime,
) -> tuple[IssuerKey, int]:
    """Mark a key; return it, and its record version. Signatures under way are logged first."""
    # The other side of the lock stands in migration 0003, at the trigger `of_fit_key`.
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('signing_key|' || :kid, 0))"),
        {"kid": kid},
    )
    return await _change(
        session,
        kid,
        state=KeyState.COMPROMISED.value,
        compromised_at=now,
        compromised_since=since,
        compromise_reason=reason.value,
    )


async def mark_lists_changed(session: AsyncSession, organisation: str) -> None:
    """Have every list of an organisation signed anew: no reader takes a lost key's signature."""
    query = select(lists.c.list_id).where(lists.c.organisation == organisation)
    for list_id in await session.scalars(query.order_by(lists.c.list_id)):
        change = update(lists).where(lists.c.list_id == list_id)
        await session.execute(
            change.values(changed_at=func.coalesce(lists.c.changed_at, func.clock_timestamp()))
        )


async def _change(
    session: AsyncSession, kid: str, **values: str | datetime | None
) -> tuple[IssuerKey, int]:
    change = (
        update(keys)
        .where(keys.c.kid == kid)
        .values(record_version=keys.c.record_version + 1, **values)
        .returning(keys)
    )
    row = (await session.execute(change)).one()
    return _issuing_key(row).public, row.record_version


def _issuing_key(row: Row[tuple[object, ...]]) -> IssuingKey:
    public = IssuerKey(
        kid=row.kid,
        issuer=row.kid.rpartition("#")[0],
        organisation=row.organisation,
        algorithm=row.algorithm,
        public_jwk=row.public_jwk,
        published_at=row.published_at,
        signs_from=row.signs_from,
        retired_at=row.retired_at,
        compromised_at=row.compromised_at,
        compromised_since=row.compromised_since,
    )
    return IssuingKey(
        public=public,
        state=KeyState(row.state),
        signs_from=row.signs_from,
        is_in_token=row.sealed_private is None,
        reason=row.compromise_reason and CompromiseReason(row.compromise_reason),
    )
