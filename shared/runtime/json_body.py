"""Request bodies read with `shared.strict_json`, whatever router a service wrote.

Apart from the middleware: FastAPI reads a body inside its route, takes duplicate names, NaN and
5,000 levels as the standard library does, and has forgotten JSON's types when it validates. Here
the text itself is validated, strictly; FastAPI gets the finished object.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response, params
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.contracts.requests import REQUEST
from shared.strict_json import JsonValue, load

_READ: Final = "waarmerk.json"
_REFUSED: Final = "waarmerk.refused_body"
_MODELLED: Final = "waarmerk.modelled"
_NO_OBJECT: Final = 0


@dataclass(frozen=True, slots=True)
class RefusedBody:
    """A body that is JSON, but not what its route asks, and why."""

    value: JsonValue
    errors: Sequence[ErrorDetails]


class _StrictRequest(Request):
    """A request whose body has one meaning, and exactly the types its route asks."""

    wanted: TypeAdapter[Any]

    async def json(self) -> Any:  # noqa: ANN401 - Starlette says so
        """Return the body as the route's model, or raise the rule of JSON that it breaks.

        A body that does not fit is kept for `answer_invalid`, and FastAPI gets what fits no
        model, so that it finds the faults in the rest of the request too.
        """
        text = await self.body()
        value = load(text, max_bytes=len(text))
        self.scope[_READ] = value
        try:
            return self.wanted.validate_json(
                text,
                strict=True,
                extra="forbid",
                context=REQUEST,
                by_alias=True,
                by_name=False,
            )
        except ValidationError as error:
            self.scope[_REFUSED] = RefusedBody(value, error.errors(include_url=False))
            return _NO_OBJECT


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the request before FastAPI reads it."""
        answer = super().get_route_handler()
        if self.body_field is None or isinstance(self.body_field.field_info, params.Form):
            return answer
        if len(self.dependant.body_params) > 1:
            raise TypeError(f"{self.name}: a request has one body, so a route has one body model.")
        wanted: TypeAdapter[Any] = TypeAdapter(self.body_field.field_info.annotation or object)

        async def answer_strictly(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            strict.wanted = wanted
            request.scope[_MODELLED] = True
            return await answer(strict)

        return answer_strictly


def read_strictly(router: APIRouter) -> None:
    """Make every route of a router a strict one, so that no service can forget it."""
    for route in router.routes:
        if type(route) is APIRoute:
            route.__class__ = StrictRoute
        elif isinstance(nested := getattr(route, "original_router", None), APIRouter):
            read_strictly(nested)


def refused_body(request: Request) -> RefusedBody | None:
    """Return what was wrong with the body of this request, if something was."""
    refused: RefusedBody | None = request.scope.get(_REFUSED)
    return refused


async def read_json(request: Request) -> JsonValue:
    """Return the JSON body as it was sent, for a fingerprint of it."""
    if _READ not in request.scope:
        if _MODELLED in request.scope:
            return None  # It was not sent as JSON; the route's own model answers that with 415.
        text = await request.body()
        request.scope[_READ] = load(text, max_bytes=len(text))
    value: JsonValue = request.scope[_READ]
    return value


RequestJson = Annotated[JsonValue, Depends(read_json)]
