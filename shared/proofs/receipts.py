"""RFC 7515 receipts of verifications: signed by a verifier, believed by anybody who has its key.

Separate from the verifier, because who kept a receipt checks it years later, without asking anybody
and without running a verifier. A receipt is a compact JWS (ES256) with `typ`
`verification-receipt+jwt`, `kid` the RFC 7638 thumbprint of the verifier's key, and as payload one
`shared.contracts.receipt.Receipt` in its one canonical form (RFC 8785).

A receipt is believed when, in this order:
 1. it is one JWS of that type, in our profile (`jws`);
 2. its `kid` is one of the keys it may be signed with (RFC 7517);
 3. the signature was made over exactly these bytes with that key (RFC 7515 5.2);
 4. the payload is a receipt, written in its one canonical form.
Whether it is about the credential somebody holds is another question: `is_about`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from shared.contracts.receipt import Receipt
from shared.proofs import ProofRefusedError, jws
from shared.proofs.keys import KeyRefusedError, SigningKey, VerificationKey, parse_public_jwk
from shared.strict_json import JsonObject, JsonRefusedError, canonical, load_object

TYPE: Final = "verification-receipt+jwt"
MAX_RECEIPT_CHARACTERS: Final = 128 * 1024
MAX_KEY_SET_BYTES: Final = 64 * 1024
_BLANK: Final = b" \t\r\n"
_TOKEN: Final = re.compile(rb"[A-Za-z0-9_.~\- \t\r\n]*+")


class ReceiptRefusedError(ProofRefusedError):
    """The receipt is not one that a verifier signed."""

    code = "receipt-refused"
    dutch = "De bevestiging is er geen die een controleur ondertekende."


class ReceiptTooLargeError(ReceiptRefusedError):
    """The receipt is larger than a receipt ever is."""

    code = "receipt-too-large"
    dutch = "De bevestiging is groter dan een bevestiging ooit is."


class ReceiptKeyUnknownError(ReceiptRefusedError):
    """The receipt was signed with a key that is not among the verifier's keys."""

    code = "receipt-key-unknown"
    dutch = "De bevestiging is ondertekend met een sleutel die niet van de controleur is."


class ReceiptContentError(ReceiptRefusedError):
    """What was signed is not a receipt in its one canonical form."""

    code = "receipt-content"
    dutch = "Wat is ondertekend, is geen bevestiging in de ene vorm die daarvoor is."


class ReceiptKeysRefusedError(ReceiptRefusedError):
    """The keys are not a JWK Set with a key that signs receipts."""

    code = "receipt-keys"
    dutch = "De sleutels zijn geen JWK Set met een sleutel die bevestigingen ondertekent."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReceipt:
    """A receipt with the signature it is believed by."""

    content: Receipt
    token: str
    key_id: str


def sign_receipt(content: Receipt, *, key: SigningKey) -> SignedReceipt:
    """Sign a receipt; the same receipt and key always give the same token (RFC 6979)."""
    said = content.model_dump(mode="json", by_alias=True, exclude_none=True)
    thumbprint = key.public.thumbprint
    token = jws.sign(canonical(said), key=key, header={"typ": TYPE, "kid": thumbprint})
    return SignedReceipt(content=content, token=token, key_id=thumbprint)


def read_receipt(token: str | bytes, *, keys: Mapping[str, VerificationKey]) -> SignedReceipt:
    """Believe a receipt signed with one of these keys, by thumbprint; raise ProofRefusedError."""
    spelled = token if isinstance(token, bytes) else token.encode(errors="replace")
    if len(spelled) > MAX_RECEIPT_CHARACTERS:
        raise ReceiptTooLargeError
    signed = jws.parse(spelled, types=[TYPE])  # 1
    key = keys.get(signed.key_id)  # 2
    if key is None:
        raise ReceiptKeyUnknownError
    jws.verify(signed, key=key)  # 3
    claims = jws.read_claims(signed)  # 4
    if canonical(claims) != signed.payload:
        raise ReceiptContentError
    try:
        content = Receipt.model_validate_json(signed.payload)
    except ValidationError:
        raise ReceiptContentError from None
    return SignedReceipt(content=content, token=spelled.decode("ascii"), key_id=signed.key_id)


def read_key_set(document: bytes | str) -> Mapping[str, VerificationKey]:
    """Return the P-256 keys of a JWK Set by thumbprint; others are passed over (RFC 7517 5).

    At most 64 kB. Raises ReceiptKeysRefusedError when it is none, or has no key we can use.
    """
    try:
        members = load_object(document, max_bytes=MAX_KEY_SET_BYTES).get("keys")
    except JsonRefusedError as refusal:
        raise ReceiptKeysRefusedError(faults=refusal.faults) from None
    found = {key.thumbprint: key for key in _usable(members if isinstance(members, list) else ())}
    if not found:
        raise ReceiptKeysRefusedError
    return found


def key_set(keys: Iterable[VerificationKey]) -> JsonObject:
    """Return public keys as a JWK Set (RFC 7517 5), each once and in this order."""
    shown: dict[str, JsonObject] = {key.thumbprint: {**key.jwk} for key in keys}
    return {"keys": [*shown.values()]}


def digest_of(handed: bytes) -> str:
    """Return the SHA-256 by which a receipt names what was handed in, in hexadecimal.

    A token is the same when a mail broke it into lines, and JSON when a page or a machine ended its
    lines in another way; anything else is named byte for byte.
    """
    if _TOKEN.fullmatch(handed):
        spelled = b"".join(handed.split())
    elif handed.lstrip(_BLANK).startswith(b"{"):
        spelled = handed.strip(_BLANK).replace(b"\r\n", b"\n")
    else:
        spelled = handed
    return hashlib.sha256(spelled).hexdigest()


def file_digest_of(file: bytes) -> str:
    """Return the SHA-256 of a file, byte for byte, in hexadecimal."""
    return hashlib.sha256(file).hexdigest()


def is_of_file(content: Receipt, file: bytes) -> bool:
    """Tell whether this is exactly the file that was handed in; false when none is stated."""
    stated = content.handed_in.file
    return stated is not None and stated.sha256 == file_digest_of(file)


def is_about(content: Receipt, handed: bytes) -> bool:
    """Tell whether these bytes are what was handed in, or the credential that was found in it."""
    about = content.handed_in
    return digest_of(handed) in {about.sha256, about.credential_sha256}


def _usable(members: Iterable[object]) -> Iterator[VerificationKey]:
    for member in members:
        try:
            yield parse_public_jwk(member)
        except KeyRefusedError:
            continue
