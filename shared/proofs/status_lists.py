"""W3C Bitstring Status List v1.0: a bit per credential, in a list that hides who is asked for.

Separate because issuer and verifier must agree on every bit: index 0 is the left-most bit of byte
0, the list is gzip in multibase `u`, at least 131,072 entries, and `ttl` is in milliseconds.
"""

import hmac
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar, Final

from shared.contracts.credential import VC_CONTEXT, stamp
from shared.proofs import ProofRefusedError, base64url
from shared.strict_json import JsonValue

MIN_ENTRIES: Final = 131_072
MAX_LIST_BYTES: Final = 4 * 1024 * 1024
LIST_LIFETIME: Final = timedelta(hours=24)
LIST_TTL: Final = timedelta(minutes=15)
_GZIP: Final = 31
_MULTIBASE: Final = "u"
_INDEX: Final = re.compile(r"0|[1-9][0-9]*")
_MAX_INDEX_DIGITS: Final = 19
_ROUNDS: Final = 8
_MAX_PERMUTED_BITS: Final = 24
_MOST_TABLES: Final = 256


class StatusListRefusedError(ProofRefusedError):
    """The status list, or the place in it, cannot be read."""

    code = "status-list-refused"
    dutch = "De statuslijst, of de plaats erin, kan niet worden gelezen."
    standard_code: ClassVar[str] = "STATUS_VERIFICATION_ERROR"


class MalformedListError(StatusListRefusedError):
    """The status list is not one gzip member in multibase base64url."""

    code = "status-list-malformed"
    dutch = "De statuslijst is niet één gzip-deel in multibase base64url."
    standard_code = "MALFORMED_VALUE_ERROR"


class ListLengthError(StatusListRefusedError):
    """The status list has fewer than 131,072 entries, too few to hide who is asked for."""

    code = "status-list-length"
    dutch = (
        "De statuslijst heeft minder dan 131.072 plaatsen: te weinig om te verbergen naar wie "
        "wordt gevraagd."
    )
    standard_code = "STATUS_LIST_LENGTH_ERROR"


class ListTooLargeError(StatusListRefusedError):
    """The status list unpacks to more than we are willing to hold."""

    code = "status-list-too-large"
    dutch = "De statuslijst wordt uitgepakt groter dan wij willen bewaren."
    standard_code = "STATUS_LIST_LENGTH_ERROR"


class IndexMalformedError(StatusListRefusedError):
    """The status index is not a whole number written as text, in base 10, without sign or zeros."""

    code = "status-index-malformed"
    dutch = (
        "De statusindex is geen geheel getal als tekst, in cijfers, zonder teken en zonder nullen "
        "vooraan."
    )
    standard_code = "MALFORMED_VALUE_ERROR"


class IndexRangeError(StatusListRefusedError):
    """The status index lies outside the status list."""

    code = "status-index-range"
    dutch = "De statusindex ligt buiten de statuslijst."
    standard_code = "RANGE_ERROR"


def bitstring(raised: Iterable[int], *, size: int = MIN_ENTRIES) -> bytes:
    """Make a list of `size` entries (a multiple of 8) with the bits at these indices raised."""
    bits = bytearray(size // 8)
    for index in raised:
        if not 0 <= index < size:
            raise IndexRangeError
        bits[index >> 3] |= 0x80 >> (index & 7)
    return bytes(bits)


def read(bits: bytes, index: int) -> bool:
    """Tell whether the entry is raised; raise IndexRangeError outside the list."""
    if not 0 <= index < 8 * len(bits):
        raise IndexRangeError
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def encode(bits: bytes) -> str:
    """Write a list as `encodedList`: multibase `u`, base64url, gzip; equal lists, equal text."""
    # zlib's own gzip header has no name and no time, so an unchanged list stays byte for byte.
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, _GZIP)
    packed = packer.compress(bits) + packer.flush()
    return _MULTIBASE + base64url.encode(packed).decode("ascii")


def decode(encoded: str, *, max_bytes: int = MAX_LIST_BYTES) -> bytes:
    """Read an `encodedList`, unpacking at most `max_bytes`; raise StatusListRefusedError."""
    if not encoded.startswith(_MULTIBASE):
        raise MalformedListError
    if len(encoded) > 2 * max_bytes:
        raise ListTooLargeError
    try:
        packed = base64url.decode_text(encoded[1:])
    except base64url.Base64UrlRefusedError:
        raise MalformedListError from None
    bits = _unpack(packed, max_bytes=max_bytes)
    if 8 * len(bits) < MIN_ENTRIES:
        raise ListLengthError
    return bits


