"""Keeping a receipt for some days, under a seal that only its address opens.

Apart from making one, which keeps nothing. The address ends in 32 random bytes; from these come,
each by its own label, the name of the row and the key of the seal (NIST SP 800-38D, `sealing`). So
our own database, or a backup of it, shows nobody what was checked, nor at which address it is.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier.domain.receipts import MOST_KEPT, ReceiptsFullError, ReceiptUnknownError
from services.verifier.repository import receipts as repository
from shared.proofs import base64url
from shared.proofs.sealing import DataKey, SealError, open_sealed, seal
from shared.runtime.database import Database

SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Address:
    """What the secret end of an address leads to."""

    name: bytes
    key: DataKey

    @classmethod
    def of(cls, secret: str) -> "_Address":
        spelled = secret.encode()
        return cls(
            name=hashlib.sha256(b"waarmerk kept receipt name\x00" + spelled).digest(),
            key=DataKey(hashlib.sha256(b"waarmerk kept receipt key\x00" + spelled).digest()),
        )


async def keep(session: AsyncSession, token: str, *, until: datetime, most: int = MOST_KEPT) -> str:
    """Keep a signed receipt; return the secret end of its address, which is kept nowhere."""
    secret = base64url.encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
    address = _Address.of(secret)
    sealed = seal(token.encode("ascii"), key=address.key, context=address.name)
    if not await repository.add_receipt(session, address.name, sealed, until=until, most=most):
        raise ReceiptsFullError
    return secret


async def find(session: AsyncSession, secret: str, *, now: datetime) -> str:
    """Return the receipt at an address, or raise ReceiptUnknownError."""
    address = _Address.of(secret)
    sealed = await repository.find_receipt(session, address.name, now=now)
    if sealed is None:
        raise ReceiptUnknownError
    try:
        return open_sealed(sealed, key=address.key, context=address.name).decode("ascii")
    except SealError:
        raise ReceiptUnknownError from None


async def forget(session: AsyncSession, secret: str, *, now: datetime) -> None:
    """Wipe the receipt at an address, or raise ReceiptUnknownError."""
    if not await repository.forget_receipt(session, _Address.of(secret).name, now=now):
        raise ReceiptUnknownError


async def forget_old(database: Database, *, now: datetime) -> int:
    """Wipe every receipt of which the time is up; return how many."""
    async with database.transaction() as session:
        return await repository.forget_receipts(session, now=now)
