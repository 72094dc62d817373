"""What every route of subscribers asks, and how each answers: once only, and with no secret kept.

Apart from the routes, because an answer may hold the secret of a new key: it is shown, not stored.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Body, Depends, Path, Request, Response
from pydantic import BaseModel

from services.registry.domain.deliveries import State
from services.registry.domain.facts import sequence_text
from services.registry.domain.subscriptions import Delivery
from services.registry.operations.subscriptions import Shown, ShownDelivery, Webhooks
from services.registry.operations.webhook_keys import public_text
from services.registry.schemas.subscriptions import (
    AttemptAnswer,
    DeliveryAnswer,
    DeliveryWithAttemptsAnswer,
    FilterAnswer,
    NoMembers,
    SubscriptionAnswer,
    SubscriptionLinks,
)
from shared.runtime import idempotency
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session, act_for
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
)
from shared.runtime.json_body import RequestJson
from shared.strict_json import JsonValue

Reader = Annotated[Caller, Depends(caller_with("subscriptions:read", "subscriptions:write"))]
Writer = Annotated[Caller, Depends(caller_with("subscriptions:write"))]
SubscriptionId = Annotated[UUID, Path(description="as the answer to its creation says it")]
NoBody = Annotated[NoMembers | None, Body(examples=[{}])]
ONCE: Final = (IdempotencyKeyReusedError, StillRunningError)


def read_webhooks(request: Request) -> Webhooks:
    """Return what subscriptions are kept with."""
    webhooks: Webhooks = request.app.state.webhooks
    return webhooks


Kept = Annotated[Webhooks, Depends(read_webhooks)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, its transaction and its moment."""

    request: Request
    session: Session
    now: Now

    @property
    def public_url(self) -> str:
        """Where this register is."""
        url: str = self.request.app.state.settings.public_url
        return url


AskedNow = Annotated[Asked, Depends(Asked)]


@dataclass(frozen=True, slots=True)
class Once(Asked):
    """A request that is acted on once; its answer is rendered anew, for it may hold a secret."""

    key: IdempotencyKey
    body: RequestJson

    async def act(
        self, caller: Caller, act: Callable[[], Awaitable[UUID]], *, asked: JsonValue = None
    ) -> UUID:
        """Act, or find out what was made the first time; return its id."""
        path = self.request.scope["path"].removeprefix(self.request.scope.get("root_path", ""))
        await act_for(self.session, caller.organisation)
        claim = await idempotency.claim(
            self.session,
            organisation=caller.organisation,
            route=f"{self.request.method} {path}",
            key=self.key,
            fingerprint=idempotency.fingerprint(self.body if asked is None else asked),
            now=self.now,
        )
        if claim.answer is not None:
            return UUID(claim.answer.resource)
        made = await act()
        await idempotency.keep_resource(self.session, claim, str(made))
        await idempotency.keep_answer(self.session, claim, status=202, body=None)
        return made


OnceOnly = Annotated[Once, Depends(Once)]


def shown(
    example: dict[str, Any], *, status_code: int = 200, is_tagged: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Declare what an answer looks like."""
    declared: dict[str, Any] = {"content": {"application/json": {"example": example}}}
    if is_tagged:
        text = {"type": "string", "examples": ['"7"']}
        declared["headers"] = {"ETag": {"description": "Give this as If-Match.", "schema": text}}
    return {status_code: declared}


def answer_with(
    answer: BaseModel, *, status_code: int, headers: dict[str, str] | None = None
) -> Response:
    """Render an answer."""
    text = answer.model_dump_json(by_alias=True, exclude_none=True)
    return Response(text, status_code, headers, media_type="application/json")


def tag_of(shown: Shown) -> str:
    """Return the entity tag of what the subscriber asks; how it goes is not in it."""
    return f'"{shown.subscription.revision}"'


def render_subscription(shown: Shown, *, public_url: str) -> SubscriptionAnswer:
    """Render a subscription."""
    known, course = shown.subscription, shown.subscription.course
    address = f"{public_url}/v1/subscriptions/{known.subscription_id}"
    is_failing = course.failing_since is not None
    is_at_work = course.state in {State.ACTIVE, State.VALIDATING}
    return SubscriptionAnswer(
        subscription_id=known.subscription_id,
        target=known.target,
        filter=FilterAnswer(
            types=tuple(sorted(known.wanted.types)),
            issuers=tuple(sorted(known.wanted.issuers)),
            sectors=tuple(sorted(known.wanted.sectors)),
        ),
        state=course.state,
        reason=course.reason,
        failing_since=course.failing_since,
        failures=course.failures,
        next_attempt_at=course.due_at if is_failing and is_at_work else None,
        after_sequence=sequence_text(known.position - 1),
        lag=max(0, shown.head - known.position),
        allowed_rate=known.allowed_rate,
        validated_at=known.validated_at,
        public_keys=tuple(public_text(key.public_key) for key in shown.keys),
        secret=shown.secret,
        created_at=known.created_at,
        changed_at=known.changed_at,
        links=SubscriptionLinks(
            self=address,
            deliveries=f"{address}/deliveries",
            keys=f"{public_url}/.well-known/webhook-keys",
        ),
    )


def render_delivery(delivery: Delivery) -> DeliveryAnswer:
    """Render what became of one event."""
    return DeliveryAnswer(
        delivery_id=delivery.delivery_id,
        sequence=sequence_text(delivery.index),
        event_id=delivery.event_id,
        state=delivery.state,
        attempts=delivery.attempts,
        last_attempt_at=delivery.last_attempt_at,
        last_status=delivery.last_status,
        last_failing=delivery.last_failing,
        asked_again_at=delivery.again_at,
    )


def render_attempts(shown: ShownDelivery) -> DeliveryWithAttemptsAnswer:
    """Render what became of one event, attempt by attempt."""
    return DeliveryWithAttemptsAnswer(
        **render_delivery(shown.delivery).model_dump(by_alias=False),
        log=tuple(
            AttemptAnswer(
                number=one.number,
                attempted_at=one.attempted_at,
                status=one.status,
                failing=one.failing,
                milliseconds=one.milliseconds,
            )
            for one in shown.attempts
        ),
    )
