"""Tokens as a forger would make them, besides those of an honest issuer.

Apart from the cases, because two modules of them are read with the same forgeries; no tests.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from shared.proofs.keys import SigningKey
from tests.unit.proofs.sd_jwts import digest, disclosure
from tests.unit.verifier.cases.entry import HONEST
from tests.unit.verifier.forge import (
    KEY,
    Payload,
    a_payload,
    b64,
    changed,
    drop,
    header,
    put,
    sign,
)

RSA_KEY: Final = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
P384_KEY: Final = ec.generate_private_key(ec.SECP384R1())
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def head(**members: object) -> str:
    """Sign an honest payload under a header that is not."""
    return sign(a_payload(), head=header(**members))


def written(head_: Mapping[str, object], payload: object, signer: Callable[[bytes], bytes]) -> str:
    """Write a token with whatever signature."""
    unsigned = ".".join(b64(json.dumps(part).encode()) for part in (head_, payload))
    return f"{unsigned}.{b64(signer(unsigned.encode()))}"


def with_secret(secret: bytes, **members: object) -> str:
    """Sign with a public key as if it were a secret that only two know."""
    return written(
        header(alg="HS256", **members),
        a_payload(),
        lambda unsigned: hmac.digest(secret, unsigned, hashlib.sha256),
    )


def rs256(unsigned: bytes) -> bytes:
    """Sign with a key of RSA."""
    return RSA_KEY.sign(unsigned, padding.PKCS1v15(), hashes.SHA256())


def pem_of(key: SigningKey | rsa.RSAPrivateKey) -> bytes:
    """Return the public half as everybody may have it."""
    private = key if isinstance(key, rsa.RSAPrivateKey) else _private(key)
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _private(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    loaded = serialization.load_der_private_key(key.store(), password=None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return loaded


def of_did_jwk(jwk: Mapping[str, str], **members: object) -> tuple[Payload, Payload]:
    """Return header and payload of an issuer whose very name is this key."""
    did = f"did:jwk:{b64(json.dumps(jwk).encode())}"
    claims = changed(put("issuer/id", did), put("iss", did))
    return header(kid=f"{did}#0", **members), claims


def p384_jwk() -> dict[str, str]:
    """Return a public key on P-384."""
    numbers = P384_KEY.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-384",
        "x": b64(numbers.x.to_bytes(48)),
        "y": b64(numbers.y.to_bytes(48)),
    }


def es256_by_p384() -> str:
    """Say ES256 over a key on P-384, with a signature that fits a key on P-256."""
    head_, claims = of_did_jwk(p384_jwk())
    return written(head_, claims, KEY.sign)


def resigned(signature: bytes) -> str:
    """Put another signature below an honest token."""
    return f"{HONEST.rpartition('.')[0]}.{b64(signature)}"


def der_signature() -> bytes:
    """Write the honest signature as X.509 would."""
    raw = base64.urlsafe_b64decode(HONEST.rpartition(".")[2] + "==")
    halves = [int.from_bytes(raw[:32]), int.from_bytes(raw[32:])]
    parts = [number.to_bytes(33).lstrip(b"\0") for number in halves]
    padded = [b"\0" + part if part[0] > 127 else part for part in parts]
    body = b"".join(b"\x02" + bytes([len(part)]) + part for part in padded)
    return b"\x30" + bytes([len(body)]) + body


def tampered() -> str:
    """Change what was earned, below the honest signature."""
    head_, payload, signature = HONEST.split(".")
    content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return f"{head_}.{b64(content.replace(b'5.0', b'9.0'))}.{signature}"


def other_last_bits() -> str:
    """Spell the last byte of the signature with bits that mean nothing."""
    return HONEST[:-1] + ALPHABET[ALPHABET.index(HONEST[-1]) ^ 1]


def in_json(*, flattened: bool) -> str:
    """Write an honest token in one of the two JSON serializations (RFC 7515 §7.2)."""
    protected, payload, signature = HONEST.split(".")
    signed = {"protected": protected, "signature": signature}
    rest = signed if flattened else {"signatures": [signed]}
    return json.dumps({"payload": payload, **rest})


def cut_sd_jwt(typ: str) -> str:
    """Cut the tail off a token that keeps something back."""
    hidden = disclosure("c2FsdA", "name", "Inleiding kwantumcomputers")
    claims = changed(drop("name"), put("_sd", [digest(hidden)]), put("_sd_alg", "sha-256"))
    return sign(claims, head=header(typ=typ))
