"""A system of an institution that asks for tokens: its key, its assertions and its DPoP proofs.

Written from RFC 7523, RFC 9449 and the NL GOV profile with joserfc, and not with our code, so that
one can tell whether the other is right.
"""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Key = ECKey | RSAKey


def an_ec_key(kid: str = "mc_test_ec") -> ECKey:
    """Make a P-256 key."""
    return ECKey.generate_key("P-256", {"kid": kid}, private=True)


def an_rsa_key(kid: str = "mc_test_rsa", *, bits: int = 2048, **members: str) -> RSAKey:
    """Make an RSA key."""
    key = RSAKey.generate_key(bits, private=True)
    return RSAKey.import_key({**key.as_dict(private=True), "kid": kid, **members})


def public(key: Key) -> dict[str, Any]:
    """Return the public half of a key, as one registers it."""
    return {**key.as_dict(private=False)}


def a_claim_set(client_id: str, audience: object, now: datetime, **changes: Any) -> dict[str, Any]:
    """Return the claims of a good assertion; what is given is different, and None is left out."""
    moment = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": moment,
        "exp": moment + 60,
        "jti": token_urlsafe(24),
    }
    return {name: value for name, value in (claims | changes).items() if value is not None}


def signed(key: Key, claims: dict[str, Any], *, algorithm: str | None = None, **header: Any) -> str:
    """Sign claims; what is given is different in the header, and None is left out."""
    default = "ES256" if isinstance(key, ECKey) else "RS256"
    full = {"alg": algorithm or default, "typ": "client-authentication+jwt", "kid": key.kid}
    full = {name: value for name, value in (full | header).items() if value is not None}
    return _written(full, claims, key)


def _written(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """Sign whatever is given; a library would refuse to write what must be refused when read."""
    text = b".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    signature = JWSRegistry.algorithms[str(header["alg"])].sign(text, key)
    return b".".join((text, _base64url(signature))).decode()


def _base64url(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")


def a_token_request(assertion: str, **changes: Any) -> dict[str, str]:
    """Return a token request as a form."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


@dataclass
class DpopKey:
    """A key that a caller proves to hold, request by request."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", private=True))

    @property
    def thumbprint(self) -> str:
        """Return the thumbprint of the key."""
        return self.key.thumbprint()

    def proof(
        self,
        method: str,
        url: str,
        now: datetime,
        *,
        nonce: str | None = None,
        token: str | None = None,
        header: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """Make a proof for one request; what is given is different."""
        claims = {
            "jti": token_urlsafe(16),
            "htm": method,
            "htu": url,
            "iat": int(now.timestamp()),
            "nonce": nonce,
            "ath": None if token is None else digest(token),
        }
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        full = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.key.as_dict(private=False)}
        return _written(full | (header or {}), claims, self.key)


def a_certificate(name: str) -> x509.Certificate:
    """Make a certificate that nobody issued."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    began = datetime(2026, 11, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=90))
        .sign(key, SHA256())
    )


def certificate_thumbprint(certificate: x509.Certificate) -> str:
    """Return the thumbprint of a certificate, as `x5t#S256` has it."""
    return _base64url(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()).decode()


def shown(certificate: x509.Certificate) -> str:
    """Write a certificate as a proxy hands it in (RFC 9440)."""
    return f":{b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"


def digest(token: str) -> str:
    """Return the base64url SHA-256 of a token."""
    return _base64url(hashlib.sha256(token.encode()).digest()).decode()
