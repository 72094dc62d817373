"""Embedded proofs: W3C Data Integrity with the cryptosuite eddsa-rdfc-2022.

Separate from JWS, because here not bytes are signed but what they mean: RDF, canonicalised
(RDFC-1.0). So nothing may be without meaning, or what was signed is less than what is read:
1. only the contexts that are kept here, each pinned by its SHA-256; no inline ones, no network;
2. a member that means nothing in them is refused, never dropped;
3. an identifier that stays relative is refused;
4. proof options and document are hashed apart (3.3.4), and both hashes are signed, 64 bytes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, NoReturn

from pyld import jsonld
from pyld.options import ExpandOptions, NormalizeOptions

from shared import contracts
from shared.contracts.credential import NL_CONTEXT, OB_CONTEXT, VC_CONTEXT, stamp
from shared.errors import RuleError
from shared.proofs import base58
from shared.proofs.ed25519 import Ed25519VerificationKey
from shared.strict_json import JsonObject, JsonValue

CRYPTOSUITE: Final = "eddsa-rdfc-2022"
HASH_BYTES: Final = 64
PURPOSE: Final = "assertionMethod"
_TYPE: Final = "DataIntegrityProof"
# A word without a meaning is taken for a relative address; from here it is known again.
_NOWHERE: Final = "https://relative.invalid/"
_PINNED: Final[Mapping[str, tuple[str, str]]] = {
    VC_CONTEXT: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OB_CONTEXT: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    NL_CONTEXT: (
        "nl-microcredential-v1.json",
        "557cd0e3dde574514c3441c6e33dbac6445bd8c5584027d5fee785746b3d8107",
    ),
}

FindContext = Callable[[str], JsonObject]


class MeaninglessError(RuleError):
    """Something in the credential has no meaning in its contexts, so no proof can cover it."""

    code = "json-ld-meaningless"
    dutch = "Iets in het bewijs heeft in zijn contexten geen betekenis; geen bewijs kan het dekken."


class EmbeddedProofRefusedError(RuleError):
    """The embedded proof is not one by eddsa-rdfc-2022 that holds."""

    code = "embedded-proof-refused"
    dutch = "Het ingesloten bewijs is geen bewijs volgens eddsa-rdfc-2022 dat klopt."


def find_context(url: str) -> JsonObject:
    """Return one of the contexts that are kept here, or raise MeaninglessError."""
    if url not in _PINNED:
        raise MeaninglessError
    return _read_context(url)


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
    document: JsonObject, options: JsonObject, *, find: FindContext = find_context
) -> bytes:
    """Return the 64 bytes that are signed: SHA-256 of the options' meaning, then the document's."""
    configuration = {"@context": document.get("@context"), **options}
    hashed = [
        hashlib.sha256(_canonical(part, find)).digest()
        for part in (configuration, {**document, "proof": None})
    ]
    return b"".join(hashed)


def prove(document: JsonObject, options: JsonObject, signature: bytes) -> JsonObject:
    """Return the document with its proof, the signature as base58 multibase."""
    return {**document, "proof": [{**options, "proofValue": base58.encode(signature)}]}


def verify(
    proven: JsonObject, *, key: Ed25519VerificationKey, find: FindContext = find_context
) -> None:
    """Believe a document with one embedded proof, or raise the rule it breaks."""
    document = {name: value for name, value in proven.items() if name != "proof"}
    proof = proven.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        [proof] = proof
    if not isinstance(proof, dict) or not _is_ours(proof):
        raise EmbeddedProofRefusedError
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = base58.decode(str(proof["proofValue"]))
    except base58.Base58RefusedError:
        raise EmbeddedProofRefusedError from None
    if not key.holds(signature, hashes_of(document, options, find=find)):
        raise EmbeddedProofRefusedError


def _is_ours(proof: JsonObject) -> bool:
    asked = {"type": _TYPE, "cryptosuite": CRYPTOSUITE, "proofPurpose": PURPOSE}
    return asked.items() <= proof.items() and isinstance(proof.get("proofValue"), str)


def _canonical(document: JsonObject, find: FindContext) -> bytes:
    """Return the canonical N-Quads (RDFC-1.0) of what a document means; rules 1 to 3."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not all(isinstance(one, str) for one in contexts):
        raise MeaninglessError  # 1
    present = {name: value for name, value in document.items() if value is not None}
    loading = _loader(find)
    try:
        expanded = jsonld.expand(
            present,
            ExpandOptions(documentLoader=loading, base=_NOWHERE),
            on_property_dropped=_refuse,  # 2
        )
        if any(":" not in iri or iri.startswith(_NOWHERE) for iri in _iris(expanded)):
            raise MeaninglessError  # 3
        quads: str = jsonld.normalize(
            expanded,
            NormalizeOptions(
                algorithm="URDNA2015", format="application/n-quads", documentLoader=loading
            ),
        )
    except jsonld.JsonLdError:
        raise MeaninglessError from None
    return quads.encode()


def _loader(find: FindContext) -> Callable[..., dict[str, object]]:
    def load(url: str, _options: object = None) -> dict[str, object]:
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": find(url),
            "tag": "static",
        }

    return load


def _refuse(_member: str | None) -> NoReturn:
    raise MeaninglessError


def _iris(value: JsonValue) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _iris(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in {"@id", "@type"}:
                yield from [inner] if isinstance(inner, str) else map(str, inner or ())  # type: ignore[arg-type] # a list of texts, as expansion makes it
            else:
                yield from _iris(inner)


@lru_cache(maxsize=len(_PINNED))
def _read_context(url: str) -> JsonObject:
    name, pin = _PINNED[url]
    room = files(contracts) if url == NL_CONTEXT else files("openbadgeslib") / "ob3"
    raw = (room / "contexts" / name).read_bytes()
    if hashlib.sha256(raw).hexdigest() != pin:
        raise ImportError(f"the installed context {name} is not the one that was pinned")
    document: Any = json.loads(raw)
    context: JsonObject = document
    return context
