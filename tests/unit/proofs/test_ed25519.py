"""Ed25519 keys in their three spellings: PKCS#8 under seal, JWK and Multikey in public."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import base58, base64url
from shared.proofs.ed25519 import (
    Ed25519SigningKey,
    EdwardsKeyRefusedError,
    parse_ed25519_jwk,
    parse_multikey,
)
from shared.proofs.keys import KeyTypeRefusedError, PrivateKeyShownError, SigningKey
from shared.proofs.public_keys import parse_issuer_jwk

KEY = Ed25519SigningKey.generate()
# RFC 8037, appendix A.
THEIRS = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
THEIR_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
THEIR_INPUT = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
THEIR_SIGNATURE = (
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


def test_the_example_of_the_rfc_holds() -> None:
    key = parse_ed25519_jwk(THEIRS)

    assert key.thumbprint == THEIR_THUMBPRINT
    assert key.holds(base64url.decode_text(THEIR_SIGNATURE), THEIR_INPUT)
    assert not key.holds(base64url.decode_text(THEIR_SIGNATURE), THEIR_INPUT + b"x")


def test_a_key_comes_back_from_its_seal_and_from_both_public_forms() -> None:
    again = Ed25519SigningKey.load(KEY.store())

    assert again.public == KEY.public
    assert again.sign(b"it") == KEY.sign(b"it")
    assert parse_ed25519_jwk(KEY.public.jwk) == KEY.public
    assert parse_multikey(KEY.public.multikey) == KEY.public
    assert KEY.public.multikey.startswith("z6Mk")
    assert hash(parse_issuer_jwk(KEY.public.jwk)) == hash(KEY.public)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"d": "AA"}, PrivateKeyShownError),
        ({"kty": "EC"}, EdwardsKeyRefusedError),
        ({"crv": "Ed448"}, EdwardsKeyRefusedError),
        ({"x": 7}, EdwardsKeyRefusedError),
        ({"x": "AA"}, EdwardsKeyRefusedError),
        ({"x": "not base64url"}, EdwardsKeyRefusedError),
        ({"alg": "ES256"}, EdwardsKeyRefusedError),
        ({"use": "enc"}, EdwardsKeyRefusedError),
    ],
)
def test_what_is_not_quite_such_a_key_is_refused(
    changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        parse_ed25519_jwk(THEIRS | changed)


@pytest.mark.parametrize("text", [None, 7, "", "z", "z6Mk", "u" + "A" * 46, "z0OIl"])
def test_what_is_not_quite_a_multikey_is_refused(text: object) -> None:
    with pytest.raises(EdwardsKeyRefusedError):
        parse_multikey(text)


def test_a_key_of_another_kind_is_never_taken_for_this_one() -> None:
    p256 = SigningKey.generate()

    assert parse_issuer_jwk(p256.public.jwk) == p256.public
    with pytest.raises(EdwardsKeyRefusedError):
        Ed25519SigningKey.load(p256.store())
    with pytest.raises(KeyTypeRefusedError):
        SigningKey.load(KEY.store())
    with pytest.raises(EdwardsKeyRefusedError):
        Ed25519SigningKey.load(b"noise")


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"Hello World!", "z2NEpo7TZRRrLZSi2U"), (bytes.fromhex("0000287fb4cd"), "z11233QC4")],
)
def test_the_examples_of_base58_hold(raw: bytes, text: str) -> None:
    assert base58.encode(raw) == text
    assert base58.decode(text) == raw


@given(st.binary(max_size=80))
def test_base58_gives_back_what_was_written(raw: bytes) -> None:
    assert base58.decode(base58.encode(raw)) == raw


def test_a_very_long_base58_is_not_read() -> None:
    with pytest.raises(base58.Base58RefusedError):
        base58.decode("z" + "2" * 300)
