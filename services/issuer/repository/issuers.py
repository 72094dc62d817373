"""An organisation as issuer: one lock for all that is its own, and the key it signs with now."""

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import SealedKey
from services.issuer.domain.keys import ES256, KeyState
from services.issuer.tables import organisation as organisations
from services.issuer.tables import signing_key as keys


async def lock_organisation(session: AsyncSession, oin: str) -> bool:
    """Let nobody else give this organisation a key or a list until the commit; False if unknown."""
    query = select(organisations.c.oin).where(organisations.c.oin == oin)
    found = await session.scalar(query.with_for_update(key_share=True))
    return found is not None


async def find_key(
    session: AsyncSession, organisation: str, *, algorithm: str = ES256
) -> SealedKey | None:
    """Return the key this organisation signs with now: JWTs, unless another algorithm is asked."""
    query = select(keys).where(
        keys.c.organisation == organisation,
        keys.c.algorithm == algorithm,
        keys.c.state == KeyState.CURRENT.value,
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else read_sealed(row)


def read_sealed(row: Row[tuple[object, ...]]) -> SealedKey:
    """Read a key as the signer takes it."""
    return SealedKey(
        kid=row.kid,
        organisation=row.organisation,
        algorithm=row.algorithm,
        wrapped_key=row.wrapped_key,
        sealed_private=row.sealed_private,
    )
