"""Open Badges 3.0 IdentityObject: the salted hash that ties a credential to its learner.

Separate from `pseudonyms`: this hash has no key and travels inside the credential, with its salt.
"""

import hashlib
import hmac
import secrets
from typing import Final

HASH_PREFIX: Final = "sha256$"
"""What a hash of ours begins with."""
_SALT_BYTES: Final = 16


def new_salt() -> str:
    """Make a salt for one credential: 128 random bits in hexadecimal."""
    return secrets.token_hex(_SALT_BYTES)


def hash_identity(identity: str, *, salt: str) -> str:
    """Hash an identifier the OB 3.0 way: `sha256$` and hex(SHA-256(utf8(identity + salt)))."""
    return HASH_PREFIX + hashlib.sha256((identity + salt).encode()).hexdigest()


def is_identity(identity: str, *, salt: str, identity_hash: str) -> bool:
    """Tell in constant time whether the hash was made of this identifier."""
    return hmac.compare_digest(
        hash_identity(identity, salt=salt).encode(), identity_hash.lower().encode()
    )
