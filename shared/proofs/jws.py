"""RFC 7515 compact JWS, in one strict profile: ES256, a `kid`, and nothing that brings its own key.

Separate from the library's token functions because those forgive: joserfc takes duplicate header
members and `b64: false`. The framing is ours; keys and the algorithm are joserfc's (`keys`).

A token is read in this order, and the first rule it breaks is the one that is named:
 1. size: header at most 4 kB, payload at most 256 kB (credentials.md, appendix B);
 2. shape: three segments separated by dots (7.1), never the JSON serialization;
 3. header: canonical base64url, JSON object, no member twice (4);
 4. `crit` is never understood (4.1.11), `b64` never honoured (RFC 7797);
 5. no key in the header: `jwk`, `jku`, `x5u`, `x5c`, `x5t` (OB 3.0 8.2.3), no other members;
 6. `alg` and `typ` on the caller's lists (RFC 8725 3.1, 3.11); `kid` present;
 7. payload and signature: canonical base64url.

Who reads tokens of others may widen it by name: other algorithms, no `kid` where the key is known
otherwise, and members that others must send (`x5c`), which are passed over and never used.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from shared.proofs import ProofRefusedError, base64url
from shared.proofs.keys import ALGORITHM, SigningKey
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonReason, JsonRefusedError, JsonValue, load_object

MAX_HEADER_BYTES: Final = 4 * 1024
MAX_PAYLOAD_BYTES: Final = 256 * 1024
_MAX_SIGNATURE_BYTES: Final = 1024
_MAX_DEPTH: Final = 32
_MAX_TOKEN_CHARACTERS: Final = (
    4 * (MAX_HEADER_BYTES + MAX_PAYLOAD_BYTES + _MAX_SIGNATURE_BYTES) // 3 + 6
)
_MEMBERS: Final = frozenset({"alg", "kid", "typ", "cty"})
_KEY_MEMBERS: Final = frozenset({"jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"})
# RFC 9864 gave Ed25519 its own name; most still write the old one (RFC 8037).
_OLD_NAMES: Final = {"EdDSA": "Ed25519"}
_HEADERS_KEPT: Final = 1024
_KEY_ID: Final = re.compile(r"[!-~]{1,1024}")


class JwsRefusedError(ProofRefusedError):
    """The signed token is not one we read."""

    code = "jws-refused"
    dutch = "Het ondertekende token is er geen dat wij lezen."


class TooLargeError(JwsRefusedError):
    """The signed token is larger than a credential may be."""

    code = "jws-too-large"
    dutch = "Het ondertekende token is groter dan een bewijs mag zijn."


class SegmentsRefusedError(JwsRefusedError):
    """The signed token is not a header, a payload and a signature separated by dots."""

    code = "jws-segments"
    dutch = "Het ondertekende token is geen kop, inhoud en handtekening met punten ertussen."


class HeaderRefusedError(JwsRefusedError):
    """The header of the signed token is not a JSON object."""

    code = "jws-header"
    dutch = "De kop van het ondertekende token is geen JSON-object."


class HeaderDuplicateError(HeaderRefusedError):
    """The header of the signed token has a member twice, so it has two meanings."""

    code = "jws-header-duplicate"
    dutch = "De kop van het ondertekende token noemt iets twee keer en heeft dus twee betekenissen."


class CriticalRefusedError(JwsRefusedError):
    """The header of the signed token demands an extension (`crit`); we understand none."""

    code = "jws-crit"
    dutch = "De kop van het ondertekende token eist een uitbreiding (`crit`); wij kennen er geen."


class UnencodedPayloadRefusedError(JwsRefusedError):
    """The header of the signed token speaks of an unencoded payload (`b64`)."""

    code = "jws-b64"
    dutch = "De kop van het ondertekende token spreekt van een inhoud zonder codering (`b64`)."


class KeyInHeaderError(JwsRefusedError):
    """The signed token brings its own key; keys come from the issuer's published document only."""

    code = "jws-key-in-header"
    dutch = (
        "Het ondertekende token brengt zijn eigen sleutel mee; sleutels komen alleen uit wat de "
        "uitgever publiceerde."
    )


class HeaderMemberRefusedError(JwsRefusedError):
    """The header of the signed token has a member other than `alg`, `kid`, `typ` and `cty`."""

    code = "jws-header-member"
    dutch = "De kop van het ondertekende token heeft meer dan `alg`, `kid`, `typ` en `cty`."


class AlgorithmRefusedError(JwsRefusedError):
    """The signed token uses an algorithm that is not allowed here."""

    code = "jws-alg"
    dutch = "Het ondertekende token gebruikt een algoritme dat hier niet mag."


class TypeRefusedError(JwsRefusedError):
    """The signed token is of another type than is asked for here."""

    code = "jws-typ"
    dutch = "Het ondertekende token is van een ander type dan hier wordt gevraagd."


class KeyIdRefusedError(JwsRefusedError):
    """The signed token does not say with which key it was signed (`kid`)."""

    code = "jws-kid"
    dutch = "Het ondertekende token zegt niet met welke sleutel het is ondertekend (`kid`)."


class PayloadRefusedError(JwsRefusedError):
    """The payload of the signed token is not one well-formed JSON object."""

    code = "jws-payload"
    dutch = "De inhoud van het ondertekende token is geen welgevormd JSON-object."


