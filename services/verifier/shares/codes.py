"""What a short code leads to: where its row is, and the key that opens the link inside.

Apart from links, because a code is short enough to be tried. Eleven characters of five bits are 55
bits, of which the check character leaves 32 in 37 in use. Three walls stand before them:
1. A stolen database is of no use without the pepper, 256 bits that are in a setting only.
2. With both, each try costs scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: 32 MB and some 80 ms,
   so that all codes take some 80 million core-years. That is why the place is made of it too, and
   not of the code itself: a fast keyed hash would let all codes be tried in weeks.
3. Over the network so many are looked up a minute, of one address and of all together (`book`).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.short_codes import ALPHABET, LENGTH, check_character, normal_form
from shared.proofs.sealing import DataKey, read_secret

COST: Final = 2**15
BLOCK: Final = 8
PARALLEL: Final = 1
_MEMORY: Final = 64 * 1024**2
_SALT: Final = b"waarmerk short code: salt"
_PLACE: Final = b"waarmerk short code: place|"
_KEY: Final = b"waarmerk short code: key|"


@dataclass(frozen=True, slots=True)
class CodeKey:
    """What one code leads to."""

    place: bytes
    key: DataKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pepper:
    """The secret of this verifier without which no code can be tried."""

    _secret: bytes = field(repr=False)

    @classmethod
    def read(cls, setting: str) -> "Pepper":
        """Read it from its setting, base64url of 32 bytes, or raise KeySettingError."""
        return cls(read_secret(setting))

    def stretch(self, code: str) -> CodeKey:
        """Return what a code leads to; takes some 80 ms of one core and 32 MB."""
        spelled = (normal_form(code) or code).replace("-", "").encode()
        stretched = hashlib.scrypt(
            spelled,
            salt=hmac.digest(self._secret, _SALT, "sha256"),
            n=COST,
            r=BLOCK,
            p=PARALLEL,
            maxmem=_MEMORY,
            dklen=32,
        )
        return CodeKey(
            place=hmac.digest(self._secret, _PLACE + stretched, "sha256"),
            key=DataKey(hmac.digest(self._secret, _KEY + stretched, "sha256")),
        )


def new_code() -> str:
    """Make a code at random, as it is written: `7Q4K-M2XD-9HT7`."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        check = check_character(body)
        written = normal_form(body + check) if check else None
        if written:
            return written
