"""Subscriptions over HTTP: an organisation's own, and the keys to check deliveries with."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response, status

from services.registry.domain.feed import PositionAheadError
from services.registry.domain.subscriptions import (
    RotatingError,
    SubscriptionUnknownError,
    TooManySubscriptionsError,
    WebhooksOffError,
)
from services.registry.operations import subscriptions
from services.registry.operations.feed import Start
from services.registry.operations.subscriptions import Webhooks
from services.registry.routes.subscribers import (
    ONCE,
    AskedNow,
    Kept,
    Once,
    OnceOnly,
    Reader,
    SubscriptionId,
    Writer,
    answer_with,
    render_subscription,
    shown,
    tag_of,
)
from services.registry.schemas.subscriptions import (
    CHANGE,
    NEW_SUBSCRIPTION,
    REPLAY,
    ROTATE,
    SUBSCRIBE,
    SUBSCRIPTION,
    ChangeSubscriptionBody,
    RotateKeyBody,
    StartBody,
    SubscribeBody,
    SubscriptionAnswer,
)
from shared.errors import StaleError
from shared.runtime.access import Caller
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.fetching import AddressRefusedError
from shared.runtime.http import public_headers
from shared.runtime.paging import Page, PageRequest, WantedPage, no_cursor
from shared.runtime.preconditions import IfMatch
from shared.runtime.problems import refusals
from shared.strict_json import canonical

router = APIRouter(prefix="/subscriptions", tags=["subscriptions"])
keys_router = APIRouter()
KEYS_MAX_AGE = 300


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=SubscriptionAnswer,
    responses=shown(NEW_SUBSCRIPTION, status_code=201, is_tagged=True)
    | refusals(
        *ONCE, AddressRefusedError, PositionAheadError, TooManySubscriptionsError, WebhooksOffError
    ),
)
async def subscribe(
    wanted: Annotated[SubscribeBody, Body(examples=[SUBSCRIBE])],
    caller: Writer,
    webhooks: Kept,
    once: OnceOnly,
) -> Response:
    """Have events sent to an address of yours; first that address is asked whether it wants them.

    The secret in the answer is shown this once; ask for a new one if you lose it.
    """
    made = await once.act(
        caller,
        lambda: subscriptions.subscribe(
            once.session,
            webhooks,
            organisation=caller.organisation,
            target=wanted.target,
            wanted=wanted.filter.as_filter(),
            start=_start(wanted.start) if wanted.start else None,
            now=once.now,
        ),
    )
    return await _answer(once, caller, made, status_code=201, reveal=webhooks)


@router.get(
    "",
    response_model_exclude_none=True,
    responses=shown({"items": [SUBSCRIPTION]}),
)
async def list_subscriptions(
    asked: AskedNow, caller: Reader, wanted: WantedPage
) -> Page[SubscriptionAnswer]:
    """Return the subscriptions of your organisation."""
    found = await subscriptions.list_subscriptions(
        asked.session,
        organisation=caller.organisation,
        after=_id_after(wanted),
        limit=wanted.limit + 1,
        now=asked.now,
    )
    return wanted.page(
        found,
        key=lambda one: (str(one.subscription.subscription_id),),
        item=lambda one: render_subscription(one, public_url=asked.public_url),
    )


@router.get(
    "/{subscriptionId}",
    response_model_exclude_none=True,
    responses=shown(SUBSCRIPTION, is_tagged=True) | refusals(SubscriptionUnknownError),
)
async def read_subscription(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    asked: AskedNow,
    response: Response,
    caller: Reader,
) -> SubscriptionAnswer:
    """Return a subscription: how far it is, and how it goes with its receiver."""
    found = await subscriptions.read_subscription(
        asked.session,
        organisation=caller.organisation,
        subscription_id=subscription_id,
        now=asked.now,
    )
    response.headers["ETag"] = tag_of(found)
    return render_subscription(found, public_url=asked.public_url)


@router.patch(
    "/{subscriptionId}",
    response_model_exclude_none=True,
    responses=shown(SUBSCRIPTION, is_tagged=True)
    | refusals(SubscriptionUnknownError, StaleError, AddressRefusedError),
)
async def change_subscription(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    wanted: Annotated[ChangeSubscriptionBody, Body(examples=[CHANGE])],
    expected: IfMatch,
    asked: AskedNow,
    response: Response,
    caller: Writer,
    webhooks: Kept,
) -> SubscriptionAnswer:
    """Change the address or the filter, pause, or go on; another address is asked first."""
    revision = await subscriptions.find_revision(
        asked.session, organisation=caller.organisation, subscription_id=subscription_id
    )
    expected.require(f'"{revision}"')
    await subscriptions.change_subscription(
        asked.session,
        webhooks,
        organisation=caller.organisation,
        subscription_id=subscription_id,
        target=wanted.target,
        wanted=wanted.filter.as_filter() if wanted.filter else None,
        state=wanted.state,
        now=asked.now,
    )
    return await read_subscription(subscription_id, asked, response, caller)


@router.delete(
    "/{subscriptionId}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(SubscriptionUnknownError),
)
async def end_subscription(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    caller: Writer,
    session: Session,
) -> None:
    """Send nothing more, and forget the subscription, its keys and its deliveries."""
    await subscriptions.end_subscription(
        session, organisation=caller.organisation, subscription_id=subscription_id
    )


@router.post(
    "/{subscriptionId}/replays",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=SubscriptionAnswer,
    responses=shown(SUBSCRIPTION, status_code=202, is_tagged=True)
    | refusals(*ONCE, SubscriptionUnknownError, PositionAheadError),
)
async def replay_subscription(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    wanted: Annotated[StartBody, Body(examples=[REPLAY])],
    caller: Writer,
    once: OnceOnly,
) -> Response:
    """Go back, or skip: what is sent next is what follows there. Events keep their ids."""

    async def act() -> UUID:
        await subscriptions.replay(
            once.session,
            organisation=caller.organisation,
            subscription_id=subscription_id,
            start=_start(wanted),
            now=once.now,
        )
        return subscription_id

    return await _answer(once, caller, await once.act(caller, act), status_code=202)


@router.post(
    "/{subscriptionId}/key-rotations",
    status_code=status.HTTP_201_CREATED,
    response_model=SubscriptionAnswer,
    responses=shown(NEW_SUBSCRIPTION, status_code=201, is_tagged=True)
    | refusals(*ONCE, SubscriptionUnknownError, RotatingError, WebhooksOffError),
)
async def rotate_subscription_key(
    subscription_id: Annotated[SubscriptionId, Path(alias="subscriptionId")],
    wanted: Annotated[RotateKeyBody, Body(examples=[ROTATE])],
    caller: Writer,
    webhooks: Kept,
    once: OnceOnly,
) -> Response:
    """Make a new secret and a new key pair; the ones before sign as well for a while.

    The secret in the answer is shown this once.
    """

    async def act() -> UUID:
        await subscriptions.rotate_key(
            once.session,
            webhooks,
            organisation=caller.organisation,
            subscription_id=subscription_id,
            overlap=timedelta(hours=wanted.overlap_hours),
            now=once.now,
        )
        return subscription_id

    made = await once.act(caller, act)
    return await _answer(once, caller, made, status_code=201, reveal=webhooks)


@keys_router.get("/.well-known/webhook-keys")
async def read_webhook_keys(request: Request, now: Now) -> Response:
    """Return the Ed25519 keys that deliveries are signed with now, as a JWK set."""
    found = await subscriptions.read_public_keys(request.app.state.database, now=now)
    return Response(
        canonical(found),
        media_type="application/jwk-set+json",
        headers=public_headers(max_age=KEYS_MAX_AGE),
    )


async def _answer(
    once: Once,
    caller: Caller,
    subscription_id: UUID,
    *,
    status_code: int,
    reveal: Webhooks | None = None,
) -> Response:
    found = await subscriptions.read_subscription(
        once.session,
        organisation=caller.organisation,
        subscription_id=subscription_id,
        now=once.now,
        reveal=reveal,
    )
    rendered = render_subscription(found, public_url=once.public_url)
    headers = {"ETag": tag_of(found), "Location": rendered.links.self}
    return answer_with(rendered, status_code=status_code, headers=headers)


def _start(wanted: StartBody) -> Start:
    return Start(after_sequence=wanted.after_sequence, since=wanted.since)


def _id_after(wanted: PageRequest) -> UUID | None:
    if wanted.after is None:
        return None
    try:
        [last] = wanted.after
        return UUID(str(last))
    except ValueError:
        raise no_cursor() from None