class SignatureRefusedError(JwsRefusedError):
    """The signature was not made over this content with this key."""

    code = "jws-signature"
    dutch = "De handtekening is niet met deze sleutel over deze inhoud gezet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Jws:
    """A token that was read but not yet believed: call `verify` before using the payload."""

    header: Mapping[str, JsonValue]
    payload: bytes
    signing_input: bytes
    signature: bytes
    algorithm: str
    key_id: str
    """Empty when the caller asked for none and there is none."""
    type: str | None


def signing_input(payload: bytes, *, header: Mapping[str, JsonValue]) -> str:
    """Return what will be signed (RFC 7515 5.1): header and payload in base64url, with a dot.

    `alg` is added to the header; a header or payload we would refuse ourselves raises the same
    JwsRefusedError. Its digest can be kept before anything is signed.
    """
    full: JsonObject = {"alg": ALGORITHM, **header}
    _check_members(full)
    _check_values(full, algorithms=(ALGORITHM,))
    spelled = json.dumps(full, ensure_ascii=False, separators=(",", ":")).encode()
    if len(spelled) > MAX_HEADER_BYTES or len(payload) > MAX_PAYLOAD_BYTES:
        raise TooLargeError
    return (base64url.encode(spelled) + b"." + base64url.encode(payload)).decode("ascii")


def complete(unsigned: str, *, key: SigningKey) -> str:
    """Sign a signing input; the same input and key always give the same token (RFC 6979)."""
    signature = key.sign(unsigned.encode("ascii"))
    return f"{unsigned}.{base64url.encode(signature).decode('ascii')}"


def sign(payload: bytes, *, key: SigningKey, header: Mapping[str, JsonValue]) -> str:
    """Sign the payload as compact JWS (ES256); the header names at least `kid`."""
    return complete(signing_input(payload, header=header), key=key)


def parse(
    token: str | bytes,
    *,
    types: Collection[str | None],
    algorithms: Collection[str] = (ALGORITHM,),
    is_key_named: bool = True,
    unused: Collection[str] = (),
) -> Jws:
    """Read a compact JWS whose `typ` (None: absent) and `alg` are on the lists.

    Without `is_key_named` there may be no `kid`; header members in `unused` may be there and are
    not looked at. Raises JwsRefusedError or Base64UrlRefusedError, by the numbered rules of this
    module.
    """
    raw = _ascii(token)
    if len(raw) > _MAX_TOKEN_CHARACTERS:  # 1
        raise TooLargeError
    first, last = raw.find(b"."), raw.rfind(b".")
    if first == last or raw.find(b".", first + 1) != last:  # 2
        raise SegmentsRefusedError
    header = _read_header(raw[:first])  # 3
    _check_members(header.keys() - set(unused) if unused else header)  # 4, 5
    _check_values(header, algorithms=algorithms, is_key_named=is_key_named)  # 6
    if header.get("typ") not in types:
        raise TypeRefusedError
    payload, signature = base64url.decode(raw[first + 1 : last]), base64url.decode(raw[last + 1 :])
    if not signature:  # 7
        raise SegmentsRefusedError
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise TooLargeError
    return Jws(
        header=header,
        payload=payload,
        signing_input=raw[:last],
        signature=signature,
        algorithm=str(header["alg"]),
        key_id=str(header.get("kid", "")),
        type=str(header["typ"]) if "typ" in header else None,
    )


def verify(jws: Jws, *, key: VerifyingKey) -> None:
    """Believe the token, or raise SignatureRefusedError; its algorithm must be that of the key."""
    if _OLD_NAMES.get(jws.algorithm, jws.algorithm) != key.algorithm:
        raise SignatureRefusedError
    if not key.holds(jws.signature, jws.signing_input):
        raise SignatureRefusedError


def read_claims(jws: Jws) -> JsonObject:
    """Read the payload as one JSON object, strictly; raise PayloadRefusedError otherwise."""
    try:
        return load_object(jws.payload, max_bytes=MAX_PAYLOAD_BYTES, max_depth=_MAX_DEPTH)
    except JsonRefusedError as refusal:
        raise PayloadRefusedError(refusal.detail, faults=refusal.faults) from None


def _ascii(token: str | bytes) -> bytes:
    if isinstance(token, bytes):
        return token
    if not token.isascii():
        raise base64url.AlphabetRefusedError
    return token.encode("ascii")


# Of one key all headers are alike, so nearly every one was read before: 12 us of a verification.
@lru_cache(maxsize=_HEADERS_KEPT)
def _read_header(segment: bytes) -> Mapping[str, JsonValue]:
    spelled = base64url.decode(segment)
    if len(spelled) > MAX_HEADER_BYTES:
        raise TooLargeError
    try:
        return MappingProxyType(load_object(spelled))
    except JsonRefusedError as refusal:
        if refusal.reason is JsonReason.DUPLICATE_KEY:
            raise HeaderDuplicateError from None
        raise HeaderRefusedError(refusal.detail, faults=refusal.faults) from None


def _check_members(header: Collection[str]) -> None:
    if "crit" in header:
        raise CriticalRefusedError
    if "b64" in header:
        raise UnencodedPayloadRefusedError
    if not _KEY_MEMBERS.isdisjoint(header):
        raise KeyInHeaderError
    if not _MEMBERS.issuperset(header):
        raise HeaderMemberRefusedError


def _check_values(
    header: Mapping[str, JsonValue], *, algorithms: Collection[str], is_key_named: bool = True
) -> None:
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise AlgorithmRefusedError
    if not isinstance(header.get("typ", ""), str):
        raise TypeRefusedError
    if not isinstance(header.get("cty", ""), str):
        raise HeaderMemberRefusedError
    if "kid" not in header and not is_key_named:
        return
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise KeyIdRefusedError
