"""Status lists: the places they give out, what stands at each, and their signed editions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, exists, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.status import OpenList
from services.issuer.tables import award as awards
from services.issuer.tables import credential as credentials
from services.issuer.tables import signing_key as keys
from services.issuer.tables import status_list as lists
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The newest signed edition of a list, in both forms; `record_version` counts them."""

    list_id: int
    organisation: str
    number: int
    url: str
    is_open: bool
    record_version: int
    signed: str
    token: str | None
    signed_at: datetime
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewList:
    """A list about to be opened: its address, its two sealed keys, and its first edition."""

    organisation: str
    number: int
    url: str
    wrapped_key: bytes
    sealed_key: bytes
    signed: str
    token: str


async def find_open_lists(session: AsyncSession, organisation: str) -> list[OpenList]:
    """Return the lists that give out this organisation's places, oldest first."""
    query = select(lists).where(lists.c.organisation == organisation, lists.c.is_open)
    return [_open_list(row) for row in await session.execute(query.order_by(lists.c.list_id))]


_OPEN_LISTS = """
    SELECT list_id, url, wrapped_key, sealed_key FROM status_list
    WHERE organisation = $1 AND is_open ORDER BY list_id
    """


async def list_open(straight: Straight, organisation: str) -> list[OpenList]:
    """Return the same to who asks asyncpg itself."""
    return [OpenList(**row) for row in await straight.connection.fetch(_OPEN_LISTS, organisation)]


_TAKE_POSITIONS = """
    SELECT list_id, ARRAY(
        SELECT nextval(CAST('status_position_' || list_id AS regclass))
        FROM generate_series(1, wanted)
    ) AS positions
    FROM unnest(CAST($1 AS bigint[]), CAST($2 AS integer[])) AS asked (list_id, wanted)
    """


async def take_positions(straight: Straight, wanted: Mapping[int, int]) -> dict[int, list[int]]:
    """Take the next positions of each list, as many as are wanted; they never come back."""
    rows = await straight.connection.fetch(_TAKE_POSITIONS, list(wanted), list(wanted.values()))
    return {row["list_id"]: row["positions"] for row in rows}


async def last_number(session: AsyncSession, organisation: str) -> int:
    """Return the number of the newest list of an organisation, 0 when there is none."""
    query = select(func.max(lists.c.number)).where(lists.c.organisation == organisation)
    return await session.scalar(query) or 0


async def list_numbers(session: AsyncSession, organisation: str) -> Sequence[int]:
    """Return the numbers of all lists of an organisation that have a token, oldest first."""
    query = select(lists.c.number).where(
        lists.c.organisation == organisation, lists.c.token.is_not(None)
    )
    return (await session.scalars(query.order_by(lists.c.number))).all()


async def close_list(session: AsyncSession, list_id: int) -> None:
    """Give out no more places of a list; it is signed on for ever."""
    await session.execute(update(lists).where(lists.c.list_id == list_id).values(is_open=False))


async def add_list(session: AsyncSession, new: NewList, *, now: datetime) -> Edition:
    """Open a list, with the sequence of its positions."""
    adding = (
        insert(lists)
        .values(
            organisation=new.organisation,
            number=new.number,
            url=new.url,
            wrapped_key=new.wrapped_key,
            sealed_key=new.sealed_key,
            is_open=True,
            record_version=1,
            signed=new.signed,
            token=new.token,
            signed_at=now,
        )
        .returning(lists)
    )
    edition = _edition((await session.execute(adding)).one())
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
        or_(lists.c.changed_at.is_not(None), lists.c.signed_at <= signed_before)
    )
    return list(await session.scalars(query.order_by(lists.c.list_id)))


async def list_signed_by_lost_keys(session: AsyncSession) -> list[int]:
    """Return the lists to be signed anew whose edition is from before one of the keys was lost."""
    lost = exists().where(
        keys.c.organisation == lists.c.organisation, keys.c.compromised_at >= lists.c.signed_at
    )
    query = select(lists.c.list_id).where(lists.c.changed_at.is_not(None), lost)
    return list(await session.scalars(query.order_by(lists.c.list_id)))


async def list_all(session: AsyncSession) -> Sequence[int]:
    """Return every list there is."""
    return (await session.scalars(select(lists.c.list_id).order_by(lists.c.list_id))).all()


async def get_edition(session: AsyncSession, list_id: int) -> Edition:
    """Return the newest edition of a list that is there."""
    return _edition((await session.execute(select(lists).where(lists.c.list_id == list_id))).one())


async def lock_edition(session: AsyncSession, list_id: int) -> Edition:
    """Return a list for signing; revocations in it wait until the commit."""
    query = select(lists).where(lists.c.list_id == list_id).with_for_update(key_share=True)
    return _edition((await session.execute(query)).one())


async def list_revoked(session: AsyncSession, list_id: int) -> Sequence[int]:
    """Return the places in a list whose bit is raised; ask after locking the list."""
    query = select(credentials.c.status_index).where(
        credentials.c.list_id == list_id, credentials.c.is_revoked
    )
    return (await session.scalars(query)).all()


async def list_suspended(session: AsyncSession, list_id: int) -> Sequence[int]:
    """Return the places in a list that are suspended; ask after locking the list."""
    query = (
        select(credentials.c.status_index)
        .join(awards, awards.c.award_id == credentials.c.award_id)
        .where(
            awards.c.state == AwardState.SUSPENDED.value,
            credentials.c.list_id == list_id,
            ~credentials.c.is_revoked,
        )
    )
    return (await session.scalars(query)).all()


async def keep_edition(
    session: AsyncSession, list_id: int, *, signed: str, token: str, now: datetime
) -> Edition:
    """Keep a new edition of a list: both forms at once, or neither."""
    change = (
        update(lists)
        .where(lists.c.list_id == list_id)
        .values(
            signed=signed,
            token=token,
            signed_at=now,
            changed_at=None,
            record_version=lists.c.record_version + 1,
        )
        .returning(lists)
    )
    return _edition((await session.execute(change)).one())


async def mark_changed(session: AsyncSession, *list_ids: int) -> None:
    """Have lists signed anew by the next round."""
    # Also when it is marked already: the row lock puts an edition under way before or after us.
    # One by one in this order, or two who change several lists would wait for each other.
    for list_id in sorted(set(list_ids)):
        change = update(lists).where(lists.c.list_id == list_id)
        await session.execute(
            change.values(changed_at=func.coalesce(lists.c.changed_at, func.clock_timestamp()))
        )


def _open_list(row: Row[tuple[object, ...]]) -> OpenList:
    return OpenList(
        list_id=row.list_id, url=row.url, wrapped_key=row.wrapped_key, sealed_key=row.sealed_key
    )


def _edition(row: Row[tuple[object, ...]]) -> Edition:
    return Edition(
        list_id=row.list_id,
        organisation=row.organisation,
        number=row.number,
        url=row.url,
        is_open=row.is_open,
        record_version=row.record_version,
        signed=row.signed,
        token=row.token,
        signed_at=row.signed_at,
        changed_at=row.changed_at,
    )
