"""Keeping shares, opening them for who has the link or the code, and ending them.

Apart from the secrets, which are pure. What is opened is handed on and forgotten; what goes wrong
with a seal is said as if there were nothing, for nobody but us could have changed it.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from starlette.types import Scope

from services.verifier.containers.links import parts_of_link
from services.verifier.domain.findings import Code
from services.verifier.domain.handed import Form, Handed
from services.verifier.domain.shares import (
    MOST_OF_ONE,
    REMEMBERED,
    CodesBusyError,
    CodesClosedError,
    ManySharesError,
    NotShareableError,
    ShareNotFoundError,
)
from services.verifier.repository import shares
from services.verifier.repository.shares import Kept, NewShare
from services.verifier.shares.codes import CodeKey, Pepper, new_code
from services.verifier.shares.secrets import LinkSecret, Withdrawal, read_id
from shared.contracts.short_codes import is_short_code
from shared.proofs.sealing import SealError, open_sealed, seal
from shared.runtime.database import Database
from shared.runtime.quotas import Quota, site_of

MOST_WAITING: Final = 8
"""So many codes wait to be stretched; who comes then is told to come back."""
TOGETHER: Final = 300
"""So many codes a minute are looked up by all who ask one process, and as many for batches."""
NOBODY: Final = ""
BATCH: Final = "batch"
asked_by: ContextVar[str] = ContextVar("asked_by", default=BATCH)
"""Which address asks, where one does; a batch is judged when its sender is long gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What its holder is given of a share, and nobody else."""

    share_id: bytes
    link: LinkSecret
    code: str | None
    withdrawal: Withdrawal
    ends_at: datetime


class ShareQuotas:
    """How many shares an address makes a minute, and how many codes are looked up.

    Of codes those of one address count, and those of all together, right or wrong; 0 is no limit.
    Each process counts for itself, as it does requests.
    """

    def __init__(self, *, shares: int = 0, codes: int = 0, together: int = TOGETHER) -> None:
        self._shares = Quota("shares-of-address", shares) if shares else None
        self._codes = Quota("codes-of-address", codes) if codes else None
        self._together = Quota("codes", together)

    def charge_share(self) -> None:
        """Count one share; raises TooManyRequestsError."""
        _charge(self._shares)

    def charge_code(self) -> None:
        """Count one code; raises TooManyRequestsError, or CodesBusyError when all asked a lot."""
        _charge(self._codes)
        left = self._together.take(BATCH if asked_by.get() == BATCH else NOBODY)
        if left.retry_after:
            raise CodesBusyError(retry_after=left.retry_after)


def _charge(quota: Quota | None) -> None:
    site = asked_by.get()
    if quota is not None and site not in {NOBODY, BATCH}:
        quota.take(site).require()


def note_visitor(scope: Scope) -> None:
    """Remember for this request which address asks; the machine itself is nobody, and free."""
    asked_by.set(site_of(scope) or NOBODY)


@dataclass(frozen=True, slots=True)
class ShareBook:
    """What a process keeps and opens shares with; without a pepper there are no short codes."""

    database: Database
    pepper: Pepper | None = None
    quotas: ShareQuotas = field(default_factory=ShareQuotas)
    stretching: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))


async def keep_share(
    book: ShareBook,
    text: str,
    *,
    registration_id: UUID,
    ends_at: datetime,
    with_code: bool,
    now: datetime,
) -> Shared:
    """Keep a credential under a key that is given away; raises why it cannot be shared."""
    link, withdrawal = LinkSecret.new(), Withdrawal.new()
    sealed = seal(text.encode(), key=link.key, context=link.context)
    while True:
        code = new_code() if with_code else None
        found = await _stretch(book, code) if code else None
        sealed_link = seal(link.as_bytes(), key=found.key, context=found.place) if found else None
        new = NewShare(
            share_id=link.share_id,
            sealed=sealed,
            withdrawal=withdrawal.digest,
            registration_id=registration_id,
            ends_at=ends_at,
            code_place=found.place if found else None,
            sealed_link=sealed_link,
        )
        async with book.database.transaction() as session:
            kept = await shares.add_share(session, new, most=MOST_OF_ONE, now=now)
        match kept:
            case Kept.YES:
                return Shared(
                    share_id=link.share_id,
                    link=link,
                    code=code,
                    withdrawal=withdrawal,
                    ends_at=ends_at,
                )
            case Kept.CODE_TAKEN:
                continue
            case Kept.MANY:
                raise ManySharesError
            case Kept.ERASED:
                raise NotShareableError


async def open_share(book: ShareBook | None, handed: Handed, *, now: datetime) -> str | Code:
    """Return the credential behind a link or a short code, or the code of why there is none."""
    if handed.form is Form.SHARE_LINK:
        share_id, key = parts_of_link(handed.text)
        if not key:
            return Code.LINK_CUT
        link = LinkSecret.read(key)
        if book is None or link is None or link.share_id != read_id(share_id):
            return Code.LINK_UNKNOWN
        return await _open_link(book, link, Code.LINK_UNKNOWN, Code.LINK_ENDED, now=now)
    if not is_short_code(handed.text):
        return Code.CODE_MISTYPED
    if book is None or book.pepper is None:
        return Code.CODE_UNKNOWN
    book.quotas.charge_code()
    return await _open_code(book, handed.text, now=now)


async def withdraw(book: ShareBook, share_id: str, secret: str, *, now: datetime) -> None:
    """End a share for who has its secret, or raise ShareNotFoundError."""
    known = read_id(share_id)
    if known is None:
        raise ShareNotFoundError
    digest = Withdrawal(secret).digest
    async with book.database.transaction() as session:
        if not await shares.withdraw_share(session, known, digest, now=now):
            raise ShareNotFoundError


async def forget_old(
    database: Database, *, now: datetime, remembered: timedelta = REMEMBERED
) -> None:
    """Wipe every share that has ended, and in time also that it was there."""
    async with database.transaction() as session:
        await shares.forget_shares(session, now=now, before=now - remembered)


async def _open_code(book: ShareBook, code: str, *, now: datetime) -> str | Code:
    found = await _stretch(book, code)
    async with book.database.transaction() as session:
        kept = await shares.find_link(session, found.place, now=now)
    if kept is None:
        return Code.CODE_UNKNOWN
    if kept.envelope is None:
        return Code.CODE_ENDED
    try:
        secret = open_sealed(kept.envelope, key=found.key, context=found.place)
    except SealError:
        return Code.CODE_UNKNOWN
    link = LinkSecret.of_bytes(secret)
    return await _open_link(book, link, Code.CODE_UNKNOWN, Code.CODE_ENDED, now=now)


async def _open_link(
    book: ShareBook, link: LinkSecret, unknown: Code, ended: Code, *, now: datetime
) -> str | Code:
    async with book.database.transaction() as session:
        kept = await shares.find_share(session, link.share_id, now=now)
    if kept is None:
        return unknown
    if kept.envelope is None:
        return ended
    try:
        return open_sealed(kept.envelope, key=link.key, context=link.context).decode()
    except SealError:
        return unknown


async def _stretch(book: ShareBook, code: str) -> CodeKey:
    """Stretch one code at a time, for anybody may ask; raises CodesBusyError."""
    if book.pepper is None:
        raise CodesClosedError
    if book.stretching.statistics().tasks_waiting >= MOST_WAITING:
        raise CodesBusyError
    return await to_thread.run_sync(partial(book.pepper.stretch, code), limiter=book.stretching)
