"""A receiver of webhooks in tests: says what it is told to say, and remembers what it was sent."""

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.proofs.ed25519 import Ed25519VerificationKey
from tests.support.serving import serving

ALLOWED: Mapping[str, str] = {"WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "*"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery as it came in."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """Return the event in it."""
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def sequence(self) -> int:
        """Return the place of its event."""
        return int(self.event["sequence"])

    @property
    def signatures(self) -> list[str]:
        """Return each signature beside it."""
        return self.headers["webhook-signature"].split(" ")

    def holds(self, key: str) -> bool:
        """Say whether one of the signatures was made with a secret (`whsec_`) or pair (`whpk_`)."""
        kind, _, text = key.partition("_")
        raw, made = b64decode(text), self._signed
        if kind == "whsec":
            code = b64encode(hmac.digest(raw, made, "sha256")).decode()
            return f"v1,{code}" in self.signatures
        return any(
            Ed25519VerificationKey(raw).holds(b64decode(one.removeprefix("v1a,")), made)
            for one in self.signatures
            if one.startswith("v1a,")
        )

    @property
    def _signed(self) -> bytes:
        head = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}."
        return head.encode() + self.body


@dataclass
class Receiver:
    """What it answers, and what it got."""

    url: str = ""
    allows: Mapping[str, str] = field(default_factory=lambda: ALLOWED)
    answer: Callable[[Sent], Response] = lambda _sent: Response(status_code=204)
    delay: float = 0
    asked: list[Mapping[str, str]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def sequences(self) -> list[int]:
        """Return the places of what it got, in the order in which it got it."""
        return [one.sequence for one in self.sent]

    async def receive(self, request: Request) -> Response:
        """Take a request."""
        if request.method == "OPTIONS":
            self.asked.append(dict(request.headers))
            return Response(status_code=200, headers=dict(self.allows))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            sent = Sent(dict(request.headers), await request.body())
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), self.delay)
            if self.closing.is_set():
                return Response(status_code=500)
            self.sent.append(sent)
            return self.answer(sent)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def receiving(receiver: Receiver | None = None) -> AsyncIterator[Receiver]:
    """Open a receiver on this machine."""
    opened = receiver or Receiver()
    route = Route("/hook", opened.receive, methods=["POST", "OPTIONS"])
    async with serving(Starlette(routes=[route])) as url:
        opened.url = f"{url}/hook"
        try:
            yield opened
        finally:
            opened.closing.set()
