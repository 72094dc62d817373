"""Callers who may show an access token and need not: a known client, or a visitor like any other.

Apart from access, where nobody comes in without one. A token that is shown must hold: who has an
expired one learns it here, and does not wonder why the quota is small.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request, Security

from shared.runtime.access import SCHEME, Caller, caller_with


def caller_if_any(scope: str) -> Callable[..., Awaitable[Caller | None]]:
    """Return the dependency that finds out who is calling with this scope, or that nobody says so.

    A route that has it says `openapi_extra={"security": [{}]}`: none is an alternative.
    """
    find_caller = caller_with(scope)

    async def find_caller_if_any(
        request: Request, authorization: Annotated[str | None, Security(SCHEME, scopes=[scope])]
    ) -> Caller | None:
        return None if authorization is None else await find_caller(request, authorization)

    return find_caller_if_any
