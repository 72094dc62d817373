"""Embedded proofs: W3C Data Integrity 1.0 with eddsa-rdfc-2022 and ecdsa-rdfc-2019.

Separate from JWS, because here not bytes are signed but what they mean (`json_ld`). Proof options
and document are hashed apart, and both hashes are signed together (vc-di-eddsa §3.3.4, vc-di-ecdsa
§3.2.4). Proofs are read in this order, and the first rule one breaks is the one that is named:

 1. there is a proof, or a set of at most eight, each an object;
 2. no proof builds upon another (`previousProof`);
 3. at least one is of a suite we know; of others nothing is said;
 4. it brings no contexts of its own, its purpose is the one that is asked for (§2.1), and its key
    is named by a DID URL or https URL;
 5. it was not made in the future, by more than a minute, and has not expired (§2.1);
 6. `proofValue` is base58 multibase.
To believe: every known proof whose key is at hand must hold, and at least one there must be.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.contracts.credential import moment, stamp
from shared.errors import RuleError
from shared.proofs import base58
from shared.proofs.json_ld import (
    ContextRefusedError,
    FindContext,
    MeaninglessError,
    canonical_form,
    find_context,
)
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonValue, load_object

__all__ = ["ContextRefusedError", "FindContext", "MeaninglessError", "find_context"]

CRYPTOSUITE: Final = "eddsa-rdfc-2022"
ECDSA_CRYPTOSUITE: Final = "ecdsa-rdfc-2019"
HASH_BYTES: Final = 64
PURPOSE: Final = "assertionMethod"
AUTHENTICATION: Final = "authentication"
MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 32
MAX_PROOFS: Final = 8
CLOCK_SKEW: Final = timedelta(minutes=1)
_TYPE: Final = "DataIntegrityProof"
_KNOWN: Final = (CRYPTOSUITE, ECDSA_CRYPTOSUITE)
# The hash by suite and algorithm of the key: vc-di-eddsa §3.3, vc-di-ecdsa §3.2.
_HASHES: Final[Mapping[tuple[str, str], str]] = {
    (CRYPTOSUITE, "Ed25519"): "sha256",
    (ECDSA_CRYPTOSUITE, "ES256"): "sha256",
    (ECDSA_CRYPTOSUITE, "ES384"): "sha384",
}
_METHOD: Final = re.compile(r"(did:[a-z0-9]+:|https://)[!-~]{1,1024}")
# XML Schema 1.1 §3.4.28 dateTimeStamp: a date, a time and a zone.
_STAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class EmbeddedProofRefusedError(RuleError):
    """The embedded proof is not one that we read and that holds."""

    code = "embedded-proof-refused"
    dutch = "Het ingesloten bewijs is er geen dat wij lezen en dat klopt."


class ProofOptionsRefusedError(EmbeddedProofRefusedError):
    """The embedded proof does not say what it must, as it must."""

    code = "embedded-proof-options"
    dutch = "Het ingesloten bewijs zegt niet wat het moet zeggen, zoals het moet."


class ProofMissingError(ProofOptionsRefusedError):
    """The document has no embedded proof, or more than are read here."""

    code = "embedded-proof-missing"
    dutch = "Het document heeft geen ingesloten bewijs, of meer dan hier worden gelezen."


class ProofChainRefusedError(ProofOptionsRefusedError):
    """The embedded proof builds upon an earlier proof; chains of proofs are not read here."""

    code = "embedded-proof-chain"
    dutch = "Het ingesloten bewijs bouwt op een eerder bewijs; zulke ketens worden niet gelezen."


class CryptosuiteRefusedError(ProofOptionsRefusedError):
    """The embedded proof was made by a cryptosuite that is not known here."""

    code = "embedded-proof-cryptosuite"
    dutch = "Het ingesloten bewijs is gemaakt met een cryptosuite die hier niet bekend is."


class ProofPurposeRefusedError(ProofOptionsRefusedError):
    """The embedded proof was made for another purpose than is asked for here."""

    code = "embedded-proof-purpose"
    dutch = "Het ingesloten bewijs is voor een ander doel gemaakt dan hier wordt gevraagd."


class ProofNotYetMadeError(ProofOptionsRefusedError):
    """The embedded proof says that it was made in the future."""

    code = "embedded-proof-future"
    dutch = "Het ingesloten bewijs zegt dat het in de toekomst is gemaakt."


class ProofExpiredError(ProofOptionsRefusedError):
    """The embedded proof has expired."""

    code = "embedded-proof-expired"
    dutch = "Het ingesloten bewijs is verlopen."


class ProofKeyUnknownError(EmbeddedProofRefusedError):
    """None of the embedded proofs was made with a key that is known to be its maker's."""

    code = "embedded-proof-key"
    dutch = "Geen van de ingesloten bewijzen is gemaakt met een sleutel die van de maker bekend is."


