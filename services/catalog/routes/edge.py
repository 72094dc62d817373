"""What every route of the catalogue asks: who the steward is, our address, and once only.

Apart from the routes, because a creating request must be answered the same way by each of them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, NamedTuple
from uuid import UUID

from fastapi import Body, Depends, Request, Response
from pydantic import BaseModel

from services.catalog.domain import NotTheStewardError
from services.catalog.domain.reviews import Actor
from services.catalog.schemas.bodies import NoMembers
from services.catalog.settings import Settings
from shared.runtime import idempotency
from shared.runtime.access import Caller, ScopeMissingError, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session, act_for
from shared.runtime.faults import Place, RequestFault
from shared.runtime.idempotency import IdempotencyKey
from shared.runtime.paging import SortKey
from shared.runtime.problems import InvalidRequestError
from shared.strict_json import JsonValue

LARGEST_NUMBER: Final = 2**63


def read_settings(request: Request) -> Settings:
    """Return what the catalogue was started with."""
    settings: Settings = request.app.state.settings
    return settings


Configured = Annotated[Settings, Depends(read_settings)]


def require_steward(caller: Caller, settings: Settings) -> None:
    """Refuse everybody but the operator of this catalogue."""
    if caller.organisation != settings.operator_oin:
        raise NotTheStewardError


find_provider = caller_with("microcredentials:write")
find_board = caller_with("microcredentials:approve")
find_staff = caller_with("microcredentials:write", "microcredentials:approve")


async def know_provider(
    request: Request, caller: Annotated[Caller, Depends(find_provider)]
) -> Caller:
    """Return who writes, and let the rules of a body know it."""
    request.state.provider = caller.organisation
    return caller


Provider = Annotated[Caller, Depends(know_provider)]
Board = Annotated[Caller, Depends(find_board)]
Staff = Annotated[Caller, Depends(find_staff)]


async def find_reader(request: Request) -> str | None:
    """Return the organisation that reads, if it says so; reading needs no token."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        return None
    try:
        return (await find_staff(request, authorization)).organisation
    except ScopeMissingError:
        return None


Reader = Annotated[str | None, Depends(find_reader)]


def actor_of(caller: Caller) -> Actor:
    """Return who acts, apart from for whom."""
    return Actor(client=caller.client, subject=caller.subject)


NoBody = Annotated[NoMembers | None, Body(examples=[{}])]
"""No body, or one that says nothing: whoever sends more means something that is not done here."""


class Tagged(NamedTuple):
    """Something created, its address, and the entity tag of the state it is in."""

    created: BaseModel
    location: str
    tag: str


@dataclass(frozen=True, slots=True)
class Once:
    """A creating request that is acted on once, however often it is sent."""

    session: Session
    key: str
    now: Now
    route: str

    async def answer(
        self,
        caller: Caller,
        body: JsonValue,
        act: Callable[[], Awaitable[tuple[BaseModel, str] | Tagged]],
    ) -> Response:
        """Give the stored answer, or act and keep the answer: 201 with the new thing's address."""
        await act_for(self.session, caller.organisation)
        claim = await idempotency.claim(
            self.session,
            organisation=caller.organisation,
            route=self.route,
            key=self.key,
            fingerprint=idempotency.fingerprint(body),
            now=self.now,
        )
        if claim.answer is not None:
            return idempotency.replayed(claim.answer)
        made = await act()
        text = made[0].model_dump_json(by_alias=True, exclude_none=True).encode()
        headers = {"Location": made[1]}
        if isinstance(made, Tagged):
            headers["ETag"] = made.tag
        await idempotency.keep_answer(self.session, claim, status=201, body=text, headers=headers)
        return Response(text, 201, headers, media_type="application/json")


def read_once(request: Request, session: Session, key: IdempotencyKey, now: Now) -> Once:
    """Read the key of a creating request; the same key on another path is another request."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return Once(session, key, now, f"{request.method} {path}")


OnceOnly = Annotated[Once, Depends(read_once)]


def moment_after(after: SortKey | None) -> tuple[datetime, UUID] | None:
    """Return after which moment and id a page begins, or refuse the cursor."""
    if after is None:
        return None
    try:
        moment, identifier = after
        return datetime.fromisoformat(str(moment)), UUID(str(identifier))
    except ValueError:
        raise _no_cursor() from None


def number_after(after: SortKey | None) -> int:
    """Return after which number a page begins, or refuse the cursor."""
    if after is None:
        return 0
    match after:
        case (int(number),) if 0 <= number < LARGEST_NUMBER:
            return number
    raise _no_cursor()


def _no_cursor() -> InvalidRequestError:
    sentence = "This is not a cursor that a page gave as its `next`."
    dutch = "Dit is geen cursor die een pagina als `next` gaf."
    fault = RequestFault(Place.QUERY, "/cursor", "cursor", sentence, dutch)
    return InvalidRequestError(found=[fault])
