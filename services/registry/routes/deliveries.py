"""What became of what was sent to a subscriber: a log to read, and sending something again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status

from services.registry.domain.subscriptions import (
    DeliveryState,
    DeliveryUnknownError,
    NotValidatedError,
    SubscriptionUnknownError,
)
from services.registry.operations import subscriptions
from services.registry.routes.subscribers import (
    ONCE,
    NoBody,
    OnceOnly,
    Reader,
    SubscriptionId,
    Writer,
    answer_with,
    render_attempts,
    render_delivery,
    shown,
)
from services.registry.schemas.subscriptions import (
    DELIVERY,
    DELIVERY_LOG,
    DeliveryAnswer,
    DeliveryWithAttemptsAnswer,
)
from shared.runtime.database import Session
from shared.runtime.paging import Page, PageRequest, WantedPage, no_cursor
from shared.runtime.problems import refusals

router = APIRouter(prefix="/subscriptions/{subscriptionId}/deliveries", tags=["subscriptions"])
_FARTHEST = 2**63

DeliveryId = Annotated[UUID, Path(description="as the log of deliveries says it")]


@router.get(
    "",
    response_model_exclude_none=True,
    responses=shown({"items": [DELIVERY]}) | refusals(SubscriptionUnknownError),
)
async def list_deliveries(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    caller: Reader,
    wanted: WantedPage,
    session: Session,
    state: Annotated[DeliveryState | None, Query(description="Only those that are so now.")] = None,
) -> Page[DeliveryAnswer]:
    """Return what became of each event, the last one first; kept for thirty days."""
    found = await subscriptions.list_deliveries(
        session,
        organisation=caller.organisation,
        subscription_id=subscription_id,
        before=_index_before(wanted),
        state=state,
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=lambda one: (one.index,), item=render_delivery)


@router.get(
    "/{deliveryId}",
    response_model_exclude_none=True,
    responses=shown(DELIVERY_LOG) | refusals(DeliveryUnknownError),
)
async def read_delivery(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    delivery_id: Annotated[DeliveryId, Path(alias="deliveryId")],
    caller: Reader,
    session: Session,
) -> DeliveryWithAttemptsAnswer:
    """Return what became of one event, attempt by attempt."""
    found = await subscriptions.read_delivery(
        session,
        organisation=caller.organisation,
        subscription_id=subscription_id,
        delivery_id=delivery_id,
    )
    return render_attempts(found)


@router.post(
    "/{deliveryId}/attempts",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=DeliveryAnswer,
    responses=shown(DELIVERY, status_code=202)
    | refusals(*ONCE, SubscriptionUnknownError, DeliveryUnknownError, NotValidatedError),
)
async def send_again(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    delivery_id: Annotated[DeliveryId, Path(alias="deliveryId")],
    caller: Writer,
    once: OnceOnly,
    _nothing: NoBody = None,
) -> Response:
    """Send an event once more, now and outside the order of the others; it keeps its id."""

    async def act() -> UUID:
        await subscriptions.send_again(
            once.session,
            organisation=caller.organisation,
            subscription_id=subscription_id,
            delivery_id=delivery_id,
            now=once.now,
        )
        return delivery_id

    await once.act(caller, act, asked={})
    found = await subscriptions.read_delivery(
        once.session,
        organisation=caller.organisation,
        subscription_id=subscription_id,
        delivery_id=delivery_id,
    )
    return answer_with(render_delivery(found.delivery), status_code=202)


def _index_before(wanted: PageRequest) -> int | None:
    match wanted.after:
        case None:
            return None
        case (int(index),) if 0 <= index < _FARTHEST:
            return index
    raise no_cursor()
