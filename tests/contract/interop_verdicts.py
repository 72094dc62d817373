"""What openbadgeslib and openvc-core say of what people hand in, at a moment, of an issuer.

Apart from the comparison. Each is given what it can take: neither opens mails or archives, and one
that was never meant to read a form is not asked about it. Both are told of one issuer and of one
status list and reach nobody else. Their exceptions of any kind are a refusal.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier
from openvc import VerificationPolicy, verify_credential, verify_signature
from openvc.did.base import DidDocument, DidError, parse_did_document
from openvc.errors import OpenvcError
from openvc.verify import UnknownCredentialFormat, detect_format

from shared.proofs.json_ld import PINNED, find_context
from shared.strict_json import JsonObject
from tests.unit.verifier.cases.entry import ED25519, METHOD
from tests.unit.verifier.forge import DID, KEY, KID, LIST_URL, NOW, payload_of
from tests.unit.verifier.world import World

Says = Callable[[bytes, World], bool | None]
"""Whether it believes these bytes in a world; None when it cannot take them at all."""

DOCUMENT_OF_ISSUER: Final[JsonObject] = {
    "@context": [
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/jwk/v1",
        "https://w3id.org/security/multikey/v1",
    ],
    "id": DID,
    "verificationMethod": [
        {"id": KID, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": {**KEY.public.jwk}},
        {
            "id": METHOD,
            "type": "Multikey",
            "controller": DID,
            "publicKeyMultibase": ED25519.public.multikey,
        },
    ],
    "assertionMethod": [KID, METHOD],
}
_CONTEXTS: Final = {name: find_context(name) for name in PINNED}
_DOTS: Final = 2
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HEAD: Final = 256


@dataclass(frozen=True, slots=True)
class _Web:
    """The one issuer's addresses, and nobody else's."""

    world: World

    def __call__(self, url: str) -> bytes:
        """Give the page at this address."""
        if url.startswith("https://issuer.example.nl/") and url.endswith("/did.json"):
            return json.dumps(DOCUMENT_OF_ISSUER).encode()
        if url == LIST_URL and self.world.signed_list is not None:
            return self.world.signed_list.encode()
        raise OSError(url)

    def listed(self, url: str) -> Mapping[str, Any]:
        """Give the status list as JSON: openvc-core reads no enveloped one, its signature it does.

        Which key it must be signed with is the issuer's, as everywhere here.
        """
        token = self(url).decode()
        signed, _, signature = token.rpartition(".")
        verify_signature(
            alg="ES256",
            public_jwk={**KEY.public.jwk},
            signing_input=signed.encode(),
            signature=payload_of(f".{signature}"),
        )
        listed: Mapping[str, Any] = json.loads(payload_of(token))
        return listed

    def supports(self, _did: str) -> bool:
        """Say that every issuer is looked up here."""
        return True

    def resolve(self, did: str) -> DidDocument:
        """Give the document of the one issuer."""
        if did != DID:
            raise DidError(did)
        return parse_did_document(dict(DOCUMENT_OF_ISSUER))


def openbadgeslib_says(content: bytes, world: World) -> bool | None:
    """Ask openbadgeslib: tokens, documents with a proof, and pictures they are baked into."""
    text = _unbaked(content)
    if text is None:
        return None
    web = _Web(world)
    if text.startswith("{"):
        return _is_believed(
            lambda: OB3LdpVerifier.for_issuer_did(DID).verify(text, check_status=True, download=web)
        )
    if text.count(".") != _DOTS or "~" in text:
        return None
    return _is_believed(
        lambda: OB3Verifier.for_issuer_did(DID, download=web).verify(
            text, check_status=True, download=web
        )
    )


def openvc_says(content: bytes, world: World) -> bool | None:
    """Ask openvc-core: tokens, SD-JWTs, and documents with one proof."""
    given = _given(_text(content))
    try:
        detect_format(given)
    except UnknownCredentialFormat:
        return None
    web = _Web(world)
    return _is_believed(
        lambda: verify_credential(
            given,
            policy=VerificationPolicy(now=NOW),
            resolver=web,
            resolve_status_list=web.listed,
            extra_contexts=_CONTEXTS,
        )
    )


OTHERS: Final[Mapping[str, Says]] = {
    "openbadgeslib": openbadgeslib_says,
    "openvc-core": openvc_says,
}


def _is_believed(verify: Callable[[], object]) -> bool:
    try:
        verify()
    except (OpenvcError, LibOpenBadgesException):
        return False
    return True


def _unbaked(content: bytes) -> str | None:
    with suppress(LibOpenBadgesException):
        if content.startswith(_PNG):
            return OB3Verifier.extract_token_from_png(content)
        if b"<svg" in content[:_HEAD]:
            return OB3Verifier.extract_token_from_svg(content)
    return _text(content)


def _text(content: bytes) -> str | None:
    try:
        return content.decode().strip()
    except UnicodeDecodeError:
        return None


def _given(text: str | None) -> object:
    if text is None or not text.startswith("{"):
        return text
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    # It reads one proof, not a list of one, which is how Open Badges writes it.
    proofs = document.get("proof")
    is_one = isinstance(proofs, list) and len(proofs) == 1
    return {**document, "proof": proofs[0]} if is_one else document
