"""An issuer outside the national list, on a host of the internet that is this machine."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import certifi
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.verifier.foreign.resolving import ForeignKeys
from shared.proofs.did_documents import PublishedKey, did_document, key_id
from shared.proofs.keys import SigningKey
from shared.runtime.fetching import Reach
from tests.support.certificates import write_certificate
from tests.support.serving import serving

NAME: Final = "issuer.example.nl"
KEY: Final = SigningKey.generate().public
DID_JSON: Final = "/.well-known/did.json"
KEY_SET: Final = "/.well-known/jwks.json"
SANDBOX: Final = Reach(anywhere=True, connect_seconds=0.5, silence_seconds=0.5, total_seconds=1.5)


@dataclass
class Stranger:
    """Somebody else's server: what it answers, and what it was asked."""

    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    pause: float = 0
    at_once: int = 0
    most_at_once: int = 0
    port: str = ""

    @property
    def did(self) -> str:
        """Return its did."""
        return f"did:web:{NAME}%3A{self.port}"

    @property
    def url(self) -> str:
        """Return its address."""
        return f"https://{NAME}:{self.port}"

    @property
    def kid(self) -> str:
        """Return the id of its key."""
        return key_id(self.did, KEY)

    def publish(self, **headers: str) -> None:
        """Answer with its DID document."""
        document = did_document(self.did, [PublishedKey(key=KEY)])
        self.answers[DID_JSON] = as_json(document, **headers)

    async def answer(self, request: Request) -> Response:
        """Answer what was asked."""
        self.asked.append(request.url.path)
        self.headers.append(dict(request.headers))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.pause)
        self.at_once -= 1
        return self.answers.get(request.url.path, Response(status_code=404))


@dataclass
class StrangersClock:
    """A clock that a test sets forward."""

    moment: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.moment

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


ServeStranger = Callable[[], AbstractAsyncContextManager[Stranger]]


@pytest.fixture
def strangers_clock() -> StrangersClock:
    """Return a clock that only goes when told."""
    return StrangersClock()


@pytest.fixture
def foreign_keys(strangers_clock: StrangersClock) -> ForeignKeys:
    """Return who looks up keys, also on this machine."""
    return ForeignKeys(allowed=True, reach=SANDBOX, clock=strangers_clock)


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServeStranger:
    """Serve a stranger under a trusted certificate, while its name leads to this machine."""
    real = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith("example.nl") else host, *rest, **more)

    @asynccontextmanager
    async def serve() -> AsyncIterator[Stranger]:
        pem, key = write_certificate(tmp_path, NAME)
        monkeypatch.setattr(certifi, "where", lambda: str(pem))
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        stranger = Stranger()
        app = Starlette(routes=[Route("/{path:path}", stranger.answer)])
        async with serving(app, certificate=pem, key=key) as url:
            stranger.port = url.rpartition(":")[2]
            stranger.publish()
            yield stranger

    return serve


def as_json(content: Any, media_type: str = "application/json", **headers: str) -> Response:
    """Return an answer in JSON; a header is named with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(content), media_type=media_type, headers=named)
