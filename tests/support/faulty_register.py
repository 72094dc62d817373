"""A register before which everything goes wrong that can go wrong on the way to a consumer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

Events = list[dict[str, Any]]
Spoil = Callable[["FaultyRegister", Events], Events]


@dataclass(slots=True)
class FaultyRegister:
    """The register, but for what `spoil` does to its pages, and how often a file is cut off.

    One that is of before says nothing of other forms of a snapshot's file than gzip.
    """

    register: ASGIApp
    spoil: Spoil = lambda _register, events: events
    gone: int = 0
    cut_off: int = 0
    is_of_before: bool = False
    asked: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    told: Events = field(default_factory=list)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer as the register does, or nearly so."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        self.asked.append(path)
        if path == "/v1/events" and self.gone:
            self.gone -= 1
            await _answer(send, 410, b"{}")
            return
        transport = httpx.ASGITransport(app=self.register)
        async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
            query, headers = scope["query_string"].decode(), scope["headers"]
            got = await client.get(f"{path}?{query}", headers=headers)
        if path == "/v1/events" and got.status_code == httpx.codes.OK:
            events: Events = got.json()
            spoilt = self.spoil(self, events)
            self.told += events
            await _answer(send, 200, httpx.Response(200, json=spoilt).content)
        elif path == "/v1/snapshots/latest" and self.is_of_before:
            said = {name: value for name, value in got.json().items() if name != "files"}
            await _answer(send, 200, httpx.Response(200, json=said).content)
        elif path.endswith("/file"):
            self.files.append(got.headers["content-type"])
            most = len(got.content) // 2 if self.cut_off else None
            self.cut_off -= self.cut_off > 0
            await _answer(send, got.status_code, got.content, most=most)
        else:
            await _answer(send, got.status_code, got.content)


async def _answer(send: Send, status: int, body: bytes, *, most: int | None = None) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length]})
    if most is not None:
        await send({"type": "http.response.body", "body": body[:most], "more_body": True})
        raise ConnectionAbortedError
    await send({"type": "http.response.body", "body": body})
