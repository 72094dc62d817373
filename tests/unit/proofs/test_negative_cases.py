"""The JOSE cases a verifier must refuse: credentials.md section 8, numbers 1 to 20, one by one.

Each attack is a token (and, where the attack is on the key, a document) that a careless reader
would believe; `believe` is what a careful reader does.
"""

import hmac
import json
from collections.abc import Callable
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from shared.proofs import ProofRefusedError, base64url, jws, vc_jwt
from shared.proofs.did_documents import (
    KeyDocumentRefusedError,
    KeyNotForAssertionError,
    KeyOfAnotherError,
    KeyUnknownError,
    PublishedKey,
    did_document,
    find_key,
    jwk_set,
    key_id,
    read_document,
)
from shared.proofs.keys import KeyTypeRefusedError, SigningKey
from shared.strict_json import JsonObject, JsonValue

ISSUER: Final = "did:web:issuer.example.nl:issuers:00000099000000210000"
OTHER: Final = "did:web:issuer.example.nl:issuers:00000099000000990000"
KEY, ATTACKER = SigningKey.generate(), SigningKey.generate()
KID = key_id(ISSUER, KEY.public)
DOCUMENT = json.dumps(did_document(ISSUER, [PublishedKey(key=KEY.public)])).encode()
HEADER: JsonObject = {"alg": "ES256", "kid": KID, "typ": "JWT"}
PAYLOAD = b'{"id":"urn:uuid:1","issuer":{"id":"%s"}}' % ISSUER.encode()


def believe(token: str | bytes, document: bytes = DOCUMENT) -> None:
    """Read a credential token of ISSUER and verify it with the key in the issuer's document."""
    read, _claims = vc_jwt.read(token)
    jws.verify(read, key=find_key(read_document(document), issuer=ISSUER, key_id=read.key_id))


def _signed(
    header: JsonObject | bytes = HEADER,
    payload: bytes = PAYLOAD,
    *,
    by: Callable[[bytes], bytes] = KEY.sign,
) -> str:
    spelled = header if isinstance(header, bytes) else json.dumps(header).encode()
    unsigned = base64url.encode(spelled) + b"." + base64url.encode(payload)
    return (unsigned + b"." + base64url.encode(by(unsigned))).decode()


def _with(**members: JsonValue) -> str:
    return _signed(HEADER | members)


def _without(*members: str) -> JsonObject:
    return {name: value for name, value in HEADER.items() if name not in members}


def _parts() -> list[str]:
    return _signed().split(".")


def _rsa(message: bytes) -> bytes:
    private = rsa.generate_private_key(65537, 2048)
    return private.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _p384(message: bytes) -> bytes:
    return ec.generate_private_key(ec.SECP384R1()).sign(message, ec.ECDSA(hashes.SHA256()))


def _public_key_as_secret(message: bytes) -> bytes:
    return hmac.digest(json.dumps(KEY.public.jwk).encode(), message, "sha256")


def _der(message: bytes) -> bytes:
    raw = KEY.sign(message)
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def _other_last_character(segment: str) -> str:
    # A signature of 64 bytes leaves four bits of its last character unused; set one of them.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return segment[:-1] + alphabet[alphabet.index(segment[-1]) + 1]


_P384_JWK: Final = {**KEY.public.jwk, "crv": "P-384", "alg": "ES384"}
_TWO_KEYS: Final = jwk_set(
    ISSUER, [PublishedKey(key=KEY.public), PublishedKey(key=ATTACKER.public)]
)
_SECOND_TYP: Final = b'{"typ":"JWT","alg":"none","alg":"ES256","kid":"%s"}' % KID.encode()

