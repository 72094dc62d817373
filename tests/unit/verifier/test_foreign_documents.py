"""A stranger's key counts when its own document says so, in one way only."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from services.verifier.foreign.documents import (
    MAX_DOCUMENT_BYTES,
    find_in_document,
    find_in_key_set,
    read_bare_key,
    read_document,
)
from services.verifier.foreign.findings import ForeignCode, ForeignOutcome, ForeignRefusedError
from shared.proofs.did_documents import PublishedKey, did_document, jwk_set, key_id
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.keys import SigningKey
from shared.proofs.public_keys import VerifyingKey

NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DID: Final = "did:web:issuer.example.com"
OTHER: Final = "did:web:other.example.com"
KEY: Final = SigningKey.generate().public
EDWARDS: Final = Ed25519SigningKey.generate().public
KID: Final = f"{DID}#key-1"
HOST: Final = "https://issuer.example.com"
ISSUER: Final = f"{HOST}/issuers/7"
SET: Final = f"{HOST}/.well-known/jwks.json"


def a_method(**changed: Any) -> dict[str, Any]:
    """Return a verification method as most write it."""
    method = {"id": KID, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": KEY.jwk}
    return {**method, **changed}


def a_document(*methods: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return a document with these methods, the first of which may sign."""
    document = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "verificationMethod": list(methods or (a_method(),)),
        "assertionMethod": [KID],
    }
    return {**document, **changed}


def find(document: dict[str, Any], key: str = KID) -> VerifyingKey:
    """Look for a key as one does after fetching."""
    read = read_document(json.dumps(document).encode())
    return find_in_document(read, issuer=DID, key_id=key, now=NOW)


def test_a_key_that_may_sign_is_found() -> None:
    assert find(a_document()) == KEY


@pytest.mark.parametrize(
    "method",
    [
        a_method(type="JsonWebKey2020"),
        a_method(id="#key-1"),
        a_method(expires="2027-01-01T00:00:00Z"),
        a_method(type="Multikey", publicKeyMultibase=EDWARDS.multikey) | {"publicKeyJwk": ...},
        a_method(type="Ed25519VerificationKey2020", publicKeyMultibase=EDWARDS.multikey)
        | {"publicKeyJwk": ...},
    ],
)
def test_a_key_may_be_written_in_several_ways(method: dict[str, Any]) -> None:
    method = {name: value for name, value in method.items() if value is not ...}

    assert find(a_document(method)) in (KEY, EDWARDS)


def test_a_key_may_be_embedded_where_it_signs_or_named_from_there() -> None:
    assert find(a_document(verificationMethod=[], assertionMethod=[a_method()])) == KEY
    assert find(a_document(assertionMethod=["#key-1"])) == KEY


def test_what_our_own_issuers_publish_is_read() -> None:
    document = did_document(DID, [PublishedKey(key=KEY), PublishedKey(key=EDWARDS)])

    for key in (KEY, EDWARDS):
        assert find(document, key_id(DID, key)) == key


