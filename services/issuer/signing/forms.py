"""The signed forms of a credential: what is signed for each, and how one is put together again."""

from services.issuer.credential import digest_of
from services.issuer.domain import Signatures
from shared.proofs import base64url, jws, vc_jwt
from shared.proofs.keys import ALGORITHM
from shared.proofs.vc_jwt import Form


def signing_input(payload: bytes, *, form: Form, kid: str) -> str:
    """Return what is signed for a form: header and payload (RFC 7515 5.1)."""
    header = {"alg": ALGORITHM, **vc_jwt.header(form, key_id=kid)}
    return jws.signing_input(payload, header=header)


def token(payload: bytes, *, form: Form, signatures: Signatures) -> str:
    """Put a signed form together again: header, payload, signature."""
    signature = signatures.jwt if form is Form.OPEN_BADGES else signatures.enveloped
    unsigned = signing_input(payload, form=form, kid=signatures.kid)
    return f"{unsigned}.{base64url.encode(signature).decode('ascii')}"


def digest_in(signed: str) -> str:
    """Return the digest of the payload in a token of our own."""
    return digest_of(base64url.decode_text(signed.split(".")[1]))
