"""Keys are P-256, public when shown, and known by their thumbprint."""

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from joserfc.jwk import ECKey

from shared.proofs import base64url
from shared.proofs.keys import (
    KeyPointRefusedError,
    KeyRefusedError,
    KeyTypeRefusedError,
    KeyUseRefusedError,
    PrivateKeyShownError,
    SigningKey,
    VerificationKey,
    parse_public_jwk,
    thumbprint,
)

KEY = SigningKey.generate()
JWK: dict[str, object] = {**KEY.public.jwk}


def _pkcs8(private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_stored_key_is_the_same_key_when_loaded() -> None:
    loaded = SigningKey.load(KEY.store())

    assert loaded.public == KEY.public
    assert KEY.public.holds(loaded.sign(b"message"), b"message")


@pytest.mark.parametrize(
    "stored",
    [
        _pkcs8(ec.generate_private_key(ec.SECP384R1())),
        _pkcs8(ed25519.Ed25519PrivateKey.generate()),
        b"not a key",
    ],
    ids=["P-384", "Ed25519", "rubbish"],
)
def test_only_a_p256_key_is_loaded(stored: bytes) -> None:
    with pytest.raises(KeyTypeRefusedError):
        SigningKey.load(stored)


def a_private_jwk(curve: str = "P-256") -> dict[str, str]:
    made = ECKey.generate_key(curve, private=True)
    return {name: str(value) for name, value in made.as_dict(private=True).items()}


def test_a_private_jwk_is_read_as_the_key_it_is() -> None:
    jwk = a_private_jwk()

    read = SigningKey.read_jwk(json.dumps({**jwk, "alg": "ES256", "use": "sig"}))

    public = parse_public_jwk({name: value for name, value in jwk.items() if name != "d"})
    assert read.public == public
    assert public.holds(read.sign(b"message"), b"message")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        json.dumps(JWK),
        json.dumps(a_private_jwk("P-384")),
        json.dumps({**a_private_jwk(), "d": a_private_jwk()["d"]}),
        json.dumps({**a_private_jwk(), "d": "short"}),
        json.dumps({**a_private_jwk(), "d": 5}),
        json.dumps({**a_private_jwk(), "x": "AAAA"}),
        json.dumps({"kty": "RSA", "d": "AQAB", "n": "AQAB", "e": "AQAB"}),
    ],
    ids=[
        "nothing", "a list", "broken", "public", "P-384", "of another", "short", "a number",
        "no point", "RSA",
    ],
)  # fmt: skip
def test_what_is_no_private_p256_key_is_refused(text: str) -> None:
    with pytest.raises(KeyRefusedError):
        SigningKey.read_jwk(text)


def test_a_key_signs_a_message_the_same_way_each_time() -> None:
    assert KEY.sign(b"intent") == KEY.sign(b"intent") != KEY.sign(b"other intent")


def test_a_signature_is_the_one_rfc_6979_works_out() -> None:
    # RFC 6979 A.2.5: P-256, SHA-256, message "sample".
    number = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    key = SigningKey.load(_pkcs8(ec.derive_private_key(number, ec.SECP256R1())))

    assert key.sign(b"sample") == bytes.fromhex(
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


def test_the_signature_of_rfc_7515_holds() -> None:
    # RFC 7515 A.3, which has no `kid` and so is no token of ours.
    key = parse_public_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        }
    )
    payload = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
    message = base64url.encode(b'{"alg":"ES256"}') + b"." + base64url.encode(payload)

    assert key.holds(
        base64url.decode(
            b"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
        message,
    )


def test_a_signature_holds_for_its_message_and_key_only() -> None:
    signature = KEY.sign(b"message")

    assert len(signature) == 64
    assert KEY.public.holds(signature, b"message")
    assert not KEY.public.holds(signature, b"messagf")
    assert not KEY.public.holds(signature[:-1], b"message")
    assert not KEY.public.holds(signature[:32] + b"\x00" + signature[32:], b"message")
    assert not KEY.public.holds(bytes(64), b"message")
    assert not SigningKey.generate().public.holds(signature, b"message")


def test_neither_half_of_a_key_shows_in_its_repr() -> None:
    assert "_private" not in repr(KEY)


def test_the_thumbprint_is_the_one_of_an_independent_library() -> None:
    assert KEY.public.thumbprint == ECKey.import_key({**KEY.public.jwk}).thumbprint()
    assert thumbprint(dict(KEY.public.jwk)) == KEY.public.jwk["kid"]


def test_the_thumbprint_is_that_of_the_w3c_vector(w3c_p256_jwk: dict[str, str]) -> None:
    assert parse_public_jwk(w3c_p256_jwk).thumbprint == w3c_p256_jwk["kid"]


def test_a_public_key_that_is_shown_is_read_back() -> None:
    read = parse_public_jwk(JWK)

    assert isinstance(read, VerificationKey)
    assert read == KEY.public
    assert read.jwk == JWK
    assert {"d", "p"}.isdisjoint(read.jwk)


@pytest.mark.parametrize("operations", [["verify"], ["sign", "verify"]])
def test_a_key_for_verifying_is_taken(operations: list[str]) -> None:
    assert parse_public_jwk(JWK | {"key_ops": operations}) == KEY.public


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"d": JWK["x"]}, PrivateKeyShownError),
        ({"k": "c2VjcmV0"}, PrivateKeyShownError),
        ({"kty": "oct"}, KeyTypeRefusedError),
        ({"kty": None}, KeyTypeRefusedError),
        ({"crv": "P-384"}, KeyTypeRefusedError),
        ({"crv": "secp256k1"}, KeyTypeRefusedError),
        ({"alg": "ES384"}, KeyUseRefusedError),
        ({"use": "enc"}, KeyUseRefusedError),
        ({"key_ops": ["sign"]}, KeyUseRefusedError),
        ({"key_ops": "verify"}, KeyUseRefusedError),
        ({"x": JWK["y"], "y": JWK["x"]}, KeyPointRefusedError),
        ({"x": "AAAA"}, KeyPointRefusedError),
        ({"x": "_" * 43}, KeyPointRefusedError),
        ({"x": "A" * 43, "y": "A" * 43}, KeyPointRefusedError),
        ({"y": None}, KeyPointRefusedError),
        ({"y": 7}, KeyPointRefusedError),
        ({"y": f"{JWK['y']}="}, KeyPointRefusedError),
    ],
)
def test_a_public_key_we_cannot_trust_is_refused_by_name(
    wrong: dict[str, object], refusal: type[KeyRefusedError]
) -> None:
    with pytest.raises(refusal):
        parse_public_jwk(JWK | wrong)


@pytest.mark.parametrize("thing", [None, "kty", [JWK], {"keys": [JWK]}])
def test_what_is_no_key_is_refused(thing: object) -> None:
    with pytest.raises(KeyTypeRefusedError):
        parse_public_jwk(thing)
