"""Asking an address that a stranger chose, without becoming their way into our network.

Apart from the services, because imports, webhooks and DID documents all do it, and each would
forget something else. The rules:

1. https only, no user name in the address, no fragment.
2. The name is resolved once; every address it has must be public, and we connect to that address.
   The certificate is judged by the name, so nothing is lost by it (RFC 6125 §6).
3. No redirects, no proxies, no cookies: an answer is from who was asked.
4. An answer is read up to a size, in its own bytes: compression is refused, for it hides the size.
5. Its media type must be one that was asked for.
6. Time runs out: for connecting, for each silence, and for the whole.
7. What is told to an address goes by the same rules; of the answer only status and headers count.
8. Names are looked up in threads of their own: looking up cannot be broken off, and a name server
   that stays silent would hold up everything else that needs a thread, our own database included.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import ClassVar, Final
from urllib.parse import SplitResult, urlsplit

import httpx

from shared.errors import RuleError, UnavailableError

JSON_TYPES: Final = ("application/json", "+json")
_HTTP_PORTS: Final = {"http": 80, "https": 443}
_LONGEST_ADDRESS: Final = 2048
_DRAIN_BYTES: Final = 64 * 1024
_DRAIN_SECONDS: Final = 1.0
_LOOKUPS: Final = ThreadPoolExecutor(max_workers=16, thread_name_prefix="lookup")
_NETWORK_OF_NONE: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b::/96",  # RFC 6052: IPv4 behind a translator.
        "64:ff9b:1::/48",  # RFC 8215: the same, of one's own.
        "2002::/16",  # RFC 3056: IPv4 inside 6to4.
        "2001::/32",  # RFC 4380: IPv4 inside Teredo.
        "192.88.99.0/24",  # RFC 7526: the way to 6to4, given up.
        "fec0::/10",  # RFC 3879: site-local, given up.
    )
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(RuleError):
    """We only fetch from public https addresses, without a user name and without a fragment."""

    code: ClassVar[str] = "address-refused"
    dutch: ClassVar[str] = (
        "Wij halen alleen op van openbare https-adressen, zonder gebruikersnaam en zonder fragment."
    )


class FetchFailedError(UnavailableError):
    """The other system did not answer, or not in a way that can be read."""

    code: ClassVar[str] = "fetch-failed"
    dutch: ClassVar[str] = (
        "Het andere systeem antwoordde niet, of niet op een manier die te lezen is."
    )


class UnreachableError(FetchFailedError):
    """The other system cannot be reached: its name, its network or its certificate."""

    code: ClassVar[str] = "unreachable"
    dutch: ClassVar[str] = (
        "Het andere systeem is niet te bereiken: zijn naam, zijn netwerk of zijn certificaat."
    )


class TooSlowError(FetchFailedError):
    """The other system took too long."""

    code: ClassVar[str] = "too-slow"
    dutch: ClassVar[str] = "Het andere systeem deed er te lang over."


class AnswerTooLargeError(FetchFailedError):
    """The answer of the other system is larger than is read here."""

    code: ClassVar[str] = "answer-too-large"
    dutch: ClassVar[str] = "Het antwoord van het andere systeem is groter dan hier wordt gelezen."


class AnswerRefusedError(FetchFailedError):
    """The other system answered in another media type, or compressed."""

    code: ClassVar[str] = "answer-refused"
    dutch: ClassVar[str] = "Het andere systeem antwoordde in een ander mediatype, of gecomprimeerd."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far we go: how much, how long, and in a sandbox also to what is not public."""

    anywhere: bool = False
    """Also http and addresses of our own network; for a sandbox only."""
    max_bytes: int = 5 * 1024 * 1024
    connect_seconds: float = 5
    silence_seconds: float = 15
    total_seconds: float = 30


NORMAL: Final = Reach()


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of an address; without media types nothing of the answer is read."""

    headers: Mapping[str, str]
    media_types: Collection[str] | None = None
    method: str = "GET"
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was answered."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet."""
    try:
        known: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside = getattr(known, "ipv4_mapped", None)
    if inside is not None:
        known = inside
    if known.is_multicast or any(_is_in(known, network) for network in _NETWORK_OF_NONE):
        return False
    return known.is_global and not known.is_reserved


