"""The mark of a sandbox on every answer, so that nobody takes it for the real thing."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = "Sandbox"


class SandboxMark:
    """Says `Sandbox: true` with every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through, and mark its answer."""

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = "true"
            await send(message)

        await self._app(scope, receive, send_marked)