def read_bits(claims: Mapping[str, JsonValue]) -> bytes:
    """Read the list in the claims of a status list credential; raise StatusListRefusedError."""
    subject = claims.get("credentialSubject")
    encoded = subject.get("encodedList") if isinstance(subject, dict) else None
    if not isinstance(encoded, str):
        raise MalformedListError
    return decode(encoded)


def parse_index(index: JsonValue, *, size: int) -> int:
    """Read `statusListIndex` (text, base 10), or raise IndexMalformedError or IndexRangeError."""
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        raise IndexMalformedError
    # Python refuses to read very long numbers at all; out of range is what they are.
    if len(index) > _MAX_INDEX_DIGITS or int(index) >= size:
        raise IndexRangeError
    return int(index)


def raised_in(bits: bytes) -> set[int]:
    """Return every index that is raised."""
    return {
        8 * at + turn
        for at, byte in enumerate(bits)
        if byte
        for turn in range(8)
        if byte & 0x80 >> turn
    }


def lowered(before: bytes, after: bytes) -> set[int]:
    """Return the indices that were raised and no longer are; a list that shrank lowered the rest.

    A revocation is for ever (Bitstring Status List 1.0 §2.1), so of two editions in a row the later
    one may only have more.
    """
    # As two numbers, because that takes microseconds, and nearly always nothing is left.
    size = max(len(before), len(after))
    was, now = (int.from_bytes(bits.ljust(size, b"\0")) for bits in (before, after))
    return raised_in((was & ~now).to_bytes(size))


def permuted_index(key: bytes, counter: int, *, size: int = MIN_ENTRIES) -> int:
    """Give the counter's own place in a list of `size` (a power of two): no two share one."""
    return permute(key, (counter,), size=size)[0]


def permute(key: bytes, counters: Iterable[int], *, size: int = MIN_ENTRIES) -> list[int]:
    """Give each counter its own place in a list of `size` (a power of two): no two share one.

    An 8-round unbalanced Feistel network over HMAC-SHA256 (NIST SP 800-38G, in spirit): who does
    not hold the key cannot tell from an index when, or after whom, a credential was issued.
    """
    bits = size.bit_length() - 1
    right_bits = bits // 2
    tables = _round_tables(key, size)
    low, mask = right_bits, (1 << right_bits) - 1
    places = []
    for counter in counters:
        if not 0 <= counter < size:
            raise IndexRangeError
        left, right = counter >> low, counter & mask
        for table in tables:
            left, right = right, left ^ table[right]
        places.append(left << low | right)
    return places


@lru_cache(maxsize=_MOST_TABLES)
def _round_tables(key: bytes, size: int) -> tuple[tuple[int, ...], ...]:
    """Work out each round for every half there is: a few thousand HMACs for a whole list.

    Worth it from the third hundred of places on; a place costs 1 µs then instead of 15.
    """
    bits = size.bit_length() - 1
    if size & (size - 1) or not 1 <= bits <= _MAX_PERMUTED_BITS:
        raise ValueError("a status list has a power of two entries, from 2 to 2**24")
    right_bits = bits // 2
    left_bits = bits - right_bits
    tables = []
    for number in range(_ROUNDS):
        tables.append(_round_table(key, number, left_bits=left_bits, right_bits=right_bits))
        left_bits, right_bits = right_bits, left_bits
    return tuple(tables)


def _round_table(key: bytes, number: int, *, left_bits: int, right_bits: int) -> tuple[int, ...]:
    keyed, mask = hmac.new(key, bytes((number,)), "sha256"), (1 << left_bits) - 1
    spread = []
    for right in range(1 << right_bits):
        one = keyed.copy()
        one.update(right.to_bytes(4))
        spread.append(int.from_bytes(one.digest()[:4]) & mask)
    return tuple(spread)


def status_list_credential(
    *, url: str, issuer: str, bits: bytes, now: datetime, purpose: str = "revocation"
) -> dict[str, JsonValue]:
    """Build the unsigned BitstringStatusListCredential, valid for 24 hours from `now`.

    `url` is where the list is found and its id; verifiers may keep it for `ttl` (milliseconds).
    """
    return {
        "@context": [VC_CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": stamp(now),
        "validUntil": stamp(now + LIST_LIFETIME),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode(bits),
            "ttl": LIST_TTL // timedelta(milliseconds=1),
        },
    }


def _unpack(packed: bytes, *, max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        bits = unpacker.decompress(packed, max_bytes + 1)
    except zlib.error:
        raise MalformedListError from None
    if len(bits) > max_bytes:
        raise ListTooLargeError
    if not unpacker.eof or unpacker.unused_data:  # cut short, or a second member behind the first
        raise MalformedListError
    return bits