TOKENS: Final = [
    ("01-alg-none", _signed(HEADER | {"alg": "none"}, by=lambda _: b""), jws.AlgorithmRefusedError),
    ("02-alg-None", _with(alg="None"), jws.AlgorithmRefusedError),
    ("02-alg-nOnE", _with(alg="nOnE"), jws.AlgorithmRefusedError),
    (
        "03-hmac-with-public-key",
        _signed(HEADER | {"alg": "HS256"}, by=_public_key_as_secret),
        jws.AlgorithmRefusedError,
    ),
    ("04-rs256-for-ec-key", _signed(HEADER | {"alg": "RS256"}, by=_rsa), jws.AlgorithmRefusedError),
    ("04-es256-with-p384", _signed(by=_p384), jws.SignatureRefusedError),
    ("05-ps256", _with(alg="PS256"), jws.AlgorithmRefusedError),
    ("05-rs384", _with(alg="RS384"), jws.AlgorithmRefusedError),
    ("05-eddsa", _with(alg="EdDSA"), jws.AlgorithmRefusedError),
    (
        "06-jwk-of-the-attacker",
        _signed(HEADER | {"jwk": {**ATTACKER.public.jwk}}, by=ATTACKER.sign),
        jws.KeyInHeaderError,
    ),
    (
        "06-jwk-of-the-attacker-instead-of-kid",
        _signed(_without("kid") | {"jwk": {**ATTACKER.public.jwk}}, by=ATTACKER.sign),
        jws.KeyInHeaderError,
    ),
    ("07-jku", _with(jku="https://attacker.example/jwks.json"), jws.KeyInHeaderError),
    ("07-x5u", _with(x5u="https://attacker.example/cert.pem"), jws.KeyInHeaderError),
    ("07-x5c", _with(x5c=["MIIB"]), jws.KeyInHeaderError),
    ("07-x5t", _with(x5t="c2hhMQ"), jws.KeyInHeaderError),
    ("08-jwk-with-d", _with(jwk={**KEY.public.jwk, "d": "AA"}), jws.KeyInHeaderError),
    (
        "09-kid-of-another-issuer",
        _signed(HEADER | {"kid": key_id(OTHER, ATTACKER.public)}, by=ATTACKER.sign),
        KeyUnknownError,
    ),
    ("11-path-traversal", _with(kid=f"{ISSUER}/../../x#{KEY.public.thumbprint}"), KeyUnknownError),
    ("11-userinfo", _with(kid="https://issuer.example.nl@127.0.0.1/key"), KeyUnknownError),
    ("11-private-address", _with(kid="https://10.0.0.1/keys/1"), KeyUnknownError),
    ("11-other-port", _with(kid=KID.replace("example.nl", "example.nl%3A8443")), KeyUnknownError),
    ("11-link-local", _with(kid="http://169.254.169.254/latest"), KeyUnknownError),
    ("11-white-space", _with(kid=f"{KID}\r\nHost: x"), jws.KeyIdRefusedError),
    *(
        (f"13-typ-{typ}", _with(typ=typ), jws.TypeRefusedError)
        for typ in ("at+jwt", "statuslist+jwt", "vp+jwt", "dc+sd-jwt", "bad+typ", "")
    ),
    ("14-crit-unknown", _with(crit=["urn:x"], **{"urn:x": 1}), jws.CriticalRefusedError),
    ("14-crit-empty", _with(crit=[]), jws.CriticalRefusedError),
    ("14-crit-absent-member", _with(crit=["exp"]), jws.CriticalRefusedError),
    ("15-b64-false", _with(b64=False), jws.UnencodedPayloadRefusedError),
    ("15-b64-false-crit", _with(b64=False, crit=["b64"]), jws.CriticalRefusedError),
    ("16-duplicate-member", _signed(_SECOND_TYP), jws.HeaderDuplicateError),
    ("17-two-segments", ".".join(_parts()[:2]), jws.SegmentsRefusedError),
    ("17-four-segments", f"{_signed()}.", jws.SegmentsRefusedError),
    ("17-no-signature", ".".join([*_parts()[:2], ""]), jws.SegmentsRefusedError),
    (
        "17-json-serialization",
        json.dumps(dict(zip(("protected", "payload", "signature"), _parts(), strict=True))),
        jws.SegmentsRefusedError,
    ),
    ("17-padding", f"{_signed()}==", base64url.PaddingRefusedError),
    ("17-newline", f"{_signed()}\n", base64url.AlphabetRefusedError),
    ("17-leading-space", f" {_signed()}", base64url.AlphabetRefusedError),
    (
        "17-standard-alphabet",
        ".".join([*_parts()[:2], "+/" + _parts()[2][2:]]),
        base64url.AlphabetRefusedError,
    ),
    ("17-trailing-bits", _other_last_character(_signed()), base64url.TrailingBitsRefusedError),
    ("18-der-signature", _signed(by=_der), jws.SignatureRefusedError),
    ("18-zero-r-and-s", _signed(by=lambda _: bytes(64)), jws.SignatureRefusedError),
    ("18-truncated", _signed(by=lambda m: KEY.sign(m)[:63]), jws.SignatureRefusedError),
    (
        "18-stretched",
        _signed(by=lambda m: KEY.sign(m)[:32] + b"\x00" + KEY.sign(m)[32:]),
        jws.SignatureRefusedError,
    ),
    (
        "18-tampered-payload",
        ".".join([_parts()[0], base64url.encode(PAYLOAD + b" ").decode(), _parts()[2]]),
        jws.SignatureRefusedError,
    ),
    ("18-another-key", _signed(by=ATTACKER.sign), jws.SignatureRefusedError),
    (
        "19-sd-jwt-without-its-tail",
        _signed(payload=b'{"_sd":["x"],"_sd_alg":"sha-256"}'),
        vc_jwt.DisclosureCutError,
    ),
    ("19-sd-jwt-with-its-tail", f"{_signed()}~WyJhIl0~", base64url.AlphabetRefusedError),
    ("20-vc-claim", _signed(payload=b'{"id":"urn:x","vc":{}}'), vc_jwt.EnvelopeClaimError),
    ("20-vp-claim", _signed(payload=b'{"id":"urn:x","vp":{}}'), vc_jwt.EnvelopeClaimError),
]

