"""RFC 9449 (DPoP): a caller proves, for each request, that it holds the key its token is bound to.

Apart from the checks on tokens, because the token endpoint asks the same proof before there is a
token. A proof is taken when all of this holds:
1. it is one signed JWT of a sane size, `typ` dpop+jwt, without `crit`;
2. an algorithm we know, and a public key in the header that fits it, without its private half;
3. the signature holds with that very key;
4. `htm` and `htu` are this request's, at the address under which the world knows us;
5. it was made within a minute of now;
6. its `nonce` is one of ours of the last five minutes, so that it was not made beforehand;
7. `ath` is the digest of the token it comes with;
8. its `jti` was not seen before with this key.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes
from typing import ClassVar, Final
from urllib.parse import unquote, urlsplit

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, RSAKey, import_key

from shared.errors import Remedy, UnauthenticatedError
from shared.runtime.signed_text import SignedText, TextRefusedError
from shared.strict_json import JsonObject, JsonValue

ALGORITHMS: Final = ("ES256", "PS256", "RS256")
MAX_PROOF_LENGTH: Final = 4096
MAX_DIFFERENCE_SECONDS: Final = 60
NONCE_SECONDS: Final = 300
MOST_PROOFS: Final = 200_000
_TYPE: Final = "dpop+jwt"
_MAC_LENGTH: Final = 16
_TIME_LENGTH: Final = 8
_LONGEST_ID: Final = 256
_SMALLEST_RSA: Final = 2048
_LARGEST_RSA: Final = 4096
_PUBLIC: Final = ("kty", "crv", "x", "y", "n", "e")
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PORTS: Final = {"https": 443, "http": 80}


class DpopRefusedError(UnauthenticatedError):
    """The DPoP proof is missing, or does not fit this request."""

    code: ClassVar[str] = "dpop-refused"
    dutch: ClassVar[str] = "Het DPoP-bewijs ontbreekt, of past niet bij dit verzoek."
    remedy: ClassVar[Remedy | None] = (
        (
            "Make a new proof for this very request: its method, its address without the query, "
            "the token it comes with (ath), and the key the token is bound to. Each proof is good "
            "once."
        ),
        (
            "Maak een nieuw bewijs voor precies dit verzoek: zijn methode, zijn adres zonder "
            "query, het token waar het bij hoort (ath), en de sleutel waaraan het token is "
            "gebonden. Elk bewijs geldt één keer."
        ),
    )
    error: ClassVar[str] = "invalid_dpop_proof"

    @property
    def challenge(self) -> str:
        """Return what WWW-Authenticate says of it (RFC 9449 7.1)."""
        return f'DPoP realm="waarmerk", error="{self.error}", algs="{" ".join(ALGORITHMS)}"'


class DpopNonceNeededError(DpopRefusedError):
    """The DPoP proof needs the nonce that this answer gives in DPoP-Nonce."""

    code: ClassVar[str] = "dpop-nonce-needed"
    dutch: ClassVar[str] = "Het DPoP-bewijs heeft de nonce nodig die dit antwoord geeft."
    remedy: ClassVar[Remedy | None] = (
        (
            "Put the value of DPoP-Nonce in the claim nonce of a new proof, and send the request "
            "again."
        ),
        "Zet de waarde van DPoP-Nonce als nonce in een nieuw bewijs, en stuur het verzoek opnieuw.",
    )
    error: ClassVar[str] = "use_dpop_nonce"

    def __init__(self, nonce: str) -> None:
        """Keep the nonce to be used."""
        super().__init__()
        self.nonce = nonce


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a proof must be about: the request, and the token it comes with, if there is one."""

    method: str
    url: str
    token: str | None


