"""Granting as a sandbox does: fixed magic values lead to fixed outcomes, and are nothing elsewhere.

Around granting, so that what is tried is the real thing up to there, and nothing of it is in the
way of real awards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from services.issuer.domain import (
    MicrocredentialArchivedError,
    MicrocredentialNotKnownYetError,
    WantedAward,
)
from services.issuer.domain.changes import Change, WantedChange
from services.issuer.domain.sandbox import Magic, SandboxRowFailsError, magic_of
from services.issuer.operations import granting
from services.issuer.operations.changes import change_award
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import NothingToSignWithError
from services.issuer.operations.erasures import erase_learner
from services.issuer.operations.granting import Asking
from services.issuer.operations.groups import Groups
from shared.contracts.vocabulary import ErasureReason, RevocationReason, SuspensionReason
from shared.errors import WaarmerkError
from shared.runtime.idempotency import StillRunningError, StoredAnswer
from shared.strict_json import load_object

SLOW_SECONDS: Final = 10.0

_REFUSED: Final[Mapping[Magic | None, Callable[[], WaarmerkError]]] = {
    Magic.ARCHIVED: MicrocredentialArchivedError,
    Magic.NOT_KNOWN_YET: MicrocredentialNotKnownYetError,
    Magic.NO_SIGNING_KEY: NothingToSignWithError,
    Magic.STILL_RUNNING: lambda: StillRunningError(retry_after=1),
    Magic.ROW_FAILS: SandboxRowFailsError,
}


class SandboxGroups(Groups):
    """Requests for awards as they come in at a sandbox."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._at = desk

    async def grant(
        self, wanted: WantedAward, *, asking: Asking, request_id: str | None, now: datetime
    ) -> StoredAnswer:
        """Award a microcredential, with what its magic values ask for."""

        async def grant() -> StoredAnswer:
            return await super(SandboxGroups, self).grant(
                wanted, asking=asking, request_id=request_id, now=now
            )

        return await _act(self._at, wanted, grant, asking=asking, now=now)


async def grant_award(
    desk: Desk, wanted: WantedAward, *, asking: Asking, now: datetime
) -> StoredAnswer:
    """Award a microcredential; in a sandbox, with what its magic values ask for."""

    async def grant() -> StoredAnswer:
        return await granting.grant_award(desk, wanted, asking=asking, now=now)

    return await _act(desk, wanted, grant, asking=asking, now=now)


def refuse_magic(desk: Desk, wanted: WantedAward) -> None:
    """Raise what a magic value asks for, in a sandbox only."""
    magic = magic_of(wanted) if desk.is_sandbox else None
    if magic in _REFUSED:
        refuse = _REFUSED[magic]
        raise refuse()


async def _act(
    desk: Desk,
    wanted: WantedAward,
    grant: Callable[[], Awaitable[StoredAnswer]],
    *,
    asking: Asking,
    now: datetime,
) -> StoredAnswer:
    magic = magic_of(wanted) if desk.is_sandbox else None
    if magic is None:
        return await grant()
    refuse_magic(desk, wanted)
    if magic is Magic.SLOW:
        await asyncio.sleep(SLOW_SECONDS)
    answer = await grant()
    await _let_follow(desk, magic, wanted, answer, asking=asking, now=now)
    return answer


async def _let_follow(
    desk: Desk,
    magic: Magic,
    wanted: WantedAward,
    answer: StoredAnswer,
    *,
    asking: Asking,
    now: datetime,
) -> None:
    """Let happen to an award what was asked for; to a repeated request nothing happens twice."""
    award_id = UUID(str(load_object(answer.body or b"{}")["awardId"]))
    again = Asking(
        organisation=asking.organisation,
        key=f"sandbox:{award_id}:{magic}",
        fingerprint=award_id.bytes,
    )
    async with desk.database.transaction() as session:
        if magic is Magic.ERASED:
            await erase_learner(
                session,
                desk,
                wanted.learner.identifier,
                reason=ErasureReason.LEARNER_REQUEST,
                asking=again,
                now=now,
            )
            return
        change = _CHANGES.get(magic)
        if change is not None:
            what, reason = change
            wish = WantedChange(award_id=award_id, change=what, reason=reason)
            await change_award(session, desk, wish, asking=again, now=now)


_CHANGES: Final[Mapping[Magic, tuple[Change, RevocationReason | SuspensionReason]]] = {
    Magic.REVOKED: (Change.REVOKED, RevocationReason.ADMINISTRATIVE_ERROR),
    Magic.SUSPENDED: (Change.SUSPENDED, SuspensionReason.ADMINISTRATIVE_CHECK),
}
