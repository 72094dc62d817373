"""ETSI TS 119 182-1 (JAdES) on RFC 7515 and RFC 7797: JSON sealed with a certificate, as Europass.

Separate from `jws`, whose profile forbids all that JAdES asks for: an unencoded payload, `crit`,
and a certificate inside. The key is that of the certificate and of nothing else, so a seal that
holds only says that nothing changed; who it is, is for `certificate_paths`. Read in this order:
 1. size, strict JSON, and one signature: compact, flattened or general serialization (RFC 7515 7);
 2. the header is protected; outside it only `etsiU`, which holds what was added later (5.3.1);
 3. no key from elsewhere: `jwk`, `jku`, `x5u`; nothing detached: `sigD` (5.2.8);
 4. `crit`: only `b64`, `sigT` and `adoTst`, each of which is there (RFC 7515 4.1.11);
 5. `b64` false stands in `crit`, and the payload is in JSON (RFC 7797 6);
 6. `alg` is one of five; `x5c` at most ten certificates, the signer's first (RFC 7515 4.1.6);
 7. `x5t#S256`, where there is one, is that of the first (RFC 7515 4.1.8);
 8. `iat` or `sigT` says when it was sealed (5.1.11, 5.2.1);
 9. a time stamp of the payload, `adoTst`, is of this payload (5.2.6). Who made it is not checked.
"""

import hashlib
import re
from base64 import b64decode
from binascii import Error as NoBase64Error
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from shared.proofs import base64url
from shared.proofs.certificate_paths import CertificateRefusedError, key_of, read_chain
from shared.proofs.jades_refusals import (
    DetachedError,
    JadesRefusedError,
    KeyElsewhereError,
    NotSealedError,
    SealAlgorithmRefusedError,
    SealCertificateRefusedError,
    SealedContentRefusedError,
    SealHeaderRefusedError,
    SealMomentRefusedError,
    SeveralSealsError,
    StampOfAnotherError,
    UnknownDemandError,
)
from shared.proofs.jws import SignatureRefusedError
from shared.proofs.keys import KeyRefusedError
from shared.proofs.numeric_dates import find_moment
from shared.proofs.time_stamps import is_stamp_of
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue, load_object

ALGORITHMS: Final = frozenset({"ES256", "ES384", "ES512", "PS256", "RS256"})
MAX_BYTES: Final = 2 * 1024 * 1024
MAX_HEADER_BYTES: Final = 64 * 1024
MAX_PAYLOAD_BYTES: Final = 1024 * 1024
_MAX_DEPTH: Final = 64
_UNDERSTOOD: Final = frozenset({"b64", "sigT", "adoTst"})
_ELSEWHERE: Final = frozenset({"jwk", "jku", "x5u"})
_GENERAL: Final = frozenset({"payload", "signatures"})
_FLATTENED: Final = frozenset({"payload", "protected", "header", "signature"})
_ONE_SIGNATURE: Final = frozenset({"protected", "header", "signature"})
_SEALED_AT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SIGNED: Final = frozenset({"signature", "signatures"})
_MOST_STAMPS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Jades:
    """A seal that was read but not yet believed: call `verify` before using what it says."""

    payload: bytes = field(repr=False)
    signing_input: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    algorithm: str
    certificates: tuple[x509.Certificate, ...]
    """The signer's first."""
    sealed_at: datetime
    """When it was sealed, in its own words (UTC)."""


def read(text: str) -> Jades:
    """Read a sealed document, or raise JadesRefusedError, by the numbered rules of this module."""
    protected, payload, signature = _parts_of(text)  # 1, 2
    header = _read_header(protected)
    if not _ELSEWHERE.isdisjoint(header):  # 3
        raise KeyElsewhereError
    if "sigD" in header:
        raise DetachedError
    demands = _read_demands(header)  # 4
    signed = _encoded(payload)
    content = _content_of(
        signed, header, demands, is_compact=not text.lstrip().startswith("{")
    )  # 5
    if len(content) > MAX_PAYLOAD_BYTES:
        raise SealedContentRefusedError
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:  # 6
        raise SealAlgorithmRefusedError
    certificates = _read_certificates(header)
    sealed_at = _read_moment(header)  # 8
    if "adoTst" in header:
        _check_stamps(header["adoTst"], signed)  # 9
    return Jades(
        payload=content,
        signing_input=_encoded(protected) + b"." + signed,
        signature=_decoded(signature),
        algorithm=algorithm,
        certificates=certificates,
        sealed_at=sealed_at,
    )


def verify(jades: Jades) -> None:
    """Believe that nothing changed since it was sealed, or raise SignatureRefusedError.

    A key that is not for the algorithm it names raises SealAlgorithmRefusedError.
    """
    try:
        key = key_of(jades.certificates[0], algorithm=jades.algorithm)
    except KeyRefusedError:
        raise SealAlgorithmRefusedError from None
    if key.algorithm != jades.algorithm:
        raise SealAlgorithmRefusedError
    if not key.holds(jades.signature, jades.signing_input):
        raise SignatureRefusedError


