"""Doing a thing once however often it is asked: Idempotency-Key, claims, kept answers.

Apart from the operations, because the rules are the same for each (DESIGN decision 14): same key
and body, the stored answer; another body, 409; still under way, 409 with Retry-After; kept 7 days.
An answer that names a person is not kept as text: keep the resource, and render it again.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final

from fastapi import Header, Response
from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import ConflictError
from shared.runtime.schema import idempotency
from shared.strict_json import JsonValue, canonical

LEASE: Final = timedelta(seconds=10)
KEPT: Final = timedelta(days=7)
_WAITED_TOO_LONG: Final = frozenset({"55P03", "57014"})
_NEVER_KEPT: Final = frozenset({"content-length", "content-type", "set-cookie"})


class IdempotencyKeyReusedError(ConflictError):
    """This Idempotency-Key was used before with another body; choose a new key."""

    code: ClassVar[str] = "idempotency-key-reused"


class StillRunningError(ConflictError):
    """The first request with this Idempotency-Key is still under way; ask again a little later."""

    code: ClassVar[str] = "still-running"


IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="A key of your own for this request; repeat it to repeat the request safely.",
        examples=["5f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"],
    ),
]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered the first time."""

    status: int
    body: bytes | None
    headers: dict[str, str]
    resource: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to act on a key: or its answer, or how far an earlier attempt came."""

    organisation: str
    route: str
    key: str
    answer: StoredAnswer | None = None
    resource: str | None = None


def fingerprint(body: JsonValue) -> bytes:
    """Return the SHA-256 of a body, however its members are ordered and spaced."""
    return hashlib.sha256(canonical(body)).digest()


async def claim(
    session: AsyncSession,
    *,
    organisation: str,
    route: str,
    key: str,
    fingerprint: bytes,
    now: datetime,
    lease: timedelta = LEASE,
) -> Claim:
    """Claim a key for its first request, or return what became of that one.

    A twin in another transaction waits here until the first commits, and then gets its answer.
    """
    mine = Claim(organisation, route, key)
    fresh = insert(idempotency).values(
        organisation=organisation,
        route=route,
        key=key,
        fingerprint=fingerprint,
        state="running",
        lease_until=now + lease,
        created_at=now,
    )
    try:
        inserted = await session.execute(
            fresh.on_conflict_do_nothing().returning(idempotency.c.key)
        )
        if inserted.first() is not None:
            return mine
        query = select(idempotency).where(*_is(mine)).with_for_update()
        row = (await session.execute(query)).one()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _WAITED_TOO_LONG:
            raise StillRunningError(retry_after=1) from None
        raise
    return await _resume(session, mine, row, fingerprint=fingerprint, now=now, lease=lease)


async def _resume(
    session: AsyncSession,
    mine: Claim,
    row: Row[tuple[object, ...]],
    *,
    fingerprint: bytes,
    now: datetime,
    lease: timedelta,
) -> Claim:
    if row.fingerprint != fingerprint:
        raise IdempotencyKeyReusedError
    if row.state == "done":
        answer = StoredAnswer(row.status, row.body, dict(row.headers or {}), row.resource)
        return Claim(mine.organisation, mine.route, mine.key, answer, row.resource)
    if row.lease_until > now:
        left = (row.lease_until - now).total_seconds()
        raise StillRunningError(retry_after=max(1, math.ceil(left)))
    await session.execute(update(idempotency).where(*_is(mine)).values(lease_until=now + lease))
    return Claim(mine.organisation, mine.route, mine.key, None, row.resource)


async def keep_resource(session: AsyncSession, claim: Claim, resource: str) -> None:
    """Remember how far this request came, so that a later attempt goes on from there."""
    await session.execute(update(idempotency).where(*_is(claim)).values(resource=resource))


async def keep_answer(
    session: AsyncSession,
    claim: Claim,
    *,
    status: int,
    body: bytes | None,
    headers: dict[str, str] | None = None,
) -> None:
    """Remember what was answered; the same request gets it again."""
    kept = {
        name: value for name, value in (headers or {}).items() if name.lower() not in _NEVER_KEPT
    }
    await session.execute(
        update(idempotency)
        .where(*_is(claim))
        .values(state="done", status=status, body=body, headers=kept, lease_until=None)
    )


def replayed(answer: StoredAnswer, *, media_type: str = "application/json") -> Response:
    """Give the stored answer again."""
    return Response(answer.body or b"", answer.status, dict(answer.headers), media_type=media_type)


async def forget_old(session: AsyncSession, now: datetime) -> int:
    """Delete what is older than we promised to keep; return how many."""
    gone = await session.execute(
        delete(idempotency)
        .where(idempotency.c.created_at < now - KEPT)
        .returning(idempotency.c.key)
    )
    return len(gone.all())


def _is(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        idempotency.c.organisation == claim.organisation,
        idempotency.c.route == claim.route,
        idempotency.c.key == claim.key,
    )
