"""IETF Token Status List (draft-ietf-oauth-status-list): two bits per place, as wallets read them.

Separate from the W3C list of the same places, because everything is the other way round here: the
lowest bits of a byte come first, zlib instead of gzip, no multibase, and `ttl` is in seconds.
"""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from shared.proofs import base64url, jws
from shared.proofs.jws import Jws
from shared.proofs.keys import ALGORITHM
from shared.proofs.numeric_dates import find_moment
from shared.proofs.public_keys import VerifyingKey
from shared.proofs.status_lists import (
    LIST_LIFETIME,
    LIST_TTL,
    MAX_LIST_BYTES,
    IndexMalformedError,
    IndexRangeError,
    ListTooLargeError,
    StatusListRefusedError,
)
from shared.strict_json import JsonObject, JsonValue

TYPE: Final = "statuslist+jwt"
MEDIA_TYPE: Final = "application/statuslist+jwt"
BITS: Final = 2
_CLOCK_SKEW: Final = timedelta(minutes=1)
_LONGEST_TTL: Final = 100 * 365 * 24 * 60 * 60
_SIZES: Final = frozenset({1, 2, 4, 8})


class Status(IntEnum):
    """What a place says of its credential (draft, section 7.1)."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


class MalformedTokenListError(StatusListRefusedError):
    """The token status list is not zlib in base64url, with 1, 2, 4 or 8 bits for each place."""

    code = "token-status-list-malformed"
    dutch = "De token-statuslijst is geen zlib in base64url, met 1, 2, 4 of 8 bits per plaats."
    standard_code = "MALFORMED_VALUE_ERROR"


class ListReferenceRefusedError(StatusListRefusedError):
    """The credential does not say clearly in which token status list it stands."""

    code = "token-status-list-reference"
    dutch = "Het bewijs zegt niet duidelijk in welke token-statuslijst het staat."
    standard_code = "MALFORMED_VALUE_ERROR"


class TokenListOfAnotherError(StatusListRefusedError):
    """The token status list is another than the one that was asked for."""

    code = "token-status-list-of-another"
    dutch = "De token-statuslijst is een andere dan die waarom werd gevraagd."


class TokenListNotNowError(StatusListRefusedError):
    """The token status list has expired, or was not made yet."""

    code = "token-status-list-not-now"
    dutch = "De token-statuslijst is verlopen, of nog niet gemaakt."


class TokenListNotYetError(TokenListNotNowError):
    """The token status list was not made yet."""

    code = "token-status-list-not-yet"
    dutch = "De token-statuslijst is nog niet gemaakt."


@dataclass(frozen=True, slots=True)
class ListReference:
    """Where a credential stands: the address of a list, and the place in it (draft, §6.2)."""

    url: str
    index: int


@dataclass(frozen=True, slots=True)
class TokenList:
    """An unpacked list: `bits` for each place, the first place in the lowest bits of byte 0."""

    bits: int
    packed: bytes

    def __len__(self) -> int:
        """Return how many places there are."""
        return len(self.packed) * 8 // self.bits

    def read(self, index: int) -> int:
        """Return the value at a place; raise IndexRangeError outside the list."""
        if not 0 <= index < len(self):
            raise IndexRangeError
        at = index * self.bits
        return self.packed[at >> 3] >> (at & 7) & ((1 << self.bits) - 1)

    def places(self, value: int) -> set[int]:
        """Return every place that has this value, which is not 0."""
        each = 8 // self.bits
        return {
            byte_at * each + shift
            for byte_at, byte in enumerate(self.packed)
            if byte
            for shift in range(each)
            if byte >> (shift * self.bits) & ((1 << self.bits) - 1) == value
        }


def token_list(*, invalid: Iterable[int], suspended: Collection[int], size: int) -> TokenList:
    """Make a list of `size` places; what is invalid stays so, also when it is suspended as well."""
    packed = bytearray(size * BITS // 8)
    for value, places in ((Status.SUSPENDED, suspended), (Status.INVALID, invalid)):
        for index in places:
            if not 0 <= index < size:
                raise IndexRangeError
            at = index * BITS
            packed[at >> 3] = packed[at >> 3] & ~(3 << (at & 7)) | value << (at & 7)
    return TokenList(BITS, bytes(packed))


def encode(packed: bytes) -> str:
    """Write a list as `lst`: zlib at its best, in base64url."""
    return base64url.encode(zlib.compress(packed, zlib.Z_BEST_COMPRESSION)).decode("ascii")


def decode(status_list: JsonValue, *, max_bytes: int = MAX_LIST_BYTES) -> TokenList:
    """Read the claim `status_list`, unpacking at most `max_bytes`; raise StatusListRefusedError."""
    if not isinstance(status_list, dict):
        raise MalformedTokenListError
    bits, text = status_list.get("bits"), status_list.get("lst")
    if type(bits) is not int or bits not in _SIZES or not isinstance(text, str):
        raise MalformedTokenListError
    if len(text) > 2 * max_bytes:
        raise ListTooLargeError
    unpacker = zlib.decompressobj()
    try:
        packed = unpacker.decompress(base64url.decode_text(text), max_bytes + 1)
    except (base64url.Base64UrlRefusedError, zlib.error):
        raise MalformedTokenListError from None
    if len(packed) > max_bytes:
        raise ListTooLargeError
    if not unpacker.eof or unpacker.unused_data:
        raise MalformedTokenListError
    return TokenList(bits, packed)


def status_list_claims(
    *, url: str, issuer: str, listed: TokenList, now: datetime, aggregation_url: str
) -> dict[str, JsonValue]:
    """Build the claims of a Status List Token, valid for 24 hours from `now`.

    `url` is where the list is found and its `sub`; wallets may keep it for `ttl` (seconds).
    """
    issued_at = int(now.timestamp())
    return {
        "iss": issuer,
        "sub": url,
        "iat": issued_at,
        "exp": issued_at + LIST_LIFETIME // timedelta(seconds=1),
        "ttl": LIST_TTL // timedelta(seconds=1),
        "status_list": {
            "bits": listed.bits,
            "lst": encode(listed.packed),
            "aggregation_uri": aggregation_url,
        },
    }


def read(token: str | bytes) -> tuple[Jws, JsonObject]:
    """Read a Status List Token, unverified, with its claims; raise ProofRefusedError."""
    parsed = jws.parse(token, types={TYPE})
    return parsed, jws.read_claims(parsed)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTokenList:
    """A list whose signature holds, unpacked, and until when it may be relied upon."""

    listed: TokenList
    issued_at: datetime
    expires_at: datetime | None
    ttl: timedelta | None
    """How long a copy may be kept, from when it was fetched."""


def find_reference(claims: JsonObject) -> ListReference | None:
    """Return where a credential says that it stands (`status.status_list`); None without status.

    Raises ListReferenceRefusedError for another kind of status, which must not be passed over, and
    IndexMalformedError for a place that is no whole number.
    """
    if "status" not in claims:
        return None
    status = claims["status"]
    entry = status.get("status_list") if isinstance(status, dict) else None
    url = entry.get("uri") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(url, str) or not url.startswith("https://"):
        raise ListReferenceRefusedError
    index = entry.get("idx")
    if type(index) is not int or index < 0:
        raise IndexMalformedError
    return ListReference(url, index)


def believe(
    token: str | bytes,
    *,
    url: str,
    key: VerifyingKey,
    now: datetime,
    algorithms: Collection[str] = (ALGORITHM,),
) -> OpenTokenList:
    """Read the list found at an address, signed with a key, at a moment; raise ProofRefusedError.

    1. A Status List Token (`typ`), signed with this key (draft, §8.3).
    2. Its `sub` is the address: no other list stands in for it.
    3. `iat` is there, and it was not made in the future; `exp`, when there, has not come.
    4. `ttl`, when there, is a positive number of seconds.
    5. The list itself: zlib within bounds, 1, 2, 4 or 8 bits each.
    """
    parsed = jws.parse(token, types={TYPE}, algorithms=algorithms, is_key_named=False)
    jws.verify(parsed, key=key)  # 1
    claims = jws.read_claims(parsed)
    if claims.get("sub") != url:  # 2
        raise TokenListOfAnotherError
    try:
        issued_at, expires_at = find_moment(claims, "iat"), find_moment(claims, "exp")
    except ValueError:
        raise MalformedTokenListError from None
    if issued_at is None:
        raise MalformedTokenListError
    if issued_at > now + _CLOCK_SKEW:  # 3
        raise TokenListNotYetError
    if expires_at is not None and expires_at <= now:
        raise TokenListNotNowError
    return OpenTokenList(
        listed=decode(claims.get("status_list")),  # 5
        issued_at=issued_at,
        expires_at=expires_at,
        ttl=_ttl(claims),  # 4
    )


def _ttl(claims: JsonObject) -> timedelta | None:
    if "ttl" not in claims:
        return None
    seconds = claims["ttl"]
    if type(seconds) is not int or not 0 < seconds <= _LONGEST_TTL:
        raise MalformedTokenListError
    return timedelta(seconds=seconds)
