"""What to begin with of what strangers publish: ids, documents, lists, and proofs of a log.

Apart from the seeds of credentials, because none of these is a credential.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.unit.proofs.test_log_proofs import PROOF
from tests.unit.verifier.cases.entry import ED25519, METHOD
from tests.unit.verifier.cases.forging import p384_jwk
from tests.unit.verifier.cases.showing import ME, MY_KID
from tests.unit.verifier.forge import (
    DID,
    KEY,
    KID,
    Change,
    a_list,
    a_payload,
    bits,
    payload_of,
    put,
)

_ISSUER: Final = "https://issuer.example.com"


def id_lines() -> Iterator[bytes]:
    """Give ids of issuers, each with that of a key on the next line."""
    for issuer, key_id in (
        (DID, KID),
        (ME, MY_KID),
        ("did:web:issuer.example.com%3A8443:a:b", "#key-1"),
        (f"{_ISSUER}:8443/issuers/7?a=b", f"{_ISSUER}:8443/key"),
        (_ISSUER, f"{_ISSUER}#1"),
        ("did:jwk:eyJrdHkiOiJFQyJ9", "#0"),
        ("http://issuer.example.com", "a"),
    ):
        yield f"{issuer}\n{key_id}".encode()


def key_documents() -> Iterator[bytes]:
    """Give a DID document, a JWK Set and bare keys of every kind."""
    public = {**KEY.public.jwk, "kid": KID, "iss": _ISSUER}
    rsa = {"kty": "RSA", "n": "x" * 342, "e": "AQAB", "kid": KID, "iss": _ISSUER}
    multikey = {"type": "Multikey", "publicKeyMultibase": ED25519.public.multikey}
    methods: list[dict[str, object]] = [
        {"id": KID, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": public},
        {"id": METHOD, "controller": DID, "expires": "2027-01-01T00:00:00Z", **multikey},
    ]
    yield json.dumps({"id": DID, "verificationMethod": methods, "assertionMethod": [KID]}).encode()
    yield json.dumps({"id": DID, "assertionMethod": [{**methods[1], "id": KID}]}).encode()
    yield json.dumps({"keys": [public, rsa]}).encode()
    yield from (json.dumps(key).encode() for key in (public, rsa, {**p384_jwk(), "iss": _ISSUER}))


def list_lines() -> Iterator[bytes]:
    """Give what an issuer signs as a list, with the entry that is looked for on the next line."""
    entry = json.dumps(a_payload()["credentialStatus"]).encode()
    changes: tuple[tuple[Change, ...], ...] = (
        (),
        (put("credentialSubject/statusSize", 1), put("credentialSubject/statusPurpose", ["a"])),
        (put("issuer", {"id": DID}), put("credentialSubject/type", ["BitstringStatusList"])),
    )
    for change in changes:
        yield payload_of(a_list(changes=change)) + b"\n" + entry
    yield payload_of(a_list()) + b"\n[" + entry + b"]"


def packed_lists() -> Iterator[bytes]:
    """Give lists as they are packed, and the claim that holds one."""
    yield gzip.compress(bits(1, 2), mtime=0)
    yield zlib.compress(bits(1, 2), 9)
    yield zlib.compress(bytes(5 * 1024 * 1024), 9)[:4000]
    yield b'{"bits":2,"lst":"eNrtwQEBAAAAkP6v7ggAAAAAAAAAAAAAAAAAAAAAAAAA"}'


def log_proofs() -> Iterator[bytes]:
    """Give a proof of the log, whole, without an opening, and of nothing."""
    yield PROOF.to_bytes()
    yield replace(PROOF, extra=None, path=()).to_bytes()
