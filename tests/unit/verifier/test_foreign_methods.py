"""A did:key and a did:jwk are a key, in one spelling, and nobody needs to be asked for it."""

import base64
import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verifier.foreign.findings import ForeignCode, ForeignRefusedError
from services.verifier.foreign.methods import find_places, read_own_key
from shared.proofs import base58
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.public_keys import parse_any_jwk
from shared.strict_json import JsonObject

# W3C CCG did:key, test-vectors/nist-curves.json and section 7.
KEYS: Final[dict[str, JsonObject]] = {
    "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK": {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "Lm_M42cB3HkUiODQsXRcweM6TByfzEHGO9ND274JcOY",
    },
    "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv": {
        "kty": "EC",
        "crv": "P-256",
        "x": "igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns",
        "y": "efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM",
    },
    "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169": {
        "kty": "EC",
        "crv": "P-256",
        "x": "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI",
        "y": "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU",
    },
    "z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9": {
        "kty": "EC",
        "crv": "P-384",
        "x": "lInTxl8fjLKp_UCrxI0WDklahi-7-_6JbtiHjiRvMvhedhKVdHBfi2HCY8t_QJyc",
        "y": "y6N1IC-2mXxHreETBW7K3mBcw0qGr3CWHCs-yl09yCQRLcyfGv7XhqAngHOu51Zv",
    },
    "z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54": {
        "kty": "EC",
        "crv": "P-384",
        "x": "CA-iNoHDg1lL8pvX3d1uvExzVfCz7Rn6tW781Ub8K5MrDf2IMPyL0RTDiaLHC1JT",
        "y": "Kpnrn8DkXUD3ge4mFxi-DKr0DYO2KuJdwNBrhzLRtfMa3WFMZBiPKUPfJj8dYNl_",
    },
}
# did:jwk, the P-256 example of its specification.
DID_JWK: Final = (
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6"
    "OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
)
DID_JWK_KEY: Final = {
    "kty": "EC",
    "crv": "P-256",
    "x": "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",
    "y": "_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE",
}
P256: Final = "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
POINT: Final = base58.decode(P256)[2:]


def refusal(issuer: str, kid: str) -> ForeignCode:
    """Say why nothing is looked up."""
    with pytest.raises(ForeignRefusedError) as refused:
        read_own_key(issuer, kid) or find_places(issuer, kid)
    return refused.value.code


def multikey(codec: bytes, raw: bytes) -> str:
    """Write bytes as a did:key and the id of its key."""
    return f"did:key:{base58.encode(codec + raw)}"


def did_jwk(text: str) -> str:
    """Write any text as a did:jwk."""
    return "did:jwk:" + base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("multibase", KEYS)
def test_a_did_key_is_the_key_of_the_specification(multibase: str) -> None:
    did = f"did:key:{multibase}"

    for kid in (f"{did}#{multibase}", f"#{multibase}"):
        key = read_own_key(did, kid)
        assert key is not None
        assert key.thumbprint == parse_any_jwk(KEYS[multibase]).thumbprint


def test_a_did_jwk_is_the_key_of_the_specification() -> None:
    key = read_own_key(DID_JWK, f"{DID_JWK}#0")

    assert key is not None
    assert key.thumbprint == parse_any_jwk(DID_JWK_KEY).thumbprint


@pytest.mark.parametrize(
    ("did", "code"),
    [
        (multikey(b"\x80\x24", b"\x04" + POINT[1:] + bytes(32)), ForeignCode.KEY_KIND),
        (multikey(b"\x80\x24", b"\x05" + POINT[1:]), ForeignCode.KEY_KIND),
        (multikey(b"\x80\x24", POINT + b"\0"), ForeignCode.KEY_UNREADABLE),
        (multikey(b"\x80\x24", b"\x02" + b"\xff" * 32), ForeignCode.KEY_UNREADABLE),
        (multikey(b"\x81\x24", POINT), ForeignCode.KEY_UNREADABLE),
        (multikey(b"\xed\x01", bytes(31)), ForeignCode.KEY_UNREADABLE),
        (multikey(b"\xe7\x01", POINT), ForeignCode.KEY_KIND),
        (multikey(b"", POINT), ForeignCode.KEY_KIND),
        ("did:key:z1" + P256[1:], ForeignCode.KEY_KIND),
        ("did:key:z" + "2" * 5000, ForeignCode.ID_REFUSED),
        ("did:key:" + P256[1:], ForeignCode.KEY_KIND),
        ("did:key:z0OIl", ForeignCode.KEY_KIND),
        ("did:key:", ForeignCode.ID_REFUSED),
        (f"did:key:1.1:{P256}", ForeignCode.KEY_KIND),
    ],
)
def test_what_is_no_multikey_is_no_did_key(did: str, code: ForeignCode) -> None:
    assert refusal(did, f"{did}#{did.removeprefix('did:key:')}") is code


@pytest.mark.parametrize(
    ("did", "code"),
    [
        (did_jwk(json.dumps(DID_JWK_KEY | {"d": "AA"})), ForeignCode.KEY_PRIVATE_PART),
        (did_jwk(json.dumps(DID_JWK_KEY | {"use": "enc"})), ForeignCode.KEY_NOT_FOR_ASSERTION),
        (did_jwk(json.dumps({"kty": "oct", "x": "AA"})), ForeignCode.KEY_KIND),
        (did_jwk(json.dumps(DID_JWK_KEY | {"y": "AA"})), ForeignCode.KEY_UNREADABLE),
        (did_jwk('{"kty":"EC","kty":"OKP"}'), ForeignCode.ID_REFUSED),
        (did_jwk("[1]"), ForeignCode.ID_REFUSED),
        (did_jwk("[" * 1000), ForeignCode.ID_REFUSED),
        (did_jwk(json.dumps(DID_JWK_KEY)) + "=", ForeignCode.ID_REFUSED),
        (DID_JWK[:-1] + "+", ForeignCode.ID_REFUSED),
        ("did:jwk:", ForeignCode.ID_REFUSED),
    ],
)
def test_what_is_no_public_jwk_is_no_did_jwk(did: str, code: ForeignCode) -> None:
    assert refusal(did, f"{did}#0") is code


def test_a_key_of_another_is_not_the_key_of_this_did() -> None:
    did = f"did:key:{P256}"

    assert refusal(did, f"{did}#z6MkhaXg") is ForeignCode.KEY_OF_ANOTHER
    assert refusal(did, f"{DID_JWK}#0") is ForeignCode.KEY_OF_ANOTHER
    assert refusal(DID_JWK, f"{DID_JWK}#1") is ForeignCode.KEY_OF_ANOTHER
    assert refusal(did, P256) is ForeignCode.KEY_UNKNOWN


@given(st.binary(min_size=32, max_size=32))
def test_every_ed25519_key_is_a_did_key_and_back(seed: bytes) -> None:
    public = Ed25519SigningKey.from_seed(seed).public

    key = read_own_key(f"did:key:{public.multikey}", f"#{public.multikey}")

    assert key == public
