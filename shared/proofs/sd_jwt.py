"""RFC 9901: SD-JWT, a signed token of which its holder shows some claims and keeps others back.

Separate from `sd_jwt_vc`, which says what such a token must claim to be a credential, and from
`key_binding`, by which a holder shows that it is theirs. A token is read in this order (RFC 9901
§7.1), and the first rule it breaks is the one that is named:

 1. size: at most 512 kB and 1,024 disclosures;
 2. shape: `<jws>~<disclosure>~…~`, with the key binding JWT behind the last tilde, if any;
 3. the JWS: `jws`, numbered there, with `x5c` passed over; its payload is one JSON object;
 4. `_sd_alg`: SHA-256 when absent, SHA-384 or SHA-512; nothing weaker (§4.1.1);
 5. each disclosure: canonical base64url of a JSON array, a salt, a name that is not `_sd` or `...`,
    and a value; for an array element without the name (§4.2);
 6. each digest occurs once, in payload and disclosures together (§7.1, 4);
 7. what is disclosed takes the place of its digest, at most 32 deep; never beside a claim of the
    same name, nor in place of the other kind (§7.1, 3c);
 8. each disclosure has its digest (§7.1, 5).
Digests without a disclosure are of claims that were kept back, or decoys: nobody can tell.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.proofs import ProofRefusedError, base64url, jws
from shared.proofs.jws import Jws
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue, load

MAX_CHARACTERS: Final = 512 * 1024
MAX_DISCLOSURES: Final = 1024
ALGORITHMS: Final = frozenset({"ES256", "ES384", "ES512", "Ed25519", "EdDSA"})
"""What others sign SD-JWTs with; RSA is not among them (HAIP 1.0, DIIP 5)."""
_MAX_DEPTH: Final = 32
_SEPARATOR: Final = "~"
_DOTS: Final = 2  # RFC 7515 §7.1: between header, payload and signature.
_DIGESTS: Final = "_sd"
_ELEMENT: Final = "..."
_HASH: Final = "_sd_alg"
_HASHES: Final = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
# RFC 9901 §4.2: salt, name and value of a claim; salt and value of an array element.
_CLAIM_PARTS, _ELEMENT_PARTS = 3, 2


class SdJwtRefusedError(ProofRefusedError):
    """The token is not an SD-JWT that we read."""

    code = "sd-jwt-refused"
    dutch = "Het token is geen SD-JWT die wij lezen."


class SdJwtTooLargeError(SdJwtRefusedError):
    """The SD-JWT is larger than is read here."""

    code = "sd-jwt-too-large"
    dutch = "De SD-JWT is groter dan hier wordt gelezen."


class SdJwtShapeRefusedError(SdJwtRefusedError):
    """The SD-JWT is not a signed token and its disclosures, each followed by a tilde."""

    code = "sd-jwt-shape"
    dutch = "De SD-JWT is geen ondertekend token met onthullingen, elk gevolgd door een tilde."


class HashRefusedError(SdJwtRefusedError):
    """The SD-JWT hides its claims behind a hash (`_sd_alg`) that is not allowed here."""

    code = "sd-jwt-hash"
    dutch = "De SD-JWT verbergt zijn claims achter een hash (`_sd_alg`) die hier niet mag."


class DigestsRefusedError(SdJwtRefusedError):
    """The SD-JWT has digests in a place or form where there can be none."""

    code = "sd-jwt-digests"
    dutch = "De SD-JWT heeft hashwaarden op een plaats of in een vorm waarin ze niet kunnen."


class DigestTwiceError(SdJwtRefusedError):
    """The SD-JWT has the same digest or disclosure twice."""

    code = "sd-jwt-digest-twice"
    dutch = "De SD-JWT heeft dezelfde hashwaarde of onthulling twee keer."


class DisclosureRefusedError(SdJwtRefusedError):
    """A disclosure of the SD-JWT is not a salt, a name and a value."""

    code = "sd-jwt-disclosure"
    dutch = "Een onthulling van de SD-JWT is geen salt met een naam en een waarde."


class DisclosureUnboundError(SdJwtRefusedError):
    """The SD-JWT comes with a disclosure that nobody signed."""

    code = "sd-jwt-disclosure-unbound"
    dutch = "Bij de SD-JWT zit een onthulling die niemand heeft ondertekend."


class ClaimTwiceError(SdJwtRefusedError):
    """A disclosure of the SD-JWT has the name of a claim that is already there."""

    code = "sd-jwt-claim-twice"
    dutch = "Een onthulling van de SD-JWT heeft de naam van een claim die er al is."


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwt:
    """An SD-JWT that was read but not yet believed: call `verify` before using its claims."""

    jws: Jws
    payload: JsonObject
    """What the issuer signed, digests and all."""
    claims: JsonObject
    """What it says as disclosed here, without digests."""
    disclosed: tuple[str, ...]
    """Where something was disclosed, as pointers into the claims (RFC 6901)."""
    kept_back: tuple[str, ...]
    """Where digests are left over, of claims or decoys; each place once."""
    presented: str
    """Everything before the key binding JWT, up to and with the last tilde."""
    key_binding: str | None

    def digest(self, text: str) -> str:
        """Hash a text as this token hashes its disclosures (base64url)."""
        return _digest(text, str(self.payload.get(_HASH, "sha-256")))


@dataclass(slots=True)
class _Opening:
    """What is met on the way through a payload."""

    disclosures: Mapping[str, list[JsonValue]]
    seen: set[str] = field(default_factory=set)
    disclosed: list[str] = field(default_factory=list)
    kept_back: dict[str, None] = field(default_factory=dict)

    def meet(self, digest: JsonValue, *, parts: int, at: str) -> list[JsonValue] | None:
        """Give the disclosure of a digest, or None when it was kept back."""
        if not isinstance(digest, str):
            raise DigestsRefusedError
        if digest in self.seen:  # 6
            raise DigestTwiceError
        self.seen.add(digest)
        disclosure = self.disclosures.get(digest)
        if disclosure is None:
            self.kept_back[at] = None
        elif len(disclosure) != parts:  # 7
            raise DisclosureRefusedError
        return disclosure


def looks_like_one(text: str) -> bool:
    """Tell whether a text has the outward shape of an SD-JWT: a JWS with a tilde behind it."""
    signed, tilde, _rest = text.partition(_SEPARATOR)
    return signed.count(".") == _DOTS and bool(tilde)


def read(
    token: str, *, types: Collection[str | None], algorithms: Collection[str] = ALGORITHMS
) -> SdJwt:
    """Read an SD-JWT of one of these types, unverified, or raise ProofRefusedError."""
    if len(token) > MAX_CHARACTERS:  # 1
        raise SdJwtTooLargeError
    if not looks_like_one(token):  # 2
        raise SdJwtShapeRefusedError
    signed, *texts, last = token.split(_SEPARATOR)
    if not all(texts) or (last and last.count(".") != _DOTS):
        raise SdJwtShapeRefusedError
    if len(texts) > MAX_DISCLOSURES:
        raise SdJwtTooLargeError
    parsed = jws.parse(  # 3
        signed, types=types, algorithms=algorithms, is_key_named=False, unused={"x5c"}
    )
    payload = jws.read_claims(parsed)
    hash_name = payload.get(_HASH, "sha-256")
    if not isinstance(hash_name, str) or hash_name not in _HASHES:  # 4
        raise HashRefusedError
    disclosures: dict[str, list[JsonValue]] = {}
    for text in texts:
        disclosure = _read_disclosure(text)  # 5
        digest = _digest(text, hash_name)
        if digest in disclosures:  # 6
            raise DigestTwiceError
        disclosures[digest] = disclosure
    opening = _Opening(disclosures)
    claims = _open_object(
        {name: value for name, value in payload.items() if name != _HASH}, opening, at="", depth=0
    )
    if not disclosures.keys() <= opening.seen:  # 8
        raise DisclosureUnboundError
    return SdJwt(
        jws=parsed,
        payload=payload,
        claims=claims,
        disclosed=tuple(opening.disclosed),
        kept_back=tuple(opening.kept_back),
        presented=token[: len(token) - len(last)],
        key_binding=last or None,
    )


def verify(token: SdJwt, *, key: VerifyingKey) -> None:
    """Believe that the holder of the key issued it, or raise SignatureRefusedError."""
    jws.verify(token.jws, key=key)


def _digest(text: str, hash_name: str) -> str:
    hashed = hashlib.new(_HASHES[hash_name], text.encode("ascii")).digest()
    return base64url.encode(hashed).decode("ascii")


def _read_disclosure(text: str) -> list[JsonValue]:
    try:
        parts = load(base64url.decode_text(text), max_bytes=MAX_CHARACTERS, max_depth=_MAX_DEPTH)
    except JsonRefusedError:
        raise DisclosureRefusedError from None
    if not isinstance(parts, list) or len(parts) not in {_ELEMENT_PARTS, _CLAIM_PARTS}:
        raise DisclosureRefusedError
    if not all(isinstance(part, str) for part in parts[:-1]):
        raise DisclosureRefusedError
    if len(parts) == _CLAIM_PARTS and parts[1] in {_DIGESTS, _ELEMENT}:
        raise DisclosureRefusedError
    return parts


def _open(value: JsonValue, opening: _Opening, *, at: str, depth: int) -> JsonValue:
    if depth > _MAX_DEPTH:
        raise SdJwtTooLargeError
    if isinstance(value, dict):
        return _open_object(value, opening, at=at, depth=depth)
    if isinstance(value, list):
        return _open_array(value, opening, at=at, depth=depth)
    return value


def _open_object(value: JsonObject, opening: _Opening, *, at: str, depth: int) -> JsonObject:
    digests = value.get(_DIGESTS, [])
    if not isinstance(digests, list) or _ELEMENT in value:
        raise DigestsRefusedError
    opened: JsonObject = {
        name: _open(inner, opening, at=_below(at, name), depth=depth + 1)
        for name, inner in value.items()
        if name != _DIGESTS
    }
    for digest in digests:
        disclosure = opening.meet(digest, parts=_CLAIM_PARTS, at=at)
        if disclosure is None:
            continue
        _salt, said, inner = disclosure
        name = str(said)
        if name in opened or (depth == 0 and name == _HASH):  # 7
            raise ClaimTwiceError
        place = _below(at, name)
        opening.disclosed.append(place)
        opened[name] = _open(inner, opening, at=place, depth=depth + 1)
    return opened


def _open_array(
    value: list[JsonValue], opening: _Opening, *, at: str, depth: int
) -> list[JsonValue]:
    opened: list[JsonValue] = []
    for item in value:
        place = _below(at, str(len(opened)))
        if not isinstance(item, dict) or _ELEMENT not in item:
            opened.append(_open(item, opening, at=place, depth=depth + 1))
            continue
        if len(item) != 1:
            raise DigestsRefusedError
        disclosure = opening.meet(item[_ELEMENT], parts=_ELEMENT_PARTS, at=at)
        if disclosure is not None:
            opening.disclosed.append(place)
            opened.append(_open(disclosure[-1], opening, at=place, depth=depth + 1))
    return opened


def _below(at: str, name: str) -> str:
    return f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
