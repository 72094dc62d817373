"""A key counts for an issuer when that issuer's own document says so."""

import json
from datetime import UTC, datetime

import pytest

from shared.proofs import keys
from shared.proofs.did_documents import (
    MAX_DOCUMENT_BYTES,
    KeyDocumentRefusedError,
    KeyNotForAssertionError,
    KeyOfAnotherError,
    KeyUnknownError,
    PublishedKey,
    did_document,
    find_key,
    find_multikey,
    jwk_set,
    key_id,
    read_document,
)
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.keys import KeyRefusedError, SigningKey
from shared.strict_json import JsonObject, JsonValue

ISSUER = "did:web:issuer.example.nl:issuers:00000099000000210000"
IN_USE, RETIRED, LEAKED = (SigningKey.generate().public for _ in range(3))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PUBLISHED = (
    PublishedKey(key=IN_USE),
    PublishedKey(key=RETIRED, retired_at=NOON),
    PublishedKey(key=LEAKED, compromised_at=NOON),
)


def _document(**changed: JsonValue) -> JsonObject:
    return did_document(ISSUER, PUBLISHED) | changed


def _with_method(**changed: JsonValue) -> JsonObject:
    document = did_document(ISSUER, PUBLISHED[:1])
    method = {**_methods(document)[0], **changed}
    return {**document, "verificationMethod": [method]}


def _methods(document: JsonObject) -> list[JsonObject]:
    methods: list[JsonObject] = json.loads(json.dumps(document["verificationMethod"]))
    return methods


def test_every_key_there_ever_was_stays_in_the_document() -> None:
    methods = _methods(_document())

    assert [one["id"] for one in methods] == [key_id(ISSUER, one.key) for one in PUBLISHED]
    assert {one["type"] for one in methods} == {"JsonWebKey"}
    assert {one["controller"] for one in methods} == {ISSUER}


def test_only_a_compromised_key_leaves_the_assertion_methods() -> None:
    assert _document()["assertionMethod"] == [key_id(ISSUER, IN_USE), key_id(ISSUER, RETIRED)]


def test_a_key_says_since_when_it_is_retired_or_compromised() -> None:
    in_use, retired, leaked = _methods(_document())

    assert "revoked" not in in_use | retired
    assert leaked["revoked"] == "2026-11-22T12:00:00Z"
    assert retired["publicKeyJwk"] == {**RETIRED.jwk, "retiredAt": "2026-11-22T12:00:00Z"}
    assert "expires" not in retired


def test_a_document_never_shows_a_private_key() -> None:
    assert '"d"' not in json.dumps(_document())


def test_a_key_set_names_the_issuer_of_each_key_and_leaves_out_compromised_ones() -> None:
    assert jwk_set(ISSUER, PUBLISHED) == {
        "keys": [
            {**IN_USE.jwk, "kid": key_id(ISSUER, IN_USE), "iss": ISSUER},
            {
                **RETIRED.jwk,
                "retiredAt": "2026-11-22T12:00:00Z",
                "kid": key_id(ISSUER, RETIRED),
                "iss": ISSUER,
            },
        ]
    }


@pytest.mark.parametrize("key", [IN_USE, RETIRED], ids=["in use", "retired"])
def test_a_published_key_is_found(key: keys.VerificationKey) -> None:
    document = read_document(json.dumps(_document()).encode())

    assert find_key(document, issuer=ISSUER, key_id=key_id(ISSUER, key)) == key


STRANGER = "did:web:issuer.example.nl:issuers:00000099000000990000"


