"""A key of a client is judged once, and its algorithm is fixed then."""

import warnings
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey

from services.catalog.access.clients import ClientKey
from services.catalog.access.key_sets import MOST_KEYS, read_key, read_key_set, read_keys
from tests.support.token_clients import an_ec_key, an_rsa_key, public

EC, RSA = public(an_ec_key()), public(an_rsa_key())


@pytest.fixture(autouse=True)
def _as_it_is_outside_of_tests() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        yield


def a_modulus(bits: int) -> dict[str, Any]:
    number = (1 << bits) - 1
    octets = number.to_bytes((bits + 7) // 8)
    return {"kty": "RSA", "e": "AQAB", "n": urlsafe_b64encode(octets).rstrip(b"=").decode()}


@pytest.mark.parametrize(
    ("jwk", "algorithm"),
    [
        (EC, "ES256"),
        (RSA, "RS256"),
        ({**RSA, "alg": "RS256"}, "RS256"),
        ({**RSA, "alg": "PS256"}, "PS256"),
        (a_modulus(2048), "RS256"),
        (a_modulus(4096), "RS256"),
    ],
)
def test_a_key_has_one_algorithm(jwk: dict[str, Any], algorithm: str) -> None:
    read = read_key(jwk)

    assert isinstance(read, dict)
    assert (read["alg"], read["use"]) == (algorithm, "sig")
    assert read["kid"]


@pytest.mark.parametrize(
    "jwk",
    [
        a_modulus(2047),
        a_modulus(4097),
        public(ECKey.generate_key("P-384", {"kid": "mc_test"}, private=True)),
        dict(
            OKPKey.generate_key("Ed25519", {"kid": "mc_test"}, private=True).as_dict(private=False)
        ),
        {**EC, "crv": "P-384"},
        {**EC, "kty": ["EC"]},
        {**EC, "x": None},
    ],
    ids=lambda jwk: str(jwk.get("crv", len(jwk.get("n", "")))),
)
def test_a_key_of_another_size_or_kind_is_refused(jwk: dict[str, Any]) -> None:
    read = read_key(jwk)

    assert isinstance(read, tuple)
    assert read[0] == "key-refused"


def test_what_a_key_says_besides_is_not_kept() -> None:
    read = read_key({**EC, "x5u": "https://elsewhere.example/key", "jku": "x"})

    assert isinstance(read, dict)
    assert read.keys() == {"kty", "crv", "x", "y", "alg", "use", "kid"}


def test_every_bad_key_is_named_at_once() -> None:
    good, bad = ClientKey(EC), ClientKey({})

    kept, faults = read_keys([bad, good, bad])

    assert [fault.pointer for fault in faults] == ["/keys/0/jwk", "/keys/2/jwk"]
    assert all(fault.detail and fault.dutch for fault in faults)
    assert len(kept) == 1


def test_of_a_fetched_set_the_usable_keys_are_taken() -> None:
    document: Any = {"keys": [7, {}, a_modulus(1024), EC, {**RSA, "use": "enc"}, RSA]}

    assert [key.jwk["kty"] for key in read_key_set(document)] == ["EC", "RSA"]
    assert read_key_set({"keys": "EC"}) == ()
    many = [{**EC, "kid": str(number)} for number in range(MOST_KEYS + 5)]
    assert len(read_key_set({"keys": [*many]})) == MOST_KEYS
