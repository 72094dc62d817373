"""Machine clients over HTTP: an administrator registers those of their organisation.

The steward (the operator of this catalogue) registers those of any, and so makes the first one.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Response, status

from services.catalog.access.clients import (
    Administrator,
    BlockedByStewardError,
    Client,
    ClientKey,
    ClientRefusedError,
    ClientUnknownError,
    NotTheAdministratorError,
)
from services.catalog.domain import OrganisationUnknownError
from services.catalog.operations import clients
from services.catalog.operations.tokens import key_set_reach
from services.catalog.routes.edge import Configured, OnceOnly, Tagged, moment_after
from services.catalog.schemas import examples
from services.catalog.schemas import examples_clients as shown
from services.catalog.schemas.clients import ClientAnswer, DescribeClient, RegisterClient
from services.catalog.settings import Settings
from shared.errors import StaleError, UnconditionalError
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.paging import Page, WantedPage
from shared.runtime.preconditions import IfMatchNeeded, tag_of_revision
from shared.runtime.problems import refusals

router = APIRouter(prefix="/clients", tags=["clients"])

AdministratorCaller = Annotated[Caller, Depends(caller_with("clients:write"))]
CREATED = status.HTTP_201_CREATED


def _administrator(caller: Caller, settings: Settings) -> Administrator:
    is_steward = caller.organisation == settings.operator_oin
    return Administrator(caller.organisation, caller.client, is_steward)


async def _fetched(wanted: DescribeClient, settings: Settings) -> tuple[ClientKey, ...]:
    """Read the keys at a client's address, if that is where they are."""
    if wanted.jwks_url is None or wanted.keys:
        return ()
    return await clients.read_address(wanted.jwks_url, reach=key_set_reach(settings))


@router.post(
    "",
    status_code=CREATED,
    response_model=ClientAnswer,
    responses=examples.tagged(shown.CLIENT, status=CREATED)
    | refusals(
        ClientRefusedError,
        IdempotencyKeyReusedError,
        NotTheAdministratorError,
        OrganisationUnknownError,
        StillRunningError,
    ),
)
async def register_client(
    wanted: Annotated[RegisterClient, Body(examples=[shown.REGISTER, shown.REGISTER_BY_ADDRESS])],
    body: RequestJson,
    caller: AdministratorCaller,
    settings: Configured,
    once: OnceOnly,
) -> Response:
    """Register a system that acts for an organisation, with its public keys or their address."""
    by = _administrator(caller, settings)
    fetched = await _fetched(wanted, settings)

    async def register() -> Tagged:
        client = await clients.register_client(
            once.session,
            wanted.wanted(wanted.organisation or caller.organisation),
            fetched,
            by=by,
            steward=settings.operator_oin,
            now=once.now,
        )
        location = f"{settings.public_url}/v1/clients/{client.client_id}"
        return Tagged(ClientAnswer.of(client), location, tag_of_revision(client.revision))

    return await once.answer(caller, body, register)


@router.get(
    "",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(shown.CLIENT)),
)
async def list_clients(
    page: WantedPage, caller: AdministratorCaller, settings: Configured, session: Session
) -> Page[ClientAnswer]:
    """Return the clients you look after, first registered first."""
    found = await clients.list_clients(
        session,
        by=_administrator(caller, settings),
        after=moment_after(page.after),
        limit=page.limit + 1,
    )
    return page.page(
        found,
        key=lambda one: (one.registered_at.isoformat(), str(one.client_id)),
        item=ClientAnswer.of,
    )


@router.get(
    "/{clientId}",
    response_model_exclude_none=True,
    responses=examples.tagged(shown.CLIENT) | refusals(ClientUnknownError),
)
async def read_client(
    client_id: Annotated[UUID, Path(alias="clientId")],
    caller: AdministratorCaller,
    settings: Configured,
    session: Session,
    response: Response,
) -> ClientAnswer:
    """Return one client that you look after."""
    by = _administrator(caller, settings)
    return _tagged(await clients.read_client(session, client_id, by=by), response)


@router.put(
    "/{clientId}",
    response_model_exclude_none=True,
    responses=examples.tagged(shown.CLIENT)
    | refusals(
        BlockedByStewardError,
        ClientRefusedError,
        ClientUnknownError,
        StaleError,
        UnconditionalError,
    ),
)
async def change_client(
    client_id: Annotated[UUID, Path(alias="clientId")],
    wanted: Annotated[DescribeClient, Body(examples=[shown.CHANGE])],
    caller: AdministratorCaller,
    settings: Configured,
    condition: IfMatchNeeded,
    session: Session,
    now: Now,
    response: Response,
) -> ClientAnswer:
    """Change a client as a whole: renew its keys, its scopes, block it or let it in again."""
    changed = await clients.change_client(
        session,
        client_id,
        wanted.wanted(caller.organisation),
        await _fetched(wanted, settings),
        by=_administrator(caller, settings),
        steward=settings.operator_oin,
        condition=condition,
        now=now,
    )
    return _tagged(changed, response)


def _tagged(client: Client, response: Response) -> ClientAnswer:
    response.headers["ETag"] = tag_of_revision(client.revision)
    return ClientAnswer.of(client)