@pytest.mark.parametrize(
    ("document", "wanted", "refusal"),
    [
        (_document(id=STRANGER), key_id(ISSUER, IN_USE), KeyOfAnotherError),
        (_with_method(controller=STRANGER), key_id(ISSUER, IN_USE), KeyOfAnotherError),
        (
            _with_method(id=key_id(STRANGER, IN_USE)),
            key_id(STRANGER, IN_USE),
            KeyOfAnotherError,
        ),
        (_document(), key_id(ISSUER, LEAKED), KeyNotForAssertionError),
        (_document(assertionMethod="all"), key_id(ISSUER, IN_USE), KeyNotForAssertionError),
        (_document(assertionMethod=[]), key_id(ISSUER, IN_USE), KeyNotForAssertionError),
        (_document(), f"{ISSUER}#another", KeyUnknownError),
        (_document(), f"{ISSUER}/../x#{IN_USE.thumbprint}", KeyUnknownError),
        (_document(), f"did:web:user@issuer.example.nl#{IN_USE.thumbprint}", KeyUnknownError),
        (_document(), f"https://127.0.0.1/keys/{IN_USE.thumbprint}", KeyUnknownError),
        (_document(verificationMethod=[7, "x"]), key_id(ISSUER, IN_USE), KeyUnknownError),
        (_document(verificationMethod=None), key_id(ISSUER, IN_USE), KeyDocumentRefusedError),
        (_with_method(type="Multikey"), key_id(ISSUER, IN_USE), KeyDocumentRefusedError),
        (
            _with_method(publicKeyJwk={**RETIRED.jwk}),
            key_id(ISSUER, IN_USE),
            KeyUnknownError,
        ),
        (_with_method(publicKeyJwk=None), key_id(ISSUER, IN_USE), keys.KeyTypeRefusedError),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else type(value).__name__,
)
def test_a_key_the_issuer_does_not_vouch_for_is_refused_by_name(
    document: JsonObject, wanted: str, refusal: type[KeyRefusedError]
) -> None:
    with pytest.raises(refusal):
        find_key(document, issuer=ISSUER, key_id=wanted)


def test_a_key_id_that_stands_for_two_keys_stands_for_none() -> None:
    document = _with_method()
    document["verificationMethod"] = [*_methods(document), *_methods(document)]

    with pytest.raises(KeyUnknownError):
        find_key(document, issuer=ISSUER, key_id=key_id(ISSUER, IN_USE))


@pytest.mark.parametrize(
    "raw",
    [
        b"<html></html>",
        b"[]",
        json.dumps(jwk_set(ISSUER, PUBLISHED)).encode(),
        json.dumps({"verificationMethod": []}).encode(),
        json.dumps(_document(note="x" * MAX_DOCUMENT_BYTES)).encode(),
        b'{"id":"a","id":"b","verificationMethod":[],"assertionMethod":[]}',
    ],
    ids=["html", "array", "jwk set", "no assertion methods", "over 64 kB", "twice the same member"],
)
def test_what_is_no_did_document_is_refused(raw: bytes) -> None:
    with pytest.raises(KeyDocumentRefusedError):
        read_document(raw)


EDWARDS = Ed25519SigningKey.generate().public


def test_an_ed25519_key_stands_there_as_a_multikey_beside_the_other() -> None:
    document = did_document(ISSUER, [PublishedKey(key=IN_USE), PublishedKey(key=EDWARDS)])
    _, method = _methods(document)

    assert method == {
        "id": key_id(ISSUER, EDWARDS),
        "type": "Multikey",
        "controller": ISSUER,
        "publicKeyMultibase": EDWARDS.multikey,
    }
    assert document["assertionMethod"] == [key_id(ISSUER, IN_USE), key_id(ISSUER, EDWARDS)]
    assert "https://w3id.org/security/multikey/v1" in json.dumps(document["@context"])
    found = find_multikey(document, issuer=ISSUER, key_id=key_id(ISSUER, EDWARDS))
    assert found == EDWARDS


def test_a_compromised_ed25519_key_is_marked_and_vouched_for_no_more() -> None:
    document = did_document(ISSUER, [PublishedKey(key=EDWARDS, compromised_at=NOON)])

    assert _methods(document)[0]["revoked"] == "2026-11-22T12:00:00Z"
    with pytest.raises(KeyNotForAssertionError):
        find_multikey(document, issuer=ISSUER, key_id=key_id(ISSUER, EDWARDS))


def test_a_key_for_tokens_checks_no_embedded_proof_nor_the_other_way_round() -> None:
    document = did_document(ISSUER, [PublishedKey(key=IN_USE), PublishedKey(key=EDWARDS)])

    with pytest.raises(KeyDocumentRefusedError):
        find_key(document, issuer=ISSUER, key_id=key_id(ISSUER, EDWARDS))
    with pytest.raises(KeyDocumentRefusedError):
        find_multikey(document, issuer=ISSUER, key_id=key_id(ISSUER, IN_USE))


def test_another_key_under_a_known_name_is_not_that_key() -> None:
    document = did_document(ISSUER, [PublishedKey(key=EDWARDS)])
    other = Ed25519SigningKey.generate().public
    changed = {**_methods(document)[0], "publicKeyMultibase": other.multikey}

    with pytest.raises(KeyUnknownError):
        find_multikey(
            {**document, "verificationMethod": [changed]},
            issuer=ISSUER,
            key_id=key_id(ISSUER, EDWARDS),
        )
