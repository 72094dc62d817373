"""What the trust list is made of: organisations with the keys of their issuers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository.organisations import recognised
from services.catalog.repository.records import state_of
from services.catalog.tables import issuer_key, organisation, organisation_version
from services.catalog.trust.listing import Edition, Trusted
from shared.contracts.events import IssuerKey
from shared.contracts.policy import Organisation


async def keep_key(
    session: AsyncSession, key: IssuerKey, *, record_version: int, heard_at: datetime
) -> None:
    """Keep an issuer's key with what became of it."""
    news = insert(issuer_key).values(
        kid=key.kid,
        issuer=key.issuer,
        organisation=key.organisation,
        record_version=record_version,
        state=state_of(key),
        heard_at=heard_at,
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[issuer_key.c.kid],
            set_={
                name: news.excluded[name]
                for name in ("issuer", "organisation", "record_version", "state", "heard_at")
            },
            where=issuer_key.c.record_version < news.excluded.record_version,
        )
    )


async def read_edition(session: AsyncSession) -> Edition:
    """Return which edition of the list this is: every change makes the number grow."""
    recorded_at, heard_at = organisation_version.c.recorded_at, issuer_key.c.heard_at
    states = select(func.count()).select_from(organisation_version).scalar_subquery()
    heard = select(func.coalesce(func.sum(issuer_key.c.record_version), 0)).scalar_subquery()
    row = await session.execute(
        select(
            states + heard,
            select(func.min(recorded_at)).scalar_subquery(),
            func.greatest(
                select(func.max(recorded_at)).scalar_subquery(),
                select(func.max(heard_at)).scalar_subquery(),
            ),
        )
    )
    return Edition(*row.one())


async def list_trusted(
    session: AsyncSession,
    *,
    after: str | None = None,
    limit: int | None = None,
    recognised_on: date | None = None,
) -> list[Trusted]:
    """Return organisations with their keys, in the order of their OINs."""
    query = select(organisation).order_by(organisation.c.oin).limit(limit)
    if after is not None:
        query = query.where(organisation.c.oin > after)
    if recognised_on is not None:
        query = query.where(recognised(None, recognised_on))
    rows = (await session.execute(query)).all()
    keys = await _list_keys(session, [row.oin for row in rows])
    return [
        _trusted(Organisation.model_validate(row.state), row.record_version, keys[row.oin])
        for row in rows
    ]


async def find_trusted_by_did(session: AsyncSession, did: str) -> tuple[str, Trusted] | None:
    """Return whose DID this is, and the DID as it is written; None when it is nobody's.

    The port in a did:web is written `%3A`; who puts one in a query unescaped sends a colon.
    """
    plain = func.replace(issuer_key.c.issuer, "%3A", ":")
    query = (
        select(issuer_key.c.issuer, organisation)
        .join(organisation, organisation.c.oin == issuer_key.c.organisation)
        .where(or_(issuer_key.c.issuer == did, plain == did))
        .order_by((issuer_key.c.issuer == did).desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    keys = await _list_keys(session, [row.oin])
    organisation_ = Organisation.model_validate(row.state)
    return row.issuer, _trusted(organisation_, row.record_version, keys[row.oin])


async def _list_keys(
    session: AsyncSession, oins: Sequence[str]
) -> defaultdict[str, list[tuple[IssuerKey, datetime]]]:
    """Return the keys of these organisations, and when each was last heard of; oldest first."""
    found: defaultdict[str, list[tuple[IssuerKey, datetime]]] = defaultdict(list)
    query = select(issuer_key.c.state, issuer_key.c.heard_at).where(
        issuer_key.c.organisation.in_(oins)
    )
    for row in await session.execute(query):
        key = IssuerKey.model_validate(row.state)
        found[key.organisation].append((key, row.heard_at))
    for keys in found.values():
        keys.sort(key=lambda one: (one[0].published_at, one[0].kid))
    return found


def _trusted(
    recorded: Organisation, version: int, keys: Sequence[tuple[IssuerKey, datetime]]
) -> Trusted:
    moments = [recorded.recorded_at, *(heard_at for _, heard_at in keys)]
    return Trusted(
        organisation=recorded,
        version=version,
        keys=tuple(key for key, _ in keys),
        changed_at=max(moment for moment in moments if moment is not None),
    )
