"""One request and its answer as the edge sees them: what came in, and what every answer carries.

Apart from the edge that decides, because this is only bookkeeping about headers.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Final

from starlette.types import Message, Send

from shared.errors import WaarmerkError
from shared.runtime.observability import RequestContext
from shared.runtime.problems import (
    MEDIA_TYPE,
    MethodNotAllowedError,
    TooLargeError,
    UnknownFaultError,
)
from shared.runtime.quotas import Note, RawHeader

API_VERSION: Final = "1.0.0"
NO_STORE: Final = "no-store"
STRICT_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"

_EVERY_ANSWER: Final[tuple[RawHeader, ...]] = (
    (b"api-version", API_VERSION.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
)
_UNLESS_SET: Final[tuple[RawHeader, ...]] = (
    (b"cache-control", NO_STORE.encode()),
    (b"content-security-policy", STRICT_POLICY.encode()),
)


_FORMS: Final = (b"multipart/form-data", b"application/x-www-form-urlencoded")


class Arrival:
    """What the edge wants to know of the request's headers, found in one pass."""

    __slots__ = ("accept", "has_body", "length", "request_id", "sends_form", "traceparent")

    def __init__(self, headers: Iterable[RawHeader]) -> None:
        self.request_id: str | None = None
        self.traceparent: str | None = None
        self.accept = b""
        self.has_body = self.sends_form = False
        self.length = 0
        for name, value in headers:
            if name == b"content-length":
                self.has_body = True
                self.length = int(value) if value.isdigit() else 0
            elif name == b"transfer-encoding":
                self.has_body = True
            elif name == b"accept":
                self.accept = value
            elif name == b"content-type":
                self.sends_form = value.startswith(_FORMS)
            elif name == b"x-request-id":
                self.request_id = value.decode("latin-1")
            elif name == b"traceparent":
                self.traceparent = value.decode("latin-1")

    @property
    def is_of_person(self) -> bool:
        """Tell whether a person reads the answer: so does who fills in a form, unless for JSON."""
        return b"text/html" in self.accept or (self.sends_form and b"json" not in self.accept)


class Exchange:
    """One answer on its way out."""

    __slots__ = (
        "_send",
        "context",
        "for_person",
        "head",
        "held_back",
        "ours",
        "problem",
        "quota",
        "route_headers",
        "started",
        "status",
    )

    def __init__(self, send: Send, context: RequestContext, *, head: bool) -> None:
        self._send = send
        self.context = context
        self.head = head
        self.started = False
        self.status = 0
        self.held_back: WaarmerkError | None = None
        self.ours = False
        self.for_person = False
        self.problem: int | None = None
        self.quota = Note()
        self.route_headers: Callable[[], Iterable[RawHeader]] = tuple

    async def send(self, message: Message) -> None:
        """Complete the headers; hold back what the framework would say in its own words."""
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            status = message["status"]
            if not self.ours and _is_for_us(status, headers):
                self.held_back = _OUR_WORDS[status]()
                return
            if self.for_person and not self.ours and (_CONTENT_TYPE, _PROBLEM) in headers:
                self.problem = status
                return
            self.started, self.status = True, status
            message["headers"] = self._complete(headers)
        elif self.held_back is not None or self.problem is not None:
            return
        elif self.head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _complete(self, headers: list[RawHeader]) -> list[RawHeader]:
        present = {name for name, _ in headers}
        headers.extend(_EVERY_ANSWER)
        headers.extend(header for header in _UNLESS_SET if header[0] not in present)
        headers.append((b"x-request-id", self.context.request_id.encode()))
        headers.extend(self.quota.headers())
        headers.extend(self.route_headers())
        return headers


_CONTENT_TYPE: Final = b"content-type"
_PROBLEM: Final = MEDIA_TYPE.encode()
_OUR_WORDS: Final[dict[int, type[WaarmerkError]]] = {
    405: MethodNotAllowedError,
    413: TooLargeError,
    500: UnknownFaultError,
}


def _is_for_us(status: int, headers: list[RawHeader]) -> bool:
    """Tell whether the framework says this: it knows no problem documents, and half of Allow."""
    if status not in _OUR_WORDS:
        return False
    return status == HTTPStatus.METHOD_NOT_ALLOWED or any(
        name == _CONTENT_TYPE and value.startswith(b"text/plain") for name, value in headers
    )
