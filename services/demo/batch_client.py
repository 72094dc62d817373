"""A batch of awards from outside: a file sent, followed, run and fetched over HTTP.

Apart from the command, so that it can be called without a terminal. A token is asked again before
it ends, and what breaks off is tried again under the same key, so that nothing is done twice.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import IO, Any, Final

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

SCOPES: Final = ("awards:read", "awards:write")
PIECE: Final = 256 * 1024
_ASSERTION_TYPE: Final = "client-authentication+jwt"
_GRANT: Final = "client_credentials"
_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME: Final = 240
_MARGIN: Final = 60
_TRIES: Final = 5
PATIENCE: Final = httpx.Timeout(30.0, read=660.0)
_LONGEST_WAIT: Final = 30.0
_PASSING: Final = frozenset({429, 502, 503, 504})
_FAILED: Final = 400
_STILL_RUNNING: Final = 409
Answer = Mapping[str, Any]


class NoAccessError(Exception):
    """There is no access token, and no way to get one."""


class RefusedError(Exception):
    """The service refused: its title, its detail, and its faults."""

    def __init__(self, problem: Answer, status: int) -> None:
        self.status = status
        self.title = str(problem.get("title", f"HTTP {status}"))
        self.detail = str(problem.get("detail", ""))
        self.faults = [str(one.get("detail", "")) for one in problem.get("errors", ())]
        super().__init__(self.title)


class KeyTokens:
    """Access tokens of a machine client, asked with a key of its own before the last one ends."""

    def __init__(self, catalog: str, client: str, key: Key, *, http: httpx.Client) -> None:
        self._catalog = catalog.rstrip("/")
        self._client = client
        self._key = key
        self._http = http
        self._token = ""
        self._ends = 0.0

    def __call__(self) -> str:
        """Return a token that is good for another minute."""
        if time.monotonic() > self._ends - _MARGIN:
            answer = self._http.post(f"{self._catalog}/v1/oauth/token", data=self._request())
            told = _told(answer)
            self._token = str(told["access_token"])
            self._ends = time.monotonic() + float(told.get("expires_in", 0))
        return self._token

    def _request(self) -> dict[str, str]:
        now = int(time.time())
        claims = {
            "iss": self._client,
            "sub": self._client,
            "aud": self._catalog,
            "iat": now,
            "exp": now + _LIFETIME,
            "jti": token_urlsafe(24),
        }
        header = {"alg": str(self._key.get("alg") or "ES256"), "typ": _ASSERTION_TYPE}
        if self._key.get("kid"):
            header["kid"] = str(self._key.get("kid"))
        signed = jwt.encode(
            header, claims, self._key, algorithms=[header["alg"]], default_type=None
        )
        return {
            "grant_type": _GRANT,
            "client_assertion_type": _BEARER,
            "client_assertion": signed,
            "scope": " ".join(SCOPES),
        }


def read_key(file: Path) -> Key:
    """Return the private key in a file, as a JWK."""
    try:
        key = import_key(json.loads(file.read_text()))
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        raise NoAccessError(str(file)) from error
    if not key.is_private:
        raise NoAccessError(str(file))
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to send, and how it is to be read."""

    file: Path
    media_type: str
    wishes: Mapping[str, str]

    def key(self, *, anew: str = "") -> str:
        """Return the Idempotency-Key: of the same file and wishes it is the same."""
        whole = hashlib.sha256()
        with self.file.open("rb") as content:
            while piece := content.read(PIECE):
                whole.update(piece)
        whole.update(json.dumps(sorted(self.wishes.items())).encode())
        whole.update(anew.encode())
        return f"file-{whole.hexdigest()}"