class ProofSignatureRefusedError(EmbeddedProofRefusedError):
    """The signature of the embedded proof was not made over this content with this key."""

    code = "embedded-proof-signature"
    dutch = "De handtekening van het ingesloten bewijs is niet met deze sleutel hierover gezet."


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedProof:
    """One proof of a suite we know, read but not yet believed."""

    cryptosuite: str
    verification_method: str
    created: datetime | None
    expires: datetime | None
    domains: tuple[str, ...]
    challenge: str | None
    options: JsonObject
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenDocument:
    """A document without its proofs, and those of them that can be checked here."""

    document: JsonObject
    proofs: tuple[EmbeddedProof, ...]
    unread: int = 0
    """How many proofs it has besides, of suites that are not known here."""

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The verification methods that are named, once each, in order."""
        return tuple(dict.fromkeys(proof.verification_method for proof in self.proofs))


def proof_options(*, verification_method: str, created: datetime) -> JsonObject:
    """Return a proof before it is made: what kind, by which key (a DID URL), and when."""
    return {
        "type": _TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": stamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": PURPOSE,
    }


def hashes_of(
    document: JsonObject,
    options: JsonObject,
    *,
    find: FindContext = find_context,
    hash_name: str = "sha256",
) -> bytes:
    """Return what is signed: the hash of the options' meaning, then the document's (64 bytes)."""
    unproven = {name: value for name, value in document.items() if name != "proof"}
    configuration = {"@context": document.get("@context"), **options}
    return _digest(configuration, find, hash_name) + _digest(unproven, find, hash_name)


def prove(document: JsonObject, options: JsonObject, signature: bytes) -> JsonObject:
    """Return the document with its proof, the signature as base58 multibase."""
    return {**document, "proof": [{**options, "proofValue": base58.encode(signature)}]}


def parse(text: str | bytes) -> JsonObject:
    """Read a document (JSON, at most 256 kB and 32 deep), or raise JsonRefusedError."""
    return load_object(text, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)


def read(proven: JsonObject, *, now: datetime, purpose: str = PURPOSE) -> ProvenDocument:
    """Read the proofs of a document at a moment, unbelieved; by rules 1 to 6 of this module.

    Raises ProofOptionsRefusedError or ContextRefusedError.
    """
    parted = _part(proven, purpose=purpose)
    for proof in parted.proofs:
        if proof.created is not None and proof.created > now + CLOCK_SKEW:  # 5
            raise ProofNotYetMadeError
        if proof.expires is not None and proof.expires <= now:
            raise ProofExpiredError
    return parted


def believe(
    proven: ProvenDocument, keys: Mapping[str, VerifyingKey], *, find: FindContext = find_context
) -> tuple[EmbeddedProof, ...]:
    """Give the proofs that hold, or raise EmbeddedProofRefusedError or MeaninglessError.

    `keys` are those of who should have made them, by verification method: the caller vouches that
    each is theirs, for this purpose (Controlled Identifiers 1.0, 3.3).
    """
    held = tuple(proof for proof in proven.proofs if proof.verification_method in keys)
    if not held:
        raise ProofKeyUnknownError
    digests: dict[str, bytes] = {}
    for proof in held:
        key = keys[proof.verification_method]
        hash_name = _HASHES.get((proof.cryptosuite, key.algorithm))
        if hash_name is None:
            raise ProofKeyUnknownError
        configuration = {"@context": proven.document.get("@context"), **proof.options}
        digest = _digest(configuration, find, hash_name)
        if hash_name not in digests:
            digests[hash_name] = _digest(proven.document, find, hash_name)
        if not key.holds(proof.signature, digest + digests[hash_name]):
            raise ProofSignatureRefusedError
    return held


def verify(proven: JsonObject, *, key: VerifyingKey, find: FindContext = find_context) -> None:
    """Believe a document whose proofs are all of this key, or raise the rule it breaks.

    Says nothing of when: a proof of tomorrow, or one that has expired, is for `read` to refuse.
    """
    parted = _part(proven, purpose=PURPOSE)
    if parted.unread:
        raise CryptosuiteRefusedError
    believe(parted, dict.fromkeys(parted.key_ids, key), find=find)


def _digest(part: JsonObject, find: FindContext, hash_name: str) -> bytes:
    meaning = canonical_form(part, find=find, hash_name=hash_name)
    return hashlib.new(hash_name, meaning).digest()


def _part(proven: JsonObject, *, purpose: str) -> ProvenDocument:
    proofs = proven.get("proof")
    listed = proofs if isinstance(proofs, list) else [proofs]
    if not 1 <= len(listed) <= MAX_PROOFS or listed == [None]:  # 1
        raise ProofMissingError
    known: list[JsonObject] = []
    for proof in listed:
        if not isinstance(proof, dict):
            raise ProofOptionsRefusedError
        if "previousProof" in proof:  # 2
            raise ProofChainRefusedError
        if proof.get("type") == _TYPE and proof.get("cryptosuite") in _KNOWN:
            known.append(proof)
    if not known:  # 3
        raise CryptosuiteRefusedError
    if any("@context" in proof for proof in known):  # 4
        raise ContextRefusedError
    return ProvenDocument(
        document={name: value for name, value in proven.items() if name != "proof"},
        proofs=tuple(_read_proof(proof, purpose) for proof in known),
        unread=len(listed) - len(known),
    )


def _read_proof(proof: JsonObject, purpose: str) -> EmbeddedProof:
    if proof.get("proofPurpose") != purpose:  # 4
        raise ProofPurposeRefusedError
    method, value = proof.get("verificationMethod"), proof.get("proofValue")
    challenge, domain = proof.get("challenge"), proof.get("domain", [])
    domains = tuple(domain if isinstance(domain, list) else [domain])
    if (
        not isinstance(method, str)
        or not _METHOD.fullmatch(method)
        or not isinstance(value, str)
        or not isinstance(challenge, str | None)
    ):
        raise ProofOptionsRefusedError
    try:
        signature = base58.decode(value)  # 6
    except base58.Base58RefusedError:
        raise ProofOptionsRefusedError from None
    return EmbeddedProof(
        cryptosuite=str(proof["cryptosuite"]),
        verification_method=method,
        created=_moment(proof, "created"),
        expires=_moment(proof, "expires"),
        domains=tuple(map(_text, domains)),
        challenge=challenge,
        options={name: it for name, it in proof.items() if name != "proofValue"},
        signature=signature,
    )


def _moment(proof: JsonObject, name: str) -> datetime | None:
    if name not in proof:
        return None
    said = _text(proof[name])
    try:
        return moment(said if _STAMP.fullmatch(said) else "")
    except (ValueError, OverflowError):
        raise ProofOptionsRefusedError from None


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise ProofOptionsRefusedError
    return value
