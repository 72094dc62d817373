"""What a share link holds: 256 bits that find and open one share; we do not keep them.

Apart from what is kept, because nothing that is kept leads back to it. The id in the path is a hash
of the key in the fragment, so the two belong together, and who has the id alone (an access log, a
cut link) opens nothing. The secret that withdraws a share is another one: an employer who was given
the link cannot use it to take the link away from others.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from shared.proofs import base64url
from shared.proofs.sealing import DataKey

ID_BYTES: Final = 16
_BYTES: Final = 32
_ID: Final = b"waarmerk share: id"
_KEY: Final = b"waarmerk share: key"
_CONTEXT: Final = b"waarmerk share: credential|"
_WITHDRAWAL: Final = b"waarmerk share: withdrawal"


@dataclass(frozen=True, slots=True)
class LinkSecret:
    """What stands after # in a link; never logged, never kept."""

    _secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Make a secret nobody has."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a secret as a link has it; None when it is none."""
        secret = _decoded(text, _BYTES)
        return None if secret is None else cls(secret)

    @classmethod
    def of_bytes(cls, secret: bytes) -> Self:
        """Take a secret out of what was sealed under a short code."""
        return cls(secret)

    @property
    def text(self) -> str:
        """Return it as a link has it: 43 characters of base64url."""
        return base64url.encode(self._secret).decode("ascii")

    def as_bytes(self) -> bytes:
        """Return it to be sealed under a short code, and for nothing else."""
        return self._secret

    @property
    def share_id(self) -> bytes:
        """Return the id of the share: 128 bits that say nothing of the rest."""
        return hmac.digest(self._secret, _ID, "sha256")[:ID_BYTES]

    @property
    def key(self) -> DataKey:
        """Return what the credential is sealed under."""
        return DataKey(hmac.digest(self._secret, _KEY, "sha256"))

    @property
    def context(self) -> bytes:
        """Return what the sealed credential is bound to."""
        return _CONTEXT + self.share_id


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What ends a share before its time: of the holder only, kept as a hash."""

    text: str = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Make a secret nobody has."""
        return cls(base64url.encode(secrets.token_bytes(_BYTES)).decode("ascii"))

    @property
    def digest(self) -> bytes:
        """Return what is kept; of 256 random bits a plain hash is enough."""
        return hashlib.sha256(_WITHDRAWAL + self.text.encode()).digest()


def write_id(share_id: bytes) -> str:
    """Write the id of a share as a link has it: 22 characters of base64url."""
    return base64url.encode(share_id).decode("ascii")


def read_id(text: str) -> bytes | None:
    """Read the id of a share; None when it is none."""
    return _decoded(text, ID_BYTES)


def _decoded(text: str, size: int) -> bytes | None:
    try:
        decoded = base64url.decode_text(text)
    except base64url.Base64UrlRefusedError:
        return None
    return decoded if len(decoded) == size else None