HOSTILE: Final = {
    "of another": (a_document(id=OTHER), ForeignCode.DOCUMENT_OF_ANOTHER),
    "of another case": (
        a_document(id="did:web:Issuer.example.com"),
        ForeignCode.DOCUMENT_OF_ANOTHER,
    ),
    "without an id": (a_document(id=None), ForeignCode.DOCUMENT_UNREADABLE),
    "a key set": ({"keys": [KEY.jwk]}, ForeignCode.DOCUMENT_UNREADABLE),
    "methods no list": (a_document(verificationMethod=a_method()), ForeignCode.DOCUMENT_UNREADABLE),
    "signers no list": (a_document(assertionMethod=KID), ForeignCode.DOCUMENT_UNREADABLE),
    "methods of nothing": (a_document(verificationMethod=[1, None, []]), ForeignCode.KEY_UNKNOWN),
    "another key": (a_document(a_method(id=f"{DID}#key-2")), ForeignCode.KEY_UNKNOWN),
    "id in a list": (a_document(a_method(id=[KID])), ForeignCode.KEY_UNKNOWN),
    "twice": (a_document(a_method(), a_method()), ForeignCode.KEY_TWICE),
    "twice, once relative": (a_document(a_method(), a_method(id="#key-1")), ForeignCode.KEY_TWICE),
    "twice, once embedded": (a_document(assertionMethod=[a_method()]), ForeignCode.KEY_TWICE),
    "of another controller": (a_document(a_method(controller=OTHER)), ForeignCode.KEY_OF_ANOTHER),
    "of several controllers": (
        a_document(a_method(controller=[DID, OTHER])),
        ForeignCode.KEY_OF_ANOTHER,
    ),
    "of no controller": (a_document(a_method(controller=None)), ForeignCode.KEY_OF_ANOTHER),
    "not for assertion": (a_document(assertionMethod=[]), ForeignCode.KEY_NOT_FOR_ASSERTION),
    "for logging in": (
        {**a_document(authentication=[KID]), "assertionMethod": [f"{DID}#key-2"]},
        ForeignCode.KEY_NOT_FOR_ASSERTION,
    ),
    "for encryption": (
        a_document(a_method(publicKeyJwk={**KEY.jwk, "use": "enc"})),
        ForeignCode.KEY_NOT_FOR_ASSERTION,
    ),
    "with d": (
        a_document(a_method(publicKeyJwk={**KEY.jwk, "d": "AA"})),
        ForeignCode.KEY_PRIVATE_PART,
    ),
    "with a secret key": (
        a_document(a_method(secretKeyJwk={**KEY.jwk, "d": "AA"})),
        ForeignCode.KEY_PRIVATE_PART,
    ),
    "with a secret multikey": (
        a_document(a_method(secretKeyMultibase="z3u2en7t5LR2WtQH5PfFqMqwVHgeXouLzo6haApm8XHqvjxq")),
        ForeignCode.KEY_PRIVATE_PART,
    ),
    "revoked": (a_document(a_method(revoked="2026-11-01T00:00:00Z")), ForeignCode.KEY_REVOKED),
    "revoked on no date": (a_document(a_method(revoked="soon")), ForeignCode.KEY_REVOKED),
    "expired": (a_document(a_method(expires="2026-11-22T12:00:00Z")), ForeignCode.KEY_EXPIRED),
    "expired on no date": (a_document(a_method(expires=True)), ForeignCode.KEY_EXPIRED),
    "another type": (a_document(a_method(type="RsaVerificationKey2018")), ForeignCode.KEY_KIND),
    "types in a list": (a_document(a_method(type=["JsonWebKey"])), ForeignCode.KEY_KIND),
    "two keys in one": (
        a_document(a_method(publicKeyMultibase=EDWARDS.multikey)),
        ForeignCode.KEY_KIND,
    ),
    "another curve": (
        a_document(a_method(publicKeyJwk={**KEY.jwk, "crv": "secp256k1"})),
        ForeignCode.KEY_KIND,
    ),
    "no point": (
        a_document(a_method(publicKeyJwk={**KEY.jwk, "y": KEY.jwk["x"]})),
        ForeignCode.KEY_UNREADABLE,
    ),
    "no jwk": (a_document(a_method(publicKeyJwk="AA")), ForeignCode.KEY_KIND),
}


@pytest.mark.parametrize(("document", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_key_in_a_hostile_document_is_refused(
    document: dict[str, Any], code: ForeignCode
) -> None:
    with pytest.raises(ForeignRefusedError) as refused:
        find(document)

    assert refused.value.code is code


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<!doctype html><title>Log in</title>",
        b"[]",
        b'{"id":"a","id":"b"}',
        b'{"id":' + b"[" * 33 + b"]" * 33 + b"}",
        b'{"id":NaN}',
        b'\xef\xbb\xbf{"id":"a"}',
        b'{"id":"\xff"}',
        b'{"id":"\\ud800"}',
        json.dumps({"id": "a" * MAX_DOCUMENT_BYTES}).encode(),
    ],
    ids=["empty", "html", "list", "twice", "deep", "nan", "bom", "latin", "surrogate", "large"],
)
def test_a_document_with_no_meaning_or_two_is_unreadable(raw: bytes) -> None:
    with pytest.raises(ForeignRefusedError) as refused:
        read_document(raw)

    assert refused.value.code is ForeignCode.DOCUMENT_UNREADABLE


def in_set(*keys: dict[str, Any], issuer: str = ISSUER) -> VerifyingKey:
    """Look for `1` in a JWK Set of the issuer's host."""
    return find_in_key_set({"keys": list(keys)}, issuer=issuer, key_id="1", address=SET)


