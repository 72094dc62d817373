"""What every route of the catalogue asks: who the steward is, our address, and once only.

Apart from the routes, because a creating request must be answered the same way by each of them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from services.catalog.domain import NotTheStewardError
from services.catalog.settings import Settings
from shared.runtime import idempotency
from shared.runtime.access import Caller
from shared.runtime.clock import Now
from shared.runtime.database import Session, act_for
from shared.runtime.idempotency import IdempotencyKey
from shared.strict_json import JsonValue


def read_settings(request: Request) -> Settings:
    """Return what the catalogue was started with."""
    settings: Settings = request.app.state.settings
    return settings


Configured = Annotated[Settings, Depends(read_settings)]


def require_steward(caller: Caller, settings: Settings) -> None:
    """Refuse everybody but the operator of this catalogue."""
    if caller.organisation != settings.operator_oin:
        raise NotTheStewardError


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
        act: Callable[[], Awaitable[tuple[BaseModel, str]]],
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
        created, location = await act()
        text = created.model_dump_json(by_alias=True, exclude_none=True).encode()
        headers = {"Location": location}
        await idempotency.keep_answer(self.session, claim, status=201, body=text, headers=headers)
        return Response(text, 201, headers, media_type="application/json")


def read_once(request: Request, session: Session, key: IdempotencyKey, now: Now) -> Once:
    """Read the key of a creating request; the same key on another path is another request."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return Once(session, key, now, f"{request.method} {path}")


OnceOnly = Annotated[Once, Depends(read_once)]
