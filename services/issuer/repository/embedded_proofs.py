"""The embedded proofs that were made of credentials, each with the key that made it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain.credentials import EmbeddedProof
from services.issuer.domain.keys import KeyState
from services.issuer.tables import embedded_proof as proofs
from services.issuer.tables import signing_key as keys


async def find_proof(session: AsyncSession, credential_id: UUID) -> EmbeddedProof | None:
    """Return the first proof of a credential by a key that is not in wrong hands."""
    query = (
        select(proofs)
        .join(keys, keys.c.kid == proofs.c.kid)
        .where(proofs.c.credential_id == credential_id, keys.c.state != KeyState.COMPROMISED.value)
        .order_by(proofs.c.created_at, proofs.c.kid)
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return EmbeddedProof(kid=row.kid, created_at=row.created_at, signature=row.signature)


async def add_proof(
    session: AsyncSession,
    credential_id: UUID,
    proof: EmbeddedProof,
    *,
    organisation: str,
    now: datetime,
) -> bool:
    """Keep a proof; False when the same key made one of this credential meanwhile."""
    new = insert(proofs).values(
        credential_id=credential_id,
        organisation=organisation,
        kid=proof.kid,
        created_at=now,
        signature=proof.signature,
    )
    added = await session.execute(new.on_conflict_do_nothing().returning(proofs.c.credential_id))
    return added.first() is not None
