"""What an organisation asks about its keys over HTTP; a repeated request gets the first answer.

Apart from `keys`, which the worker and the command call too, and where nobody repeats a request.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.operations import keys
from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.operations.keys import Loss
from services.issuer.repository import reissues
from services.issuer.schemas.keys import (
    CompromiseAnswer,
    CompromiseRequest,
    KeyAnswer,
    KeysAnswer,
)
from shared.runtime import idempotency
from shared.runtime.database import act_for
from shared.runtime.idempotency import Claim, StoredAnswer


async def rotate_keys(
    session: AsyncSession, desk: Desk, *, asking: Asking, now: datetime
) -> StoredAnswer:
    """Publish the keys that will follow the organisation's present ones."""
    claim = await _claim(session, desk, "POST /v1/key-rotations", asking=asking, now=now)
    if claim.answer is not None:
        return claim.answer
    following = await keys.begin_rotation(session, desk, asking.organisation, now=now)
    answer = KeysAnswer(items=[KeyAnswer.of(key) for key in following])
    location = f"{desk.public_url}/v1/keys"
    return await _keep(session, claim, body=answer.to_bytes(), location=location)


async def compromise_key(
    session: AsyncSession,
    desk: Desk,
    thumbprint: str,
    wanted: CompromiseRequest,
    *,
    asking: Asking,
    now: datetime,
) -> StoredAnswer:
    """Mark one of the organisation's own keys as compromised."""
    route = f"POST /v1/keys/{thumbprint}/compromises"
    claim = await _claim(session, desk, route, asking=asking, now=now)
    if claim.answer is not None:
        return claim.answer
    key = await keys.get_key(session, organisation=asking.organisation, thumbprint=thumbprint)
    loss = Loss(kid=key.kid, reason=wanted.reason, since=wanted.since)
    replaced = await keys.compromise_key(session, desk, loss, now=now)
    answer = CompromiseAnswer(
        key=KeyAnswer.of(replaced.lost),
        replacement=KeyAnswer.of(replaced.replacement) if replaced.replacement else None,
        credentials_to_reissue=await reissues.count_signed(
            session, key.kid, organisation=asking.organisation
        ),
    )
    location = f"{desk.public_url}/v1/keys"
    return await _keep(session, claim, body=answer.to_bytes(), location=location)


async def _claim(
    session: AsyncSession, desk: Desk, route: str, *, asking: Asking, now: datetime
) -> Claim:
    await act_for(session, asking.organisation)
    return await idempotency.claim(
        session,
        organisation=asking.organisation,
        route=route,
        key=asking.key,
        fingerprint=desk.blind(asking.fingerprint),
        now=now,
    )


async def _keep(session: AsyncSession, claim: Claim, *, body: bytes, location: str) -> StoredAnswer:
    stored = StoredAnswer(201, body, {"Location": location}, location)
    await idempotency.keep_answer(
        session, claim, status=stored.status, body=stored.body, headers=stored.headers
    )
    return stored