def _is_in(address: Address, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return address.version == network.version and address in network


def check_address(url: str, reach: Reach = NORMAL) -> SplitResult:
    """Return an address in its parts, or refuse it; its name is not looked up yet."""
    schemes = {"https", "http"} if reach.anywhere else {"https"}
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError:
        raise AddressRefusedError from None
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not is_plain or len(url) > _LONGEST_ADDRESS or port == 0:
        raise AddressRefusedError
    if parts.scheme not in schemes or not host or "@" in parts.netloc or "#" in url:
        raise AddressRefusedError
    if not reach.anywhere and (_is_number(host) and not is_public(host)):
        raise AddressRefusedError
    return parts


def _is_number(host: str) -> bool:
    """Say whether a host is an IP address; a browser also reads 0x7f.1 and 2130706433 as one."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].removeprefix("0x").isdigit() or host.startswith("0x")
    return True


async def resolve(host: str, port: int, reach: Reach = NORMAL) -> list[str]:
    """Return the addresses of a name; if one of them is not public, the name is refused."""
    loop = asyncio.get_running_loop()
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        async with asyncio.timeout(reach.connect_seconds):
            found = await loop.run_in_executor(_LOOKUPS, look_up)
    except TimeoutError:  # First, for it is an OSError too.
        raise TooSlowError from None
    except (OSError, UnicodeError):
        raise UnreachableError from None
    addresses = [*dict.fromkeys(str(each[4][0]) for each in found)]
    if not addresses:
        raise UnreachableError
    if not reach.anywhere and not all(map(is_public, addresses)):
        raise AddressRefusedError
    return addresses


class Site:
    """One host of somebody else, resolved once; every request goes to the address found then."""

    def __init__(
        self, client: httpx.AsyncClient, parts: SplitResult, addresses: Sequence[str], reach: Reach
    ) -> None:
        self._client = client
        self._parts = parts
        self._addresses = [*addresses]
        self._reach = reach

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        media_types: Collection[str] = JSON_TYPES,
    ) -> Fetched:
        """Fetch an address of this host."""
        return await self._ask_in_time(url, _Request(headers or {}, media_types))

    async def tell(
        self, url: str, *, method: str, headers: Mapping[str, str], content: bytes = b""
    ) -> Fetched:
        """Send something to an address of this host; what it answers has no body to us."""
        return await self._ask_in_time(url, _Request(headers, None, method, content))

    async def _ask_in_time(self, url: str, request: _Request) -> Fetched:
        parts = check_address(url, self._reach)
        if (parts.scheme, parts.netloc) != (self._parts.scheme, self._parts.netloc):
            raise AddressRefusedError
        try:
            async with asyncio.timeout(self._reach.total_seconds):
                return await self._try_addresses(parts, request)
        except TimeoutError:
            raise TooSlowError from None

    async def _try_addresses(self, parts: SplitResult, request: _Request) -> Fetched:
        """Ask the first address that can be connected to, and stay with it."""
        while True:
            try:
                return await self._ask(self._addresses[0], parts, request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if len(self._addresses) == 1:
                    raise UnreachableError from None
                self._addresses.pop(0)
            except httpx.TimeoutException:
                raise TooSlowError from None
            except httpx.HTTPError:
                raise UnreachableError from None

    async def _ask(self, address: str, parts: SplitResult, asked: _Request) -> Fetched:
        host = f"[{address}]" if ":" in address else address
        port = parts.port or _HTTP_PORTS[parts.scheme]
        request = self._client.build_request(
            asked.method,
            f"{parts.scheme}://{host}:{port}{parts.path or '/'}"
            + (f"?{parts.query}" if parts.query else ""),
            headers={**asked.headers, "Host": parts.netloc, "Accept-Encoding": "identity"},
            content=asked.content or None,
            extensions={"sni_hostname": parts.hostname},
        )
        answer = await self._client.send(request, stream=True)
        try:
            if asked.media_types is None:
                await _drain(answer)
                return Fetched(answer.status_code, "", b"", dict(answer.headers))
            return await self._read(answer, asked.media_types)
        finally:
            await answer.aclose()

    async def _read(self, answer: httpx.Response, media_types: Collection[str]) -> Fetched:
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise AnswerRefusedError
        if answer.is_success and not _is_among(media_type, media_types):
            raise AnswerRefusedError
        announced = answer.headers.get("content-length", "0")
        if not announced.isdigit() or int(announced) > self._reach.max_bytes:
            raise AnswerTooLargeError
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > self._reach.max_bytes:
                raise AnswerTooLargeError
        return Fetched(answer.status_code, media_type, bytes(body), dict(answer.headers))


async def _drain(answer: httpx.Response) -> None:
    """Read what is left of an answer, if it is little, so that the connection can be used again."""
    read = 0
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for chunk in answer.aiter_raw():
                read += len(chunk)
                if read > _DRAIN_BYTES:
                    return


def _is_among(media_type: str, wanted: Collection[str]) -> bool:
    """Say whether a media type is wanted; `+json` stands for every one that ends so."""
    return any(
        media_type.endswith(one) if one.startswith("+") else media_type == one for one in wanted
    )


def read_trust() -> ssl.SSLContext:
    """Return who may name a host; that takes 17 ms, so who opens many sites reads it once."""
    return httpx.create_ssl_context(trust_env=False)


@asynccontextmanager
async def open_site(
    url: str, reach: Reach = NORMAL, *, trust: ssl.SSLContext | None = None
) -> AsyncIterator[Site]:
    """Resolve the host of an address, and give the means to fetch from it."""
    parts = check_address(url, reach)
    port = parts.port or _HTTP_PORTS[parts.scheme]
    addresses = await resolve(parts.hostname or "", port, reach)
    nothing = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    timeout = httpx.Timeout(reach.silence_seconds, connect=reach.connect_seconds)
    async with httpx.AsyncClient(
        verify=trust or read_trust(),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        cookies=nothing,
        limits=httpx.Limits(max_connections=4, max_keepalive_connections=4),
    ) as client:
        yield Site(client, parts, addresses, reach)


async def fetch(
    url: str,
    *,
    reach: Reach = NORMAL,
    headers: Mapping[str, str] | None = None,
    media_types: Collection[str] = JSON_TYPES,
) -> Fetched:
    """Fetch one address."""
    async with open_site(url, reach) as site:
        return await site.get(url, headers=headers, media_types=media_types)
