"""RFC 8705 section 3: which certificate a caller showed to the proxy that ended its TLS connection.

Apart from the checks on tokens, because a header is only worth as much as who wrote it: it counts
when the connection comes straight from a proxy we were told of, and once. A proxy that does not
remove the header from what comes in from outside must not be on that list.
"""

import hashlib
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NoBase64Error
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_LENGTH: Final = 16 * 1024
_PEER: Final = "waarmerk.peer"


class KeepPeer:
    """Remembers who is at the other end of the connection, before X-Forwarded-For has its say."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        client = scope.get("client")
        if client:
            scope[_PEER] = client[0]
        await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class CertificateHeader:
    """The header in which trusted proxies hand in a certificate; without a name there is none."""

    name: str | None
    proxies: Sequence[IPv4Network | IPv6Network]

    def thumbprint(self, request: Request) -> str | None:
        """Return the SHA-256 thumbprint of the certificate that was shown, if there was one."""
        if self.name is None or not self._comes_from_proxy(request):
            return None
        given = request.headers.getlist(self.name)
        if len(given) != 1 or len(given[0]) > MAX_LENGTH:
            return None
        certificate = _read(given[0].strip())
        if certificate is None:
            return None
        digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _comes_from_proxy(self, request: Request) -> bool:
        client = request.scope.get("client")
        peer = request.scope.get(_PEER) or (client[0] if client else "")
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address.version == each.version and address in each for each in self.proxies)


def _read(value: str) -> x509.Certificate | None:
    """Read a certificate as RFC 9440 writes it, `:base64:`, or as escaped PEM, as nginx does."""
    try:
        if value.startswith(":") and value.endswith(":"):
            return x509.load_der_x509_certificate(b64decode(value[1:-1], validate=True))
        return x509.load_pem_x509_certificate(unquote(value).encode())
    except (ValueError, NoBase64Error):
        return None