class BatchClient:
    """The batches of one organisation at one issuer."""

    def __init__(
        self, issuer: str, tokens: Callable[[], str], *, language: str, http: httpx.Client
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._tokens = tokens
        self._language = language
        self._http = http
        self._wait = time.sleep

    def send(self, upload: Upload, *, key: str, sent: Callable[[int], None]) -> Answer:
        """Send a file to be checked; what breaks off is sent again from its beginning."""
        size = upload.file.stat().st_size

        def pieces() -> Iterator[bytes]:
            done = 0
            with upload.file.open("rb") as content:
                while piece := content.read(PIECE):
                    yield piece
                    done += len(piece)
                    sent(done)

        return self._again(
            lambda: self._http.post(
                f"{self._issuer}/v1/award-batches",
                params={**upload.wishes, "mode": "check"},
                content=pieces(),
                headers=self._headers(
                    {
                        "Content-Type": upload.media_type,
                        "Content-Length": str(size),
                        "Idempotency-Key": key,
                    }
                ),
            )
        )

    def run(self, batch: Answer, *, key: str, corrections: bool) -> Answer:
        """Have everything awarded that is ready."""
        return self._again(
            lambda: self._http.post(
                f"{self._of(batch)}/runs",
                json={"corrections": corrections},
                headers=self._headers({"Idempotency-Key": f"{key}-run"}),
            )
        )

    def read(self, batch: Answer) -> Answer:
        """Return a batch as it is now."""
        return self._again(lambda: self._http.get(self._of(batch), headers=self._headers()))

    def rows(self, batch: Answer, *, outcome: str, most: int) -> list[Answer]:
        """Return the first rows of an outcome."""
        found: list[Answer] = []
        cursor: dict[str, str] = {}
        while len(found) < most:
            wanted = {"outcome": outcome, "limit": str(min(100, most - len(found))), **cursor}
            page = self._again(
                lambda asked=wanted: self._http.get(  # type: ignore[misc]  # a default binds the loop's value
                    f"{self._of(batch)}/rows", params=asked, headers=self._headers()
                )
            )
            found += page["items"]
            if not page.get("next"):
                break
            cursor = {"cursor": page["next"]}
        return found

    def follow(self, batch: Answer) -> Iterator[Answer]:
        """Give how far a batch is, whenever that changed; a stream that ends is opened again."""
        last = ""
        tries = 0
        while tries < _TRIES:
            headers = self._headers({"Accept": "text/event-stream"})
            if last:
                headers["Last-Event-ID"] = last
            with suppress(httpx.TransportError):
                address = f"{self._of(batch)}/events"
                with self._http.stream("GET", address, headers=headers) as answer:
                    if answer.status_code == httpx.codes.NO_CONTENT:
                        return
                    if answer.status_code >= _FAILED:
                        answer.read()
                        _told(answer)
                    for event, name, told in _events(answer.iter_lines()):
                        last, tries = event, 0
                        yield told
                        if name == "done":
                            return
            tries += 1
            self._wait(min(_LONGEST_WAIT, 2.0**tries / 2))
        raise httpx.ReadError("The events stopped.")

    def fetch(self, batch: Answer, what: str, file: IO[bytes], *, media_type: str) -> None:
        """Write the failed rows or the results of a batch into a file."""
        headers = self._headers({"Accept": media_type})
        with self._http.stream("GET", f"{self._of(batch)}/{what}", headers=headers) as answer:
            if answer.status_code >= _FAILED:
                answer.read()
                _told(answer)
            for piece in answer.iter_bytes(PIECE):
                file.write(piece)

    def _of(self, batch: Answer) -> str:
        return f"{self._issuer}/v1/award-batches/{batch['batchId']}"

    def _headers(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._tokens()}",
            "Accept-Language": self._language,
            **(more or {}),
        }

    def _again(self, ask: Callable[[], httpx.Response]) -> Answer:
        """Ask, and ask again what may pass: no connection, too much at once, still under way."""
        for turn in range(1, _TRIES + 1):
            try:
                answer = ask()
            except httpx.TransportError:
                if turn == _TRIES:
                    raise
                self._wait(2.0**turn / 2)
                continue
            is_passing = answer.status_code in _PASSING or (
                answer.status_code == _STILL_RUNNING and "retry-after" in answer.headers
            )
            if not is_passing or turn == _TRIES:
                return _told(answer)
            self._wait(min(_LONGEST_WAIT, _seconds(answer, otherwise=2.0**turn / 2)))
        raise AssertionError  # pragma: no cover - the loop returns or raises


def _told(answer: httpx.Response) -> Answer:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if answer.status_code >= _FAILED or not isinstance(told, dict):
        raise RefusedError(told if isinstance(told, dict) else {}, answer.status_code)
    return told


def _seconds(answer: httpx.Response, *, otherwise: float) -> float:
    try:
        return float(answer.headers["retry-after"])
    except (KeyError, ValueError):
        return otherwise


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, Answer]]:
    """Read Server-Sent Events: the id, the name and what is told (WHATWG HTML 9.2.6)."""
    told: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            told[name] = value.removeprefix(" ")
        elif "data" in told:
            yield told.get("id", ""), told.get("event", "message"), json.loads(told["data"])
            told = {}
        else:
            told = {}