@dataclass(slots=True)
class DpopVerifier:
    """Judges proofs; it remembers those it took for as long as they could be taken again.

    Without a key of its own for nonces it makes one: then a proof is good in this process only, and
    what this process remembers is all there is to remember.
    """

    key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    _seen: set[bytes] = field(default_factory=set)
    _seen_before: set[bytes] = field(default_factory=set)
    _turned_at: float = 0.0

    @property
    def remembered(self) -> int:
        """Return how many proofs are remembered."""
        return len(self._seen) + len(self._seen_before)

    def nonce(self, now: datetime) -> str:
        """Return a nonce for proofs of the next five minutes."""
        moment = int(now.timestamp()).to_bytes(_TIME_LENGTH)
        return _base64url(moment + self._mac(moment))

    def verify(self, proof: str, presented: Presented, *, now: datetime) -> str:
        """Return the thumbprint of the key that is proved to be held, or raise what fails."""
        try:
            text = SignedText.read(proof, longest=MAX_PROOF_LENGTH)
        except TextRefusedError:
            raise _refused("is not a signed JWT", "is geen ondertekend JWT") from None
        if text.header.get("typ") != _TYPE or "crit" in text.header:  # 1
            raise _refused("is not of the type dpop+jwt", "is niet van het type dpop+jwt")
        key = _key_in(text.header)  # 2
        if not text.holds(key):  # 3
            raise _refused("has a signature that does not hold", "heeft een onjuiste handtekening")
        self._judge(text.claims, presented, now=now)  # 4 to 7
        thumbprint = key.thumbprint()
        self._remember(f"{thumbprint} {text.claims['jti']}", now=now)  # 8
        return thumbprint

    def _judge(self, claims: JsonObject, presented: Presented, *, now: datetime) -> None:
        same_place = _place(claims.get("htu")) == _place(presented.url)
        if claims.get("htm") != presented.method or not same_place:
            raise _refused("was made for another request", "is voor een ander verzoek gemaakt")
        made = claims.get("iat")
        if isinstance(made, bool) or not isinstance(made, int | float):
            raise _refused("does not say when it was made", "zegt niet wanneer het is gemaakt")
        if abs(now.timestamp() - made) > MAX_DIFFERENCE_SECONDS:
            raise _refused("was not made just now", "is niet zojuist gemaakt")
        identifier = claims.get("jti")
        if not isinstance(identifier, str) or not 0 < len(identifier) <= _LONGEST_ID:
            raise _refused("has no jti", "heeft geen jti")
        if not self._is_ours(claims.get("nonce"), now=now):
            raise DpopNonceNeededError(self.nonce(now))
        if presented.token is not None and claims.get("ath") != digest(presented.token):
            raise _refused("belongs to another token", "hoort bij een ander token")

    def _is_ours(self, nonce: JsonValue, *, now: datetime) -> bool:
        if not isinstance(nonce, str):
            return False
        try:
            raw = SignedText.decode(nonce)
        except TextRefusedError:
            return False
        moment, mac = raw[:_TIME_LENGTH], raw[_TIME_LENGTH:]
        age = now.timestamp() - int.from_bytes(moment)
        is_genuine = hmac.compare_digest(mac, self._mac(moment))
        return is_genuine and -MAX_DIFFERENCE_SECONDS <= age <= NONCE_SECONDS

    def _mac(self, moment: bytes) -> bytes:
        return hmac.digest(self.key, b"waarmerk dpop nonce" + moment, "sha256")[:_MAC_LENGTH]

    def _remember(self, proof: str, *, now: datetime) -> None:
        moment = now.timestamp()
        if moment - self._turned_at > 2 * MAX_DIFFERENCE_SECONDS:
            self._seen_before, self._seen, self._turned_at = self._seen, set(), moment
        known = hashlib.sha256(proof.encode(errors="replace")).digest()
        if known in self._seen or known in self._seen_before or len(self._seen) >= MOST_PROOFS:
            raise _refused("was used before", "is al eens gebruikt")
        self._seen.add(known)


def digest(token: str) -> str:
    """Return the digest by which a proof names its token (RFC 9449 4.2, `ath`)."""
    return _base64url(hashlib.sha256(token.encode("ascii", "replace")).digest())


def _key_in(header: Mapping[str, JsonValue]) -> Key:
    """Return the public key a proof brings along, if it fits the algorithm it names."""
    algorithm, jwk = header.get("alg"), header.get("jwk")
    if algorithm not in ALGORITHMS or not isinstance(jwk, dict) or not _PRIVATE.isdisjoint(jwk):
        raise _refused(
            "brings no public key that fits", "brengt geen passende publieke sleutel mee"
        )
    try:
        key = import_key(
            {name: str(jwk[name]) for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
        )
    except (JoseError, SecurityWarning, ValueError, KeyError, TypeError):
        raise _refused(
            "brings no public key that fits", "brengt geen passende publieke sleutel mee"
        ) from None
    if algorithm == "ES256":
        fits = isinstance(key, ECKey) and key.get("crv") == "P-256"
    else:
        fits = isinstance(key, RSAKey) and _SMALLEST_RSA <= key.public_key.key_size <= _LARGEST_RSA
    if not fits:
        raise _refused(
            "brings no public key that fits", "brengt geen passende publieke sleutel mee"
        )
    return key


def _place(url: JsonValue) -> tuple[str, str, int | None, str] | None:
    """Take an address apart as RFC 9449 4.3 compares it: no query, no fragment, no default port."""
    try:
        parts = urlsplit(str(url))
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").lower()
    return scheme, host, port or _PORTS.get(scheme), unquote(parts.path)


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _refused(english: str, dutch: str) -> DpopRefusedError:
    return DpopRefusedError(f"The DPoP proof {english}.", f"Het DPoP-bewijs {dutch}.")
