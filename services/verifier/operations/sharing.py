"""Sharing a credential: verified first, and kept only when it is genuine and in the register.

Apart from verifying, which keeps nothing. What is shared is what was handed in, not what we make of
it: each time somebody opens it, it is judged anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.verifier.checks.judgement import Verification
from services.verifier.domain.handed import Form, Handed, SeveralFoundError
from services.verifier.domain.shares import (
    MOST_BYTES,
    SHAREABLE,
    USUAL_DAYS,
    LinkNotShareableError,
    NotShareableError,
    PresentationNotShareableError,
)
from services.verifier.operations.desk import Desk
from services.verifier.operations.verifying import verify_all, verify_handed
from services.verifier.shares import book
from services.verifier.shares.book import Shared
from shared.contracts.registration import Registration
from shared.errors import UnavailableError

_LINKS: Final = frozenset({Form.SHARE_LINK, Form.SHORT_CODE})
_PRESENTATIONS: Final = frozenset({Form.PRESENTATION, Form.PRESENTATION_JWT})


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedShare:
    """For how long somebody shares, and whether there is a code for it as well."""

    days: int = USUAL_DAYS
    with_code: bool = False


async def make_share(desk: Desk, content: bytes, wanted: WantedShare, *, now: datetime) -> Shared:
    """Share the one credential in what somebody hands in, or raise why it cannot be."""
    _book_of(desk).quotas.charge_share()
    taken = await verify_all(desk, content, now=now)
    first = taken[0]
    if first.handed is None:
        raise NotShareableError
    if len(taken) > 1 and not _is_presented(first.handed):
        raise SeveralFoundError
    return await _share(desk, first.handed, first.verification, wanted, now=now)


async def share_handed(desk: Desk, handed: Handed, wanted: WantedShare, *, now: datetime) -> Shared:
    """Share a credential that was found in what somebody handed in, or raise why it cannot be."""
    _book_of(desk).quotas.charge_share()
    made = await verify_handed(desk, handed, now=now)
    return await _share(desk, handed, made[0], wanted, now=now)


async def withdraw(desk: Desk, share_id: str, secret: str, *, now: datetime) -> None:
    """End a share for who has its secret, or raise ShareNotFoundError."""
    await book.withdraw(_book_of(desk), share_id, secret, now=now)


def is_shareable(handed: Handed, made: Verification) -> bool:
    """Say whether this can be shared, as far as can be known beforehand."""
    is_whole = handed.form not in _LINKS and not _is_presented(handed)
    return is_whole and _award_of(made) is not None


def gives_codes(desk: Desk) -> bool:
    """Say whether there are short codes here."""
    return desk.shares is not None and desk.shares.pepper is not None


async def _share(
    desk: Desk, handed: Handed, made: Verification, wanted: WantedShare, *, now: datetime
) -> Shared:
    if handed.form in _LINKS:
        raise LinkNotShareableError
    if _is_presented(handed):
        raise PresentationNotShareableError
    registration_id = _award_of(made)
    if registration_id is None or len(handed.text.encode()) > MOST_BYTES:
        raise NotShareableError
    return await book.keep_share(
        _book_of(desk),
        handed.text,
        registration_id=registration_id,
        ends_at=now + timedelta(days=wanted.days),
        with_code=wanted.with_code,
        now=now,
    )


def _is_presented(handed: Handed) -> bool:
    """Say whether this was made for one occasion: an SD-JWT ends in its key binding then."""
    if handed.form is Form.SD_JWT_VC:
        return not handed.text.endswith("~")
    return handed.form in _PRESENTATIONS


def _award_of(made: Verification) -> UUID | None:
    """Return the award this is the genuine credential of, in its own issuer's name."""
    held, issuer = made.registration, made.issuer
    if made.judgement.verdict.state not in SHAREABLE or not isinstance(held, Registration):
        return None
    if issuer is None or held.organisation != issuer.organisation_oin:
        return None
    return held.registration_id


def _book_of(desk: Desk) -> book.ShareBook:
    if desk.shares is None:
        raise UnavailableError
    return desk.shares
