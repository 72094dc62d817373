"""Doing a thing once however often it is asked: Idempotency-Key, claims, kept answers.

Apart from the operations, because the rules are the same for each (DESIGN decision 14): same key
and body, the stored answer; another body, 409; still under way, 409 with Retry-After; kept 7 days.
An answer that names a person is not kept as text: keep the resource, and render it again.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final

from asyncpg import PostgresError
from fastapi import Header, Response
from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import ConflictError, Remedy
from shared.runtime.database import Straight, ask
from shared.runtime.schema import idempotency
from shared.strict_json import JsonValue, canonical

LEASE: Final = timedelta(seconds=10)
KEPT: Final = timedelta(days=7)
_WAITED_TOO_LONG: Final = frozenset({"55P03", "57014"})
_NEVER_KEPT: Final = frozenset({"content-length", "content-type", "set-cookie"})


class IdempotencyKeyReusedError(ConflictError):
    """This Idempotency-Key was used before with another body; choose a new key."""

    code: ClassVar[str] = "idempotency-key-reused"
    dutch: ClassVar[str] = (
        "Deze Idempotency-Key is al gebruikt voor een ander verzoek; kies een nieuwe."
    )
    remedy: ClassVar[Remedy | None] = (
        (
            "Choose a new Idempotency-Key for a new request; keep a key only to repeat the very "
            "same body."
        ),
        (
            "Kies voor een nieuw verzoek een nieuwe Idempotency-Key; gebruik dezelfde alleen om "
            "precies hetzelfde te herhalen."
        ),
    )


class StillRunningError(ConflictError):
    """The first request with this Idempotency-Key is still under way; ask again a little later."""

    code: ClassVar[str] = "still-running"
    dutch: ClassVar[str] = (
        "Het eerste verzoek met deze Idempotency-Key loopt nog; vraag het zo meteen opnieuw."
    )
    remedy: ClassVar[Remedy | None] = (
        (
            "Wait as long as Retry-After says and send the same body with the same key: you get "
            "the first answer."
        ),
        (
            "Wacht zo lang als Retry-After zegt en stuur hetzelfde met dezelfde sleutel: u krijgt "
            "het eerste antwoord."
        ),
    )


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


_CLAIM: Final = """
    INSERT INTO idempotency (
        organisation, route, key, fingerprint, state, lease_until, created_at
    )
    VALUES ($1, $2, $3, $4, 'running', $5, $6)
    ON CONFLICT DO NOTHING
    RETURNING key
    """
_EARLIER: Final = """
    SELECT fingerprint, state, lease_until, resource, status, body,
           CAST(headers AS text) AS headers
    FROM idempotency
    WHERE organisation = $1 AND route = $2 AND key = $3
    FOR UPDATE
    """
_TAKE_OVER: Final = """
    UPDATE idempotency SET lease_until = $4
    WHERE organisation = $1 AND route = $2 AND key = $3
    """


async def claim(
    session: AsyncSession | Straight,
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
    try:
        if await ask(session, _CLAIM, organisation, route, key, fingerprint, now + lease, now):
            return Claim(organisation, route, key)
        row = await ask(session, _EARLIER, organisation, route, key)
    except (DBAPIError, PostgresError) as error:
        original = error.orig if isinstance(error, DBAPIError) else error
        if getattr(original, "sqlstate", None) in _WAITED_TOO_LONG:
            raise StillRunningError(retry_after=1) from None
        raise
    if row is None:
        raise StillRunningError(retry_after=1)
    if row["fingerprint"] != fingerprint:
        raise IdempotencyKeyReusedError
    answer = _answer_in(row)
    if answer is None:
        if row["lease_until"] > now:
            left = (row["lease_until"] - now).total_seconds()
            raise StillRunningError(retry_after=max(1, math.ceil(left)))
        await ask(session, _TAKE_OVER, organisation, route, key, now + lease)
    return Claim(organisation, route, key, answer, row["resource"])


def _answer_in(row: Mapping[str, Any]) -> StoredAnswer | None:
    if row["state"] != "done":
        return None
    headers = json.loads(row["headers"] or "{}")
    return StoredAnswer(row["status"], row["body"], headers, row["resource"])


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
