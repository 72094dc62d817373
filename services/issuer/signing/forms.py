"""The signed forms of a credential: what is signed for each, and how one is put together again."""

from functools import lru_cache

from services.issuer.credential import digest_of
from services.issuer.domain import Signatures
from shared.proofs import base64url, jws, vc_jwt
from shared.proofs.keys import ALGORITHM
from shared.proofs.vc_jwt import Form


def signing_inputs(payload: bytes, *, kid: str) -> tuple[bytes, bytes]:
    """Return what is signed for both forms, Open Badges first: header and payload (RFC 7515 5.1).

    The payload is long, and the same in both: it is spelled once.
    """
    if len(payload) > jws.MAX_PAYLOAD_BYTES:
        raise jws.TooLargeError
    spelled = base64url.encode(payload)
    return _head(Form.OPEN_BADGES, kid) + spelled, _head(Form.ENVELOPED, kid) + spelled


def token(payload: bytes, *, form: Form, signatures: Signatures) -> str:
    """Put a signed form together again: header, payload, signature."""
    signature = signatures.jwt if form is Form.OPEN_BADGES else signatures.enveloped
    unsigned = _head(form, signatures.kid) + base64url.encode(payload)
    return (unsigned + b"." + base64url.encode(signature)).decode("ascii")


@lru_cache(maxsize=4096)
def _head(form: Form, kid: str) -> bytes:
    """Spell the header of a form, with the dot behind it: of a key it is always the same."""
    header = {"alg": ALGORITHM, **vc_jwt.header(form, key_id=kid)}
    return jws.signing_input(b"", header=header).encode("ascii")


def digest_in(signed: str) -> str:
    """Return the digest of the payload in a token of our own."""
    return digest_of(base64url.decode_text(signed.split(".")[1]))
