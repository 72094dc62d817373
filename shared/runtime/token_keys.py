"""The public keys of token issuers: inline, from a file, or fetched; the last known good ones stay.

Apart from the checks on tokens, because this is the only part of access that waits for a network.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

import httpx
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from pydantic import AnyHttpUrl

from shared.runtime.observability import get_logger
from shared.runtime.settings import TokenIssuer
from shared.strict_json import JsonRefusedError, load_object

log = get_logger(__name__)

MAX_BYTES: Final = 64 * 1024
FRESH_SECONDS: Final = 300.0
RETRY_SECONDS: Final = 10.0
TIMEOUT_SECONDS: Final = 5.0
_KEY_OF: Final[dict[str, tuple[type[Key], str | None]]] = {
    "RS256": (RSAKey, None),
    "PS256": (RSAKey, None),
    "ES256": (ECKey, "P-256"),
    "Ed25519": (OKPKey, "Ed25519"),
}
MIN_RSA_BITS: Final = 2048


class KeySetRefusedError(Exception):
    """The text is not a JWK Set with a key we can use."""


class IssuerKeys:
    """The keys of one issuer, as far as we know them."""

    def __init__(self, issuer: TokenIssuer) -> None:
        self.issuer = issuer
        self._keys: dict[str | None, Key] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None
        if issuer.jwks is not None:
            self._keys = read_key_set(issuer.jwks)
        elif issuer.jwks_file is not None:
            self._keys = read_key_set(load_object(issuer.jwks_file.read_bytes()))

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Return the algorithms this issuer may use."""
        return self.issuer.algorithms

    async def find(self, *, kid: str | None, algorithm: str) -> Key | None:
        """Return the key with this id if it fits the algorithm; ask the issuer when it is new."""
        if self.issuer.jwks_url is not None:
            await self._keep_fresh(self.issuer.jwks_url, known=kid in self._keys)
        key = self._keys.get(kid)
        return key if key is not None and _fits(key, algorithm) else None

    async def _keep_fresh(self, url: AnyHttpUrl, *, known: bool) -> None:
        """Refresh behind the request while the key is known, and before it when it is not."""
        if known:
            running = self._refreshing is not None and not self._refreshing.done()
            if time.monotonic() - self._read_at > FRESH_SECONDS and not running:
                self._refreshing = asyncio.create_task(self._refresh(url))
            return
        await self._refresh(url)

    async def _refresh(self, url: AnyHttpUrl) -> None:
        async with self._lock:
            if time.monotonic() - self._tried_at < RETRY_SECONDS:
                return
            self._tried_at = time.monotonic()
            try:
                self._keys = read_key_set(load_object(await fetch(str(url)), max_bytes=MAX_BYTES))
                self._read_at = time.monotonic()
            except (httpx.HTTPError, JsonRefusedError, KeySetRefusedError) as error:
                log.warning("the keys of a token issuer could not be read", exc_info=error)


async def fetch(url: str) -> bytes:
    """Fetch a small document: no redirects, no more than its limits."""
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client,
        client.stream("GET", url, headers={"Accept": "application/json"}) as response,
    ):
        response.raise_for_status()
        text = bytearray()
        async for chunk in response.aiter_bytes():
            text += chunk
            if len(text) > MAX_BYTES:
                raise KeySetRefusedError("The key set is too large.")
        return bytes(text)


def read_key_set(document: Mapping[str, object]) -> dict[str | None, Key]:
    """Return the signature keys of a JWK Set by id; what we cannot use is passed over."""
    members = document.get("keys")
    if not isinstance(members, list):
        raise KeySetRefusedError("This is no JWK Set.")
    keys: dict[str | None, Key] = {}
    for member in members:
        if not isinstance(member, dict) or member.get("use", "sig") != "sig":
            continue
        try:
            key = import_key({name: value for name, value in member.items() if name != "d"})
        except (JoseError, SecurityWarning, ValueError, KeyError, TypeError):
            continue
        kid = member.get("kid")
        if any(_fits(key, algorithm) for algorithm in _KEY_OF):
            keys[kid if isinstance(kid, str) else None] = key
    if not keys:
        raise KeySetRefusedError("The JWK Set has no key that can be used.")
    return keys


def _fits(key: Key, algorithm: str) -> bool:
    kind, curve = _KEY_OF.get(algorithm, (None, None))
    if kind is None or not isinstance(key, kind):
        return False
    named: object = key.get("alg")
    if named is not None and named != algorithm:
        return False
    if isinstance(key, RSAKey):
        return key.public_key.key_size >= MIN_RSA_BITS
    return key.get("crv") == curve
