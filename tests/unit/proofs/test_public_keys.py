"""A public key of any kind is one key with one algorithm, however it was written."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import base58, base64url, jws
from shared.proofs.ed25519 import Ed25519SigningKey, EdwardsKeyRefusedError
from shared.proofs.foreign_keys import RsaKeyRefusedError, parse_curve_jwk
from shared.proofs.jws import SignatureRefusedError
from shared.proofs.keys import (
    KeyPointRefusedError,
    KeyRefusedError,
    KeyTypeRefusedError,
    KeyUseRefusedError,
    PrivateKeyShownError,
    SigningKey,
)
from shared.proofs.public_keys import (
    parse_any_jwk,
    parse_any_multikey,
    parse_verification_method,
)
from shared.strict_json import JsonObject

MESSAGE: Final = b"what was signed"
P256: Final = SigningKey.generate()
ED25519: Final = Ed25519SigningKey.generate()
P384: Final = ec.generate_private_key(ec.SECP384R1())
P521: Final = ec.generate_private_key(ec.SECP521R1())
RSA: Final = rsa.generate_private_key(65537, 2048)
SIZES: Final = {"P-384": 48, "P-521": 66}


def text(raw: bytes) -> str:
    return base64url.encode(raw).decode()


def curve_jwk(private: ec.EllipticCurvePrivateKey, name: str) -> JsonObject:
    numbers, size = private.public_key().public_numbers(), SIZES[name]
    x, y = (text(value.to_bytes(size)) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": name, "x": x, "y": y}


def rsa_jwk(private: rsa.RSAPrivateKey = RSA) -> JsonObject:
    numbers = private.public_key().public_numbers()
    return {"kty": "RSA", "n": text(numbers.n.to_bytes(private.key_size // 8)), "e": "AQAB"}


def multikey(codec: bytes, public: ec.EllipticCurvePublicKey) -> str:
    point = public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    return base58.encode(codec + point)


JWK384: Final = curve_jwk(P384, "P-384")
JWK521: Final = curve_jwk(P521, "P-521")
JWK_RSA: Final = rsa_jwk()


def signed(private: ec.EllipticCurvePrivateKey, name: str, hashed: hashes.HashAlgorithm) -> bytes:
    r, s = decode_dss_signature(private.sign(MESSAGE, ec.ECDSA(hashed)))
    return r.to_bytes(SIZES[name]) + s.to_bytes(SIZES[name])


def pss() -> bytes:
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    return RSA.sign(MESSAGE, salted, hashes.SHA256())


@pytest.mark.parametrize(
    ("jwk", "algorithm", "signature"),
    [
        (P256.public.jwk, "ES256", P256.sign(MESSAGE)),
        (ED25519.public.jwk, "Ed25519", ED25519.sign(MESSAGE)),
        (JWK384, "ES384", signed(P384, "P-384", hashes.SHA384())),
        (JWK521, "ES512", signed(P521, "P-521", hashes.SHA512())),
        (JWK_RSA, "RS256", RSA.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA256())),
        (JWK_RSA | {"alg": "PS256"}, "PS256", pss()),
    ],
    ids=["ES256", "Ed25519", "ES384", "ES512", "RS256", "PS256"],
)
def test_each_kind_holds_for_what_it_signed(jwk: Any, algorithm: str, signature: bytes) -> None:
    key = parse_any_jwk(jwk)

    assert key.algorithm == algorithm
    assert len(key.thumbprint) == 43
    assert key.holds(signature, MESSAGE)
    assert not key.holds(signature, MESSAGE + b".")
    assert not key.holds(signature[:-1], MESSAGE)
    assert not key.holds(bytes(len(signature)), MESSAGE)
    assert key == parse_any_jwk({**jwk, "kid": "another name"})


def test_a_multikey_is_the_same_key_as_its_jwk() -> None:
    p256 = ec.generate_private_key(ec.SECP256R1())
    numbers = p256.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-256", "x": text(numbers.x.to_bytes(32))}
    jwk |= {"y": text(numbers.y.to_bytes(32))}

    assert parse_any_multikey(multikey(b"\x80\x24", p256.public_key())) == parse_any_jwk(jwk)
    assert parse_any_multikey(multikey(b"\x81\x24", P384.public_key())) == parse_any_jwk(JWK384)
    assert parse_any_multikey(ED25519.public.multikey) == ED25519.public


def test_a_method_shows_its_key_in_one_way() -> None:
    shown: JsonObject = {"publicKeyMultibase": ED25519.public.multikey}
    jwk: JsonObject = {"publicKeyJwk": {**P256.public.jwk}}

    for kind in ("Multikey", "Ed25519VerificationKey2020"):
        assert parse_verification_method({"type": kind, **shown}) == ED25519.public
    for kind in ("JsonWebKey", "JsonWebKey2020"):
        assert parse_verification_method({"type": kind, **jwk}) == P256.public
    wrong: list[JsonObject] = [
        {"type": "Multikey", **shown, **jwk},
        {"type": "JsonWebKey", **shown, **jwk},
        {"type": "JsonWebKey"},
        {"type": ["Multikey"], **shown},
        {"type": "EcdsaSecp256k1VerificationKey2019", **shown},
    ]
    for method in wrong:
        with pytest.raises(KeyRefusedError):
            parse_verification_method(method)


@pytest.mark.parametrize(
    ("jwk", "refusal"),
    [
        ("x", KeyTypeRefusedError),
        ({"kty": "oct", "k": "AAAA"}, PrivateKeyShownError),
        (JWK384 | {"d": "AAAA"}, PrivateKeyShownError),
        (JWK_RSA | {"p": "AAAA"}, PrivateKeyShownError),
        ({"kty": ["EC"]}, KeyTypeRefusedError),
        ({"kty": "EC", "crv": {}}, KeyTypeRefusedError),
        ({"kty": "OKP", "crv": "Ed25519", "x": "", "alg": []}, KeyTypeRefusedError),
        ({"kty": "OKP", "crv": "X25519", "x": ED25519.public.jwk["x"]}, EdwardsKeyRefusedError),
        ({"kty": "EC", "crv": "secp256k1", "x": "", "y": ""}, KeyTypeRefusedError),
        (JWK384 | {"crv": "P-256"}, KeyPointRefusedError),
        (JWK384 | {"crv": "P-521"}, KeyPointRefusedError),
        (JWK384 | {"x": JWK384["y"]}, KeyPointRefusedError),
        (JWK384 | {"x": "AA"}, KeyPointRefusedError),
        (JWK384 | {"x": 5}, KeyPointRefusedError),
        (JWK384 | {"alg": "ES256"}, KeyUseRefusedError),
        (JWK384 | {"use": "enc"}, KeyUseRefusedError),
        (JWK384 | {"key_ops": ["sign"]}, KeyUseRefusedError),
        (JWK384 | {"key_ops": "verify"}, KeyUseRefusedError),
        (JWK_RSA | {"alg": "RS1"}, KeyUseRefusedError),
        (JWK_RSA | {"e": "Aw"}, RsaKeyRefusedError),
        (JWK_RSA | {"n": "AQAB"}, RsaKeyRefusedError),
        (JWK_RSA | {"n": text(b"\0" + bytes(255))}, RsaKeyRefusedError),
        (JWK_RSA | {"n": text(b"\xff" * 1024)}, RsaKeyRefusedError),
        (JWK_RSA | {"n": text(b"\x80" + bytes(255))}, RsaKeyRefusedError),
        (JWK_RSA | {"n": str(JWK_RSA["n"]) + "="}, RsaKeyRefusedError),
        (JWK_RSA | {"n": 5}, RsaKeyRefusedError),
    ],
)
def test_what_is_no_key_to_check_with_is_refused_by_name(
    jwk: object, refusal: type[KeyRefusedError]
) -> None:
    with pytest.raises(refusal):
        parse_any_jwk(jwk)


def test_a_curve_that_is_not_read_here_is_refused() -> None:
    with pytest.raises(KeyPointRefusedError):
        parse_curve_jwk(JWK384 | {"crv": "secp256k1"})


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "uAAAA",
        base58.encode(b""),
        base58.encode(b"\xe7\x01" + bytes(33)),
        base58.encode(b"\xed\x01" + bytes(31)),
        base58.encode(b"\x80\x24" + b"\x02" + bytes(31)),
        base58.encode(b"\x80\x24" + b"\x02" + b"\xff" * 32),
        base58.encode(b"\x80\x24" + b"\x04" + bytes(64)),
        base58.encode(b"\x81\x24" + b"\x02" + b"\xff" * 48),
    ],
)
def test_what_is_no_multikey_is_refused(written: object) -> None:
    with pytest.raises(KeyRefusedError):
        parse_any_multikey(written)


WORDS: Final = st.sampled_from(["EC", "OKP", "RSA", "P-256", "P-384", "Ed25519", "AQAB", "sig"])


@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops"]),
        WORDS | st.none() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_anything_at_all_is_a_key_or_refused(jwk: dict[str, object]) -> None:
    with pytest.raises(KeyRefusedError):
        parse_any_jwk(jwk)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("credential-jose-minimal", "p256"),
        ("credential-jose-unknown-extensions", "p521"),
        ("presentation-jose-multiple", "p384"),
        ("credential-issuer-match-signed", "ed25519"),
        ("presentation-jose-bad-credential", "ed25519"),
    ],
)
def test_w3c_tokens_are_believed_with_keys_of_every_kind(
    vectors: Path, name: str, key: str
) -> None:
    folder = vectors / "vc-jose-cose"
    methods = {
        one: json.loads((folder / f"vm-{one}.json").read_text())
        for one in ("p256", "p384", "p521", "ed25519")
    }
    read = jws.parse(
        (folder / f"{name}.txt").read_text().strip(),
        types={"vc+jwt", "vp+jwt"},
        algorithms={"ES256", "ES384", "ES512", "EdDSA"},
    )

    for one, method in methods.items():
        public = parse_any_jwk(method["publicKeyJwk"])
        if one == key:
            jws.verify(read, key=public)
        else:
            with pytest.raises(SignatureRefusedError):
                jws.verify(read, key=public)
