"""RFC 3161: whether a time-stamp token is of these bytes, by the digest in it.

Apart from the seals that carry them, because this reads CMS, which few seals need. Who made a
token, and so whether its time is right, is not checked: nothing here rests on it.
"""

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as NoBase64Error
from typing import Final

MAX_CHARACTERS: Final = 64 * 1024


def is_stamp_of(token: str, content: bytes) -> bool:
    """Tell whether a token (base64 of DER) has the digest of the content (RFC 3161 2.4.2)."""
    # Read by a library that hardly any request needs, so not before there is a token.
    from asn1crypto import cms, tsp  # noqa: F401, PLC0415 — tsp teaches cms what a token holds

    if len(token) > MAX_CHARACTERS:
        return False
    try:
        signed = cms.ContentInfo.load(b64decode(token, validate=True), strict=True)["content"]
        imprint = signed["encap_content_info"]["content"].parsed["message_imprint"]
        name = str(imprint["hash_algorithm"]["algorithm"].native)
        kept = bytes(imprint["hashed_message"].native)
    except (NoBase64Error, ValueError, TypeError, KeyError, AttributeError):
        return False
    digests = {
        "sha256": hashlib.sha256(content).digest(),
        "sha384": hashlib.sha384(content).digest(),
        "sha512": hashlib.sha512(content).digest(),
    }
    return name in digests and hmac.compare_digest(digests[name], kept)
