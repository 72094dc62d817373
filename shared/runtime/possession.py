"""Whether who brings a token may: a token bound to a key or a certificate asks for that one too.

Apart from the checks on the token itself, which look at nothing but the token; here the request is
looked at (RFC 7800 `cnf`, RFC 9449 7, RFC 8705 3). The table, for a token that holds:

| `cnf` | Authorization | and |
|---|---|---|
| absent | Bearer | nothing |
| `jkt` | DPoP | one proof of that key |
| `x5t#S256` | Bearer | that certificate |
| both | DPoP | both |

Whatever is not in the table is refused: a bound token as plain Bearer, an unbound one as DPoP, and
a `cnf` with anything we do not know.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from shared.errors import Remedy, UnauthenticatedError
from shared.runtime.certificates import CertificateHeader
from shared.runtime.dpop import (
    DpopNonceNeededError,
    DpopRefusedError,
    DpopVerifier,
    Presented,
)
from shared.runtime.problems import answer_refusal
from shared.runtime.settings import ServiceSettings
from shared.strict_json import JsonValue

_KEY, _CERTIFICATE = "jkt", "x5t#S256"
_KNOWN: Final = frozenset({_KEY, _CERTIFICATE})


class NotItsHolderError(UnauthenticatedError):
    """The access token is bound to a key or certificate, and was sent without proof of it."""

    code: ClassVar[str] = "not-its-holder"
    dutch: ClassVar[str] = (
        "Het access token is gebonden aan een sleutel of certificaat, en is zonder bewijs daarvan "
        "gestuurd."
    )
    remedy: ClassVar[Remedy | None] = (
        (
            "Send a token that is bound to a key as Authorization: DPoP with a proof, one that is "
            "bound to a certificate over a connection with that certificate, and any other as "
            "Bearer."
        ),
        (
            "Stuur een token dat aan een sleutel is gebonden als Authorization: DPoP met een "
            "bewijs, een dat aan een certificaat is gebonden over een verbinding met dat "
            "certificaat, en elk ander als Bearer."
        ),
    )
    challenge: ClassVar[str] = 'Bearer realm="waarmerk", error="invalid_token"'


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a token is bound to: a key, a certificate, both or nothing, each by its thumbprint."""

    key: str | None = None
    certificate: str | None = None

    @property
    def claim(self) -> dict[str, str] | None:
        """Return it as the claim `cnf`, if there is anything to confirm."""
        named = {_KEY: self.key, _CERTIFICATE: self.certificate}
        return {name: value for name, value in named.items() if value is not None} or None


UNBOUND: Final = Confirmation()


def read_confirmation(cnf: JsonValue) -> Confirmation:
    """Read the claim `cnf`; what we do not understand we cannot check, so it is refused."""
    if cnf is None:
        return UNBOUND
    if not isinstance(cnf, dict) or not cnf or not _KNOWN.issuperset(cnf):
        raise NotItsHolderError
    named = {name: value for name, value in cnf.items() if isinstance(value, str)}
    if len(named) < len(cnf):
        raise NotItsHolderError
    return Confirmation(named.get(_KEY), named.get(_CERTIFICATE))


class Possession:
    """What this service needs to see that a caller holds what its token is bound to."""

    def __init__(self, settings: ServiceSettings) -> None:
        secret = settings.dpop_nonce_key
        self.dpop = DpopVerifier(secret.get_secret_value().encode()) if secret else DpopVerifier()
        self.certificates = CertificateHeader(
            settings.client_certificate_header, settings.trusted_proxies
        )
        self._public_url = settings.public_url

    def require(
        self, request: Request, bound: Confirmation, *, kind: str, token: str, now: datetime
    ) -> None:
        """Refuse a token that somebody brings who may not hold it."""
        if kind == "dpop" and bound.key is None:
            raise NotItsHolderError(
                "The access token is not bound to a key; send it as Authorization: Bearer.",
                "Het access token is niet aan een sleutel gebonden; stuur het als "
                "Authorization: Bearer.",
            )
        if kind != "dpop" and bound.key is not None:
            raise NotItsHolderError
        if bound.certificate is not None and (
            self.certificates.thumbprint(request) != bound.certificate
        ):
            raise NotItsHolderError
        if bound.key is not None and self.prove(request, token=token, now=now) != bound.key:
            raise DpopRefusedError(
                "The DPoP proof is of another key than the one the access token is bound to.",
                "Het DPoP-bewijs is van een andere sleutel dan die waaraan het access token is "
                "gebonden.",
            )

    def prove(self, request: Request, *, token: str | None, now: datetime) -> str | None:
        """Return the thumbprint of the key a request proves to hold; None when it tries none."""
        proofs = request.headers.getlist("dpop")
        if not proofs and token is None:
            return None
        if len(proofs) != 1:
            raise DpopRefusedError
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        presented = Presented(method=request.method, url=f"{self._public_url}{path}", token=token)
        return self.dpop.verify(proofs[0], presented, now=now)


async def answer_with_nonce(request: Request, error: Exception) -> Response:
    """Answer a proof without our nonce with the nonce it needs (RFC 9449 8)."""
    response = await answer_refusal(request, error)
    if isinstance(error, DpopNonceNeededError):
        response.headers["DPoP-Nonce"] = error.nonce
    return response