def read_claims(jades: Jades) -> JsonObject:
    """Read what was sealed as one JSON object, or raise SealedContentRefusedError."""
    try:
        return load_object(jades.payload, max_bytes=MAX_PAYLOAD_BYTES, max_depth=_MAX_DEPTH)
    except JsonRefusedError:
        raise SealedContentRefusedError from None


def _parts_of(text: str) -> tuple[str, str, str]:
    """Return the protected header, the payload and the signature, as they are spelled."""
    if len(text) > MAX_BYTES:
        raise SealedContentRefusedError
    if not text.lstrip().startswith("{"):
        parts = text.strip().split(".")
        if len(parts) != 3:  # noqa: PLR2004 — RFC 7515 7.1 counts the segments
            raise NotSealedError
        return parts[0], parts[1], parts[2]
    try:
        members = load_object(text, max_bytes=MAX_BYTES, max_depth=_MAX_DEPTH)
    except JsonRefusedError:
        raise JadesRefusedError from None
    signed = _only_signature(members)
    unprotected = signed.get("header", {})
    if not isinstance(unprotected, dict) or not {"etsiU"}.issuperset(unprotected):
        raise SealHeaderRefusedError
    found = signed.get("protected"), members.get("payload"), signed.get("signature")
    protected, payload, signature = (one if isinstance(one, str) else "" for one in found)
    if not (protected and payload and signature):
        raise NotSealedError
    return protected, payload, signature


def _only_signature(members: JsonObject) -> JsonObject:
    """Return what has the one signature; whatever else is there would stand outside the seal."""
    if "payload" not in members or _SIGNED.isdisjoint(members):
        raise NotSealedError
    if "signatures" not in members:
        if not _FLATTENED.issuperset(members):
            raise SealHeaderRefusedError
        return members
    several = members["signatures"]
    only = several[0] if isinstance(several, list) and len(several) == 1 else None
    if not isinstance(only, dict):
        raise SeveralSealsError
    if not _GENERAL.issuperset(members) or not _ONE_SIGNATURE.issuperset(only):
        raise SealHeaderRefusedError
    return only


def _read_header(protected: str) -> JsonObject:
    spelled = _decoded(protected)
    if len(spelled) > MAX_HEADER_BYTES:
        raise SealHeaderRefusedError
    try:
        return load_object(spelled)
    except JsonRefusedError:
        raise SealHeaderRefusedError from None


def _read_demands(header: JsonObject) -> frozenset[str]:
    if "crit" not in header:
        return frozenset()
    named = header["crit"]
    if not isinstance(named, list) or not named:
        raise UnknownDemandError
    demands = [one for one in named if isinstance(one, str)]
    found = frozenset(demands)
    if len(found) != len(named) or not _UNDERSTOOD.issuperset(found) or not found <= header.keys():
        raise UnknownDemandError
    return found


def _content_of(
    signed: bytes, header: JsonObject, demands: frozenset[str], *, is_compact: bool
) -> bytes:
    if header.get("b64", True) is True:
        try:
            return base64url.decode(signed)
        except base64url.Base64UrlRefusedError:
            raise SealedContentRefusedError from None
    if header["b64"] is not False or "b64" not in demands or is_compact:
        raise UnknownDemandError
    return signed


def _read_certificates(header: JsonObject) -> tuple[x509.Certificate, ...]:
    spelled = header.get("x5c")
    ders = []
    for one in spelled if isinstance(spelled, list) else ():
        try:
            ders.append(b64decode(one if isinstance(one, str) else "?", validate=True))
        except (NoBase64Error, ValueError):
            raise SealCertificateRefusedError from None
    try:
        chain = read_chain(ders)
    except CertificateRefusedError:
        raise SealCertificateRefusedError from None
    if "x5t#S256" in header:  # 7
        own = hashlib.sha256(chain[0].public_bytes(Encoding.DER)).digest()
        named = header["x5t#S256"]
        if not isinstance(named, str) or base64url.encode(own).decode() != named:
            raise SealCertificateRefusedError
    return chain


def _read_moment(header: JsonObject) -> datetime:
    try:
        moment = find_moment(header, "iat")
        spelled = header.get("sigT")
        if moment is None and isinstance(spelled, str) and _SEALED_AT.fullmatch(spelled):
            moment = datetime.fromisoformat(spelled)
    except ValueError:
        raise SealMomentRefusedError from None
    if moment is None:
        raise SealMomentRefusedError
    return moment.astimezone(UTC)


def _check_stamps(stamped: JsonValue, signed: bytes) -> None:
    tokens = stamped.get("tstTokens") if isinstance(stamped, dict) else None
    if not isinstance(tokens, list) or not 0 < len(tokens) <= _MOST_STAMPS:
        raise StampOfAnotherError
    for token in tokens:
        spelled = token.get("val") if isinstance(token, dict) else None
        if not isinstance(spelled, str) or not is_stamp_of(spelled, signed):
            raise StampOfAnotherError


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise SealedContentRefusedError from None


def _decoded(text: str) -> bytes:
    try:
        return base64url.decode_text(text)
    except base64url.Base64UrlRefusedError:
        raise SealHeaderRefusedError from None