DOCUMENTS: Final = [
    (
        "09-document-of-another",
        did_document(OTHER, [PublishedKey(key=KEY.public)]),
        KeyOfAnotherError,
    ),
    (
        "10-not-in-assertion-methods",
        json.loads(DOCUMENT) | {"assertionMethod": []},
        KeyNotForAssertionError,
    ),
    ("12-key-set-with-several-keys", _TWO_KEYS, KeyDocumentRefusedError),
    ("12-html", b"<!doctype html><title>Log in</title>", KeyDocumentRefusedError),
    ("12-over-64-kB", DOCUMENT + b" " * 65_536, KeyDocumentRefusedError),
    (
        "04-document-with-p384",
        json.loads(DOCUMENT)
        | {
            "verificationMethod": [
                {"id": KID, "type": "JsonWebKey", "controller": ISSUER, "publicKeyJwk": _P384_JWK}
            ]
        },
        KeyTypeRefusedError,
    ),
]


def test_the_token_the_attacks_start_from_is_believed() -> None:
    believe(_signed())


@pytest.mark.parametrize(
    ("token", "refusal"), [case[1:] for case in TOKENS], ids=[case[0] for case in TOKENS]
)
def test_a_token_is_refused(token: str, refusal: type[ProofRefusedError]) -> None:
    with pytest.raises(refusal) as refused:
        believe(token)
    assert refused.type is refusal


@pytest.mark.parametrize(
    ("document", "refusal"), [case[1:] for case in DOCUMENTS], ids=[case[0] for case in DOCUMENTS]
)
def test_a_key_document_is_refused(
    document: JsonObject | bytes, refusal: type[ProofRefusedError]
) -> None:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()

    with pytest.raises(refusal) as refused:
        believe(_signed(), raw)
    assert refused.type is refusal


def test_every_number_from_1_to_20_has_its_case() -> None:
    assert {int(case[0][:2]) for case in [*TOKENS, *DOCUMENTS]} == set(range(1, 21))
