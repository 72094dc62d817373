"""Request bodies read with `shared.strict_json`, whatever router a service wrote.

Apart from the middleware: FastAPI reads a body inside its route, takes duplicate names, NaN and
5,000 levels as the standard library does, and has forgotten JSON's types when it validates. Here
the text itself is validated, strictly; FastAPI gets the finished object.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response, params
from fastapi.routing import APIRoute
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.errors import Fault
from shared.runtime.legible import BodyRules, Form, Legible, form_of
from shared.strict_json import JsonValue, load

_READ: Final = "waarmerk.json"
_SENT: Final = "waarmerk.sent_body"
_MODELLED: Final = "waarmerk.modelled"
_NO_OBJECT: Final = 0


@dataclass(frozen=True, slots=True)
class SentBody:
    """A body that is JSON, as its route's model if it fits, and what is wrong with it if not."""

    form: Form
    rules: BodyRules | None
    value: JsonValue
    body: object = None
    errors: tuple[ErrorDetails, ...] = ()

    def judge(self, request: Request) -> "JudgedBody":
        """Judge it by the rules of its route too, as far as it can be read."""
        if self.rules is None:
            return JudgedBody(self.errors)
        if not self.errors:
            return JudgedBody(faults=tuple(self.rules.judge(self.body, request)))
        legible = Legible(self.form, self.value)
        faults = tuple(self.rules.judge(legible.body, request))
        return JudgedBody((*self.errors, *legible.errors), faults)


@dataclass(frozen=True, slots=True)
class JudgedBody:
    """Everything that is wrong with a body: its form, and the rules of its route."""

    errors: tuple[ErrorDetails, ...] = ()
    faults: tuple[Fault, ...] = ()


class _StrictRequest(Request):
    """A request whose body has one meaning, and exactly the types its route asks."""

    wanted: Form
    rules: BodyRules | None

    async def json(self) -> Any:  # noqa: ANN401 - Starlette says so
        """Return the body as the route's model, or raise the rule of JSON that it breaks.

        The body is kept for `answer_invalid`; for one that does not fit FastAPI gets what fits no
        model, so that it finds the faults in the rest of the request too.
        """
        text = await self.body()
        value = load(text, max_bytes=len(text))
        self.scope[_READ] = value
        try:
            body = self.wanted.read(text)
        except ValidationError as error:
            errors = tuple(error.errors(include_url=False))
            self.scope[_SENT] = SentBody(self.wanted, self.rules, value, errors=errors)
            return _NO_OBJECT
        self.scope[_SENT] = SentBody(self.wanted, self.rules, value, body)
        return body


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the request before FastAPI reads it."""
        answer = super().get_route_handler()
        if self.body_field is None or isinstance(self.body_field.field_info, params.Form):
            return answer
        if len(self.dependant.body_params) > 1:
            raise TypeError(f"{self.name}: a request has one body, so a route has one body model.")
        asked = self.body_field.field_info
        wanted = form_of(asked.annotation or object)
        rules = next((one for one in asked.metadata if isinstance(one, BodyRules)), None)

        async def answer_strictly(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            strict.wanted, strict.rules = wanted, rules
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


def sent_body(request: Request) -> SentBody | None:
    """Return the body of this request, if it was JSON for a model."""
    sent: SentBody | None = request.scope.get(_SENT)
    return sent


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
