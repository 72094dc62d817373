"""The signing keys and status lists of each organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import SealedKey
from services.issuer.status import OpenList
from services.issuer.tables import credential as credentials
from services.issuer.tables import organisation as organisations
from services.issuer.tables import signing_key as keys
from services.issuer.tables import status_list as lists
from shared.contracts.events import IssuerKey

_IN_USE = (keys.c.retired_at.is_(None), keys.c.compromised_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One signed edition of a status list; `record_version` counts them."""

    list_id: int
    organisation: str
    number: int
    url: str
    record_version: int
    signed: str
    signed_at: datetime
    is_changed: bool


async def lock_organisation(session: AsyncSession, oin: str) -> bool:
    """Let nobody else give this organisation a key or a list until the commit; False if unknown."""
    query = select(organisations.c.oin).where(organisations.c.oin == oin)
    found = await session.scalar(query.with_for_update(key_share=True))
    return found is not None


async def find_key(session: AsyncSession, organisation: str) -> SealedKey | None:
    """Return the key this organisation signs with now."""
    query = select(keys).where(keys.c.organisation == organisation, *_IN_USE)
    row = (await session.execute(query)).one_or_none()
    return (
        None
        if row is None
        else SealedKey(
            kid=row.kid,
            organisation=row.organisation,
            wrapped_key=row.wrapped_key,
            sealed_private=row.sealed_private,
        )
    )


async def add_key(session: AsyncSession, public: IssuerKey, sealed: SealedKey) -> int:
    """Keep a new key; return its record version."""
    await session.execute(
        insert(keys).values(
            kid=public.kid,
            organisation=public.organisation,
            thumbprint=public.kid.rpartition("#")[2],
            public_jwk=public.public_jwk,
            wrapped_key=sealed.wrapped_key,
            sealed_private=sealed.sealed_private,
            record_version=1,
            published_at=public.published_at,
        )
    )
    return 1


async def retire_key(session: AsyncSession, kid: str, *, now: datetime) -> tuple[IssuerKey, int]:
    """Stop signing with a key; return it, and its record version."""
    change = (
        update(keys)
        .where(keys.c.kid == kid)
        .values(retired_at=now, record_version=keys.c.record_version + 1)
        .returning(keys)
    )
    row = (await session.execute(change)).one()
    return _public_key(row), row.record_version


async def list_keys(session: AsyncSession, organisation: str | None = None) -> list[IssuerKey]:
    """Return every key an organisation (or anybody) ever signed with, oldest first."""
    query = select(keys).order_by(keys.c.organisation, keys.c.published_at, keys.c.kid)
    if organisation is not None:
        query = query.where(keys.c.organisation == organisation)
    return [_public_key(row) for row in await session.execute(query)]


async def find_public_key(
    session: AsyncSession, *, organisation: str, thumbprint: str
) -> IssuerKey | None:
    """Return one public key of an organisation."""
    query = select(keys).where(keys.c.organisation == organisation, keys.c.thumbprint == thumbprint)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _public_key(row)


async def find_open_list(session: AsyncSession, organisation: str) -> OpenList | None:
    """Return the list that gives out this organisation's places."""
    query = select(lists).where(lists.c.organisation == organisation, lists.c.is_open)
    row = (await session.execute(query)).one_or_none()
    return (
        None
        if row is None
        else OpenList(
            list_id=row.list_id, url=row.url, wrapped_key=row.wrapped_key, sealed_key=row.sealed_key
        )
    )


async def last_list_number(session: AsyncSession, organisation: str) -> int:
    """Return the number of the newest list of an organisation, 0 when there is none."""
    query = select(func.max(lists.c.number)).where(lists.c.organisation == organisation)
    return await session.scalar(query) or 0


async def close_list(session: AsyncSession, list_id: int) -> None:
    """Give out no more places of a list; it is signed on for ever."""
    await session.execute(update(lists).where(lists.c.list_id == list_id).values(is_open=False))


async def add_list(
    session: AsyncSession,
    *,
    organisation: str,
    number: int,
    opened: tuple[str, bytes, bytes],
    signed: str,
    now: datetime,
) -> Edition:
    """Open a list (its address and its two sealed keys), with the sequence of its positions."""
    url, wrapped_key, sealed_key = opened
    new = (
        insert(lists)
        .values(
            organisation=organisation,
            number=number,
            url=url,
            wrapped_key=wrapped_key,
            sealed_key=sealed_key,
            is_open=True,
            is_changed=False,
            record_version=1,
            signed=signed,
            signed_at=now,
        )
        .returning(lists)
    )
    edition = _edition((await session.execute(new)).one())
    await session.execute(
        text(f"CREATE SEQUENCE status_position_{edition.list_id:d} MINVALUE 0 START 0")
    )
    return edition


async def find_edition(session: AsyncSession, *, organisation: str, number: int) -> Edition | None:
    """Return the newest edition of a list."""
    query = select(lists).where(lists.c.organisation == organisation, lists.c.number == number)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _edition(row)


async def list_due(session: AsyncSession, *, signed_before: datetime) -> list[int]:
    """Return which lists changed, or have an edition from before that moment."""
    query = select(lists.c.list_id).where(
        or_(lists.c.is_changed, lists.c.signed_at <= signed_before)
    )
    return list(await session.scalars(query.order_by(lists.c.list_id)))


async def lock_edition(session: AsyncSession, list_id: int) -> Edition:
    """Return a list for signing; revocations in it wait until the commit."""
    query = select(lists).where(lists.c.list_id == list_id).with_for_update(key_share=True)
    return _edition((await session.execute(query)).one())


async def list_revoked(session: AsyncSession, list_id: int) -> Sequence[int]:
    """Return the places in a list whose credentials are revoked; ask after locking the list."""
    query = select(credentials.c.status_index).where(
        credentials.c.list_id == list_id, credentials.c.is_revoked
    )
    return (await session.scalars(query)).all()


async def keep_edition(
    session: AsyncSession, list_id: int, *, signed: str, now: datetime
) -> Edition:
    """Keep a new edition of a list."""
    change = (
        update(lists)
        .where(lists.c.list_id == list_id)
        .values(
            signed=signed,
            signed_at=now,
            is_changed=False,
            record_version=lists.c.record_version + 1,
        )
        .returning(lists)
    )
    return _edition((await session.execute(change)).one())


async def mark_changed(session: AsyncSession, list_id: int) -> None:
    """Have a list signed anew by the next round."""
    # Also when it is marked already: the row lock puts an edition under way before or after us.
    change = update(lists).where(lists.c.list_id == list_id).values(is_changed=True)
    await session.execute(change)


def _edition(row: Row[tuple[object, ...]]) -> Edition:
    return Edition(
        list_id=row.list_id,
        organisation=row.organisation,
        number=row.number,
        url=row.url,
        record_version=row.record_version,
        signed=row.signed,
        signed_at=row.signed_at,
        is_changed=row.is_changed,
    )


def _public_key(row: Row[tuple[object, ...]]) -> IssuerKey:
    return IssuerKey(
        kid=row.kid,
        issuer=row.kid.rpartition("#")[0],
        organisation=row.organisation,
        public_jwk=row.public_jwk,
        published_at=row.published_at,
        retired_at=row.retired_at,
        compromised_at=row.compromised_at,
    )
