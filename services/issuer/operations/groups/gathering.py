"""Gathering requests while others are on their way, and answering each in the end."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from contextvars import Context
from datetime import datetime
from typing import Any, Final

from services.issuer.domain import Signatures, WantedAward
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import Intent
from services.issuer.operations.granting import GRANT_ROUTE, Asking, grant_award, grant_intent
from services.issuer.operations.groups.intending import intend_group
from services.issuer.operations.groups.plans import Intended, Plan, Request
from services.issuer.operations.groups.settling import settle_group
from services.issuer.operations.status_lists import with_open_lists
from shared.runtime.idempotency import Claim, StillRunningError, StoredAnswer
from shared.runtime.observability import get_logger

MOST_TOGETHER: Final = 64
GROUPS_AT_ONCE: Final = 2
PAUSES: Final = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0)
"""How long a request waits for the answer of its twin, time after time, in seconds."""

log = get_logger(__name__)


class Groups:
    """The requests for awards of one process, gathered by organisation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: defaultdict[str, list[Request]] = defaultdict(list)
        self._tasks: set[asyncio.Task[None]] = set()
        self._groups: defaultdict[str, int] = defaultdict(int)

    async def grant(
        self, wanted: WantedAward, *, asking: Asking, request_id: str | None, now: datetime
    ) -> StoredAnswer:
        """Award a microcredential to a learner, alone or with who asks at the same moment."""
        answer: asyncio.Future[StoredAnswer] = asyncio.get_running_loop().create_future()
        organisation = asking.organisation
        self._waiting[organisation].append(Request(wanted, asking, request_id, now, answer))
        if self._groups[organisation] < GROUPS_AT_ONCE:
            self._groups[organisation] += 1
            self._start(self._serve(organisation))
        return await answer

    def _start(
        self, work: Coroutine[Any, Any, None], *, context: Context | None = None
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _serve(self, organisation: str) -> None:
        try:
            while waiting := self._waiting.get(organisation):
                self._waiting[organisation] = waiting[MOST_TOGETHER:]
                await self._answer(organisation, waiting[:MOST_TOGETHER])
        finally:
            self._groups[organisation] -= 1
            if not self._groups[organisation]:
                del self._groups[organisation]
                if not self._waiting[organisation]:
                    del self._waiting[organisation]

    async def _answer(self, organisation: str, requests: Sequence[Request]) -> None:
        """Answer each request, together if that succeeds."""
        if len(requests) > 1:
            try:
                await self._answer_together(organisation, requests)
            except Exception as error:  # noqa: BLE001 - each goes by itself, and meets its own
                log.warning("a group of awards is taken apart", reason=type(error).__name__)
        left = [one for one in requests if not one.answer.done()]
        alone = [self._start(self._answer_alone(one), context=one.context) for one in left]
        if len(requests) == 1:  # what is left of a group may wait for its twin; others need not
            await asyncio.gather(*alone)

    async def _answer_alone(self, request: Request) -> None:
        try:
            request.give(await self._grant_alone(request))
        except StillRunningError as error:
            # Not here: whoever awards for this organisation would wait along.
            self._start(self._answer_after_twin(request, error), context=request.context)
        except Exception as error:  # noqa: BLE001 - it is its sender's to hear
            request.refuse(error)

    async def _answer_after_twin(self, request: Request, running: StillRunningError) -> None:
        """Answer as the same request that came first is answered, if that is soon."""
        for pause in PAUSES:
            await asyncio.sleep(pause)
            if request.answer.done():
                return
            try:
                request.give(await self._grant_alone(request))
            except StillRunningError as still:
                running = still
            except Exception as error:  # noqa: BLE001 - it is its sender's to hear
                request.refuse(error)
        request.refuse(running)

    async def _grant_alone(self, request: Request) -> StoredAnswer:
        return await grant_award(self._desk, request.wanted, asking=request.asking, now=request.now)

    async def _answer_together(self, organisation: str, requests: Sequence[Request]) -> None:
        now = max(one.now for one in requests)

        async def intend() -> Plan:
            async with self._desk.database.acting_for(organisation) as straight:
                return await intend_group(
                    straight, self._desk, requests, organisation=organisation, now=now
                )

        plan = await with_open_lists(self._desk, organisation, intend, now=now)
        for request, error in plan.refused:
            request.refuse(error)
        if plan.intended:
            await self._grant(organisation, plan.intended, now=now)

    async def _grant(
        self, organisation: str, intended: Sequence[Intended], *, now: datetime
    ) -> None:
        try:
            signed = [(one, await self._sign(one.intent)) for one in intended]
            async with self._desk.database.acting_for(organisation) as straight:
                answers = await settle_group(straight, self._desk, signed, now=now)
        except Exception as error:  # noqa: BLE001 - what is intended is finished one by one
            log.warning("a group of intents is taken apart", reason=type(error).__name__)
            answers = {}
        for one in intended:
            answer = answers.get(one.award_id)
            if answer is not None:
                one.request.give(answer)
            else:
                await self._finish(one, now=now)

    async def _sign(self, intent: Intent) -> Signatures:
        award = intent.award
        return await self._desk.sign_credential(
            intent.key,
            organisation=award.organisation,
            payload=intent.payload,
            digest=award.credential_digest,
        )

    async def _finish(self, one: Intended, *, now: datetime) -> None:
        asking = one.request.asking
        claim = Claim(asking.organisation, GRANT_ROUTE, asking.key)
        try:
            answer = await grant_intent(self._desk, one.intent, claim=claim, now=now)
        except Exception as error:  # noqa: BLE001 - it is its sender's to hear
            one.request.refuse(error)
        else:
            one.request.give(answer)