def a_jwk(**changed: Any) -> dict[str, Any]:
    """Return a JWK of the issuer, as one host of many issuers shows it."""
    return {**KEY.jwk, "kid": "1", "iss": ISSUER, **changed}


def test_a_key_in_a_set_is_of_the_issuer_it_names() -> None:
    assert in_set(a_jwk(iss=f"{HOST}/issuers/8"), a_jwk(), a_jwk(kid="2")) == KEY


def test_a_key_that_names_no_issuer_is_of_the_whole_host() -> None:
    unclaimed = {**KEY.jwk, "kid": "1"}

    assert in_set(unclaimed, issuer=HOST) == in_set(unclaimed, issuer=f"{HOST}/") == KEY
    assert refused_in_set(unclaimed) is ForeignCode.KEY_UNKNOWN


def refused_in_set(*keys: Any) -> ForeignCode:
    """Say why no key was found in a set."""
    with pytest.raises(ForeignRefusedError) as refused:
        in_set(*keys)
    return refused.value.code


def test_a_key_in_a_set_that_is_not_surely_the_issuers_is_refused() -> None:
    assert refused_in_set(a_jwk(iss=f"{HOST}/issuers/8")) is ForeignCode.KEY_OF_ANOTHER
    assert refused_in_set(a_jwk(iss=f"{ISSUER}/")) is ForeignCode.KEY_OF_ANOTHER
    assert refused_in_set(a_jwk(iss=[ISSUER])) is ForeignCode.KEY_OF_ANOTHER
    assert refused_in_set(a_jwk(), a_jwk()) is ForeignCode.KEY_TWICE
    assert refused_in_set(a_jwk(d="AA")) is ForeignCode.KEY_PRIVATE_PART
    assert refused_in_set(a_jwk(kid=1), "1", None) is ForeignCode.KEY_UNKNOWN
    assert refused_in_set() is ForeignCode.KEY_UNKNOWN
    with pytest.raises(ForeignRefusedError):
        find_in_key_set({"keys": a_jwk()}, issuer=ISSUER, key_id="1", address=SET)


def test_the_set_of_our_own_issuers_is_read() -> None:
    shown = jwk_set(DID, [PublishedKey(key=KEY)])

    found = find_in_key_set(shown, issuer=DID, key_id=key_id(DID, KEY), address=SET)

    assert found == KEY


def test_a_bare_key_is_of_the_issuer_it_names_or_below_whose_address_it_is() -> None:
    unclaimed: dict[str, Any] = {**KEY.jwk}

    assert read_bare_key(a_jwk(), issuer=ISSUER, address=f"{HOST}/keys/1") == KEY
    assert read_bare_key(unclaimed, issuer=ISSUER, address=f"{ISSUER}/keys/1") == KEY
    assert read_bare_key(unclaimed, issuer=HOST, address=f"{HOST}/keys/1") == KEY


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({**KEY.jwk}, ForeignCode.KEY_UNKNOWN),
        (a_jwk(iss=f"{HOST}/issuers/8"), ForeignCode.KEY_OF_ANOTHER),
        ({"keys": [a_jwk(), a_jwk(kid="2")]}, ForeignCode.DOCUMENT_UNREADABLE),
        (a_jwk(keys=[]), ForeignCode.DOCUMENT_UNREADABLE),
        (a_jwk(d="AA"), ForeignCode.KEY_PRIVATE_PART),
        ({}, ForeignCode.DOCUMENT_UNREADABLE),
    ],
)
def test_a_bare_key_that_is_not_surely_the_issuers_is_refused(
    document: dict[str, Any], code: ForeignCode
) -> None:
    with pytest.raises(ForeignRefusedError) as refused:
        read_bare_key(document, issuer=ISSUER, address=f"{HOST}/issuers/77/keys/1")

    assert refused.value.code is code


def test_bad_housekeeping_of_an_issuer_accuses_nobody() -> None:
    accusing = {code for code in ForeignCode if code.outcome is ForeignOutcome.REFUSED}

    assert accusing == {
        ForeignCode.ID_REFUSED,
        ForeignCode.KEY_OF_ANOTHER,
        ForeignCode.KEY_NOT_FOR_ASSERTION,
        ForeignCode.KEY_REVOKED,
        ForeignCode.KEY_PRIVATE_PART,
    }
    assert ForeignCode.FOUND.outcome is ForeignOutcome.FOUND
