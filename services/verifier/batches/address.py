"""The address of a batch: 256 bits that find it and open it; only who sent the batch has them.

Apart from what is kept, because nothing that is kept leads back to it: the database has a hash as
`place`, and the key that seals is another hash of the same secret. So a copy of the database opens
nothing, and a process can go on with a batch only while somebody who has its address asks for it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from services.verifier.batches.refusals import BatchNotFoundError
from shared.proofs import base64url
from shared.proofs.sealing import DataKey

_BYTES: Final = 32
_PLACE: Final = b"waarmerk verification batch: place"
_KEY: Final = b"waarmerk verification batch: key"
_REQUEST: Final = b"waarmerk verification batch: request"
_REPEATED: Final = b"waarmerk verification batch: repeated request"


@dataclass(frozen=True, slots=True)
class Address:
    """What finds and opens one batch; never logged, never kept."""

    _secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Make an address nobody has."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def of_request(cls, request_key: str, *, sender: str, contents: bytes) -> Self:
        """Make the address that this sender gets for the same key and contents, each time anew.

        So nothing needs to be remembered of an Idempotency-Key but a hash. It is as hard to guess
        as the key, and who guesses that must have the very same contents.
        """
        key = hashlib.sha256(_REPEATED + _joined(sender, request_key)).digest()
        return cls(hmac.digest(key, contents, "sha256"))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read an address as it is written in a URL; raises BatchNotFoundError."""
        try:
            secret = base64url.decode_text(text)
        except base64url.Base64UrlRefusedError:
            raise BatchNotFoundError from None
        if len(secret) != _BYTES:
            raise BatchNotFoundError
        return cls(secret)

    @property
    def text(self) -> str:
        """Return it as it is written in a URL: 43 characters of base64url."""
        return base64url.encode(self._secret).decode()

    @property
    def place(self) -> bytes:
        """Return under what the database keeps the batch."""
        return hmac.digest(self._secret, _PLACE, "sha256")

    @property
    def key(self) -> DataKey:
        """Return what the batch is sealed under."""
        return DataKey(hmac.digest(self._secret, _KEY, "sha256"))

    def context(self, kind: str, number: int) -> bytes:
        """Return what a sealed part is bound to: which part of which entry of which batch."""
        return b"|".join([_KEY, kind.encode(), str(number).encode(), self.place])


def mark_of_request(request_key: str, *, sender: str) -> bytes:
    """Return by what a second request with the same Idempotency-Key is known."""
    return hashlib.sha256(_REQUEST + _joined(sender, request_key)).digest()


def digest_of(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the SHA-256 of named parts in order, however the request had them between bounds."""
    whole = hashlib.sha256()
    for name, content in parts:
        whole.update(hashlib.sha256(name.encode("utf-8", "replace")).digest())
        whole.update(hashlib.sha256(content).digest())
    return whole.digest()


def _joined(*texts: str) -> bytes:
    encoded = [text.encode() for text in texts]
    return b"".join(len(one).to_bytes(4, "big") + one for one in encoded)
