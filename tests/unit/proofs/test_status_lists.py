"""A status list says one bit about each credential, and nothing about who asks."""

import gzip
import json
import zlib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.proofs import base64url, status_lists
from shared.proofs.status_lists import (
    MIN_ENTRIES,
    IndexMalformedError,
    IndexRangeError,
    ListLengthError,
    ListTooLargeError,
    MalformedListError,
    StatusListRefusedError,
    bitstring,
    decode,
    encode,
    lowered,
    parse_index,
    permute,
    permuted_index,
    raised_in,
    read,
    status_list_credential,
)
from shared.strict_json import JsonValue

KEY = b"permutation key of one list, 32 b"
EMPTY = bytes(MIN_ENTRIES // 8)
INDICES = st.integers(0, MIN_ENTRIES - 1)


def _encoded(packed: bytes) -> str:
    return "u" + base64url.encode(packed).decode()


@given(st.sets(INDICES, max_size=20), INDICES)
def test_exactly_the_raised_bits_are_read_back(raised: set[int], other: int) -> None:
    bits = decode(encode(bitstring(raised)))

    assert all(read(bits, index) for index in raised)
    assert read(bits, other) == (other in raised)
    assert sum(byte.bit_count() for byte in bits) == len(raised)


def test_index_0_is_the_left_most_bit() -> None:
    assert bitstring([0, 15], size=16) == b"\x80\x01"


def test_the_empty_list_is_that_of_the_w3c_recommendation(vectors: Path) -> None:
    example = (vectors / "bsl" / "w3c-rec-example3-encodedList.txt").read_text().strip()

    assert decode(example) == EMPTY
    assert decode(encode(EMPTY)) == EMPTY


def test_a_list_below_the_minimum_is_refused(vectors: Path) -> None:
    short = (vectors / "bsl" / "digitalbazaar-100k-50k-revoked-encodedList.txt").read_text().strip()

    with pytest.raises(ListLengthError) as refused:
        decode(short)
    assert refused.value.standard_code == "STATUS_LIST_LENGTH_ERROR"


def test_equal_lists_have_equal_text_without_a_time_in_it() -> None:
    packed = base64url.decode_text(encode(EMPTY)[1:])

    assert encode(bytes(EMPTY)) == encode(EMPTY)
    assert packed[3:8] == bytes(5)


@pytest.mark.parametrize(
    ("encoded", "refusal"),
    [
        (encode(EMPTY)[1:], MalformedListError),
        ("z" + encode(EMPTY)[1:], MalformedListError),
        ("", MalformedListError),
        ("u", MalformedListError),
        (encode(EMPTY) + "=", MalformedListError),
        (_encoded(zlib.compress(EMPTY)), MalformedListError),
        (_encoded(gzip.compress(EMPTY)[:-1]), MalformedListError),
        (_encoded(gzip.compress(EMPTY)[:-8] + bytes(8)), MalformedListError),
        (_encoded(gzip.compress(EMPTY) + gzip.compress(EMPTY)), MalformedListError),
        (_encoded(gzip.compress(EMPTY) + b"x"), MalformedListError),
        (_encoded(gzip.compress(EMPTY[1:])), ListLengthError),
        (_encoded(gzip.compress(bytes(64 * 1024 * 1024))), ListTooLargeError),
        ("u" + "A" * 9_000_000, ListTooLargeError),
    ],
    ids=[
        "no multibase",
        "other multibase",
        "nothing",
        "nothing packed",
        "padding",
        "zlib",
        "cut short",
        "wrong checksum",
        "second member",
        "trailing byte",
        "one byte short",
        "bomb",
        "too long",
    ],
)
def test_what_is_no_status_list_is_refused_by_name(
    encoded: str, refusal: type[StatusListRefusedError]
) -> None:
    with pytest.raises(refusal):
        decode(encoded)


def test_a_list_of_exactly_the_allowed_size_is_read() -> None:
    assert decode(encode(EMPTY), max_bytes=len(EMPTY)) == EMPTY
    with pytest.raises(ListTooLargeError):
        decode(encode(EMPTY + b"\x00"), max_bytes=len(EMPTY))


@pytest.mark.parametrize(("text", "index"), [("0", 0), ("7", 7), ("131071", 131_071)])
def test_an_index_is_text_in_base_10(text: str, index: int) -> None:
    assert parse_index(text, size=MIN_ENTRIES) == index


@pytest.mark.parametrize(
    ("index", "code"),
    [
        *((wrong, "MALFORMED_VALUE_ERROR") for wrong in ("-1", "+1", "01", "0x10", "1e3", "1.5")),
        *((wrong, "MALFORMED_VALUE_ERROR") for wrong in ("", " 1", "1\n", "\u0661", "1_0")),
        *((wrong, "MALFORMED_VALUE_ERROR") for wrong in (7, 1.5, True, None, ["1"])),
        *((wrong, "RANGE_ERROR") for wrong in ("131072", "1" + "0" * 30, "9" * 5000)),
    ],
)
def test_any_other_index_is_refused_by_the_name_the_standard_gives_it(
    index: JsonValue, code: str
) -> None:
    with pytest.raises(StatusListRefusedError) as refused:
        parse_index(index, size=MIN_ENTRIES)
    assert refused.value.standard_code == code
    assert refused.type in {IndexMalformedError, IndexRangeError}


@pytest.mark.parametrize("index", [-1, MIN_ENTRIES])
def test_no_bit_is_read_or_raised_outside_the_list(index: int) -> None:
    with pytest.raises(IndexRangeError):
        read(EMPTY, index)
    with pytest.raises(IndexRangeError):
        bitstring([index])


@pytest.mark.parametrize("bits", [1, 2, 3, 8, 9, 12])
@given(key=st.binary(min_size=16, max_size=32))
@settings(max_examples=5)
def test_no_two_counters_share_a_place(bits: int, key: bytes) -> None:
    size = 1 << bits

    places = {permuted_index(key, counter, size=size) for counter in range(size)}
    assert places == set(range(size))


def test_no_two_counters_share_a_place_in_a_whole_list() -> None:
    places = {permuted_index(KEY, counter) for counter in range(MIN_ENTRIES)}

    assert len(places) == MIN_ENTRIES
    assert (min(places), max(places)) == (0, MIN_ENTRIES - 1)


def test_the_place_of_a_counter_depends_on_the_key_and_never_changes() -> None:
    assert [permuted_index(KEY, counter) for counter in range(3)] == FIRST_PLACES
    assert [permuted_index(b"other", counter) for counter in range(3)] != FIRST_PLACES


FIRST_PLACES = [76_168, 90_591, 47_588]


def test_a_block_of_counters_gets_the_places_that_each_would_get_alone() -> None:
    counters = [0, 1, 2, 65_535, MIN_ENTRIES - 1]

    assert permute(KEY, counters) == [permuted_index(KEY, counter) for counter in counters]
    assert permute(KEY, range(3)) == FIRST_PLACES
    with pytest.raises(IndexRangeError):
        permute(KEY, [3, MIN_ENTRIES])


@given(st.sets(INDICES, max_size=20), st.sets(INDICES, max_size=20))
def test_a_lowered_bit_is_found(before: set[int], after: set[int]) -> None:
    assert raised_in(bitstring(before)) == before
    assert lowered(bitstring(before), bitstring(after)) == before - after


def test_a_list_that_shrank_lowered_what_it_lost() -> None:
    assert lowered(bitstring([1, 9], size=16), bitstring([1], size=8)) == {9}
    assert lowered(bitstring([1], size=8), bitstring([1, 9], size=16)) == set()


def test_following_counters_do_not_lie_near_each_other() -> None:
    places = [permuted_index(KEY, counter) for counter in range(1000)]
    steps = [abs(after - before) for before, after in pairwise(places)]

    assert sum(step < 1310 for step in steps) < 50


@pytest.mark.parametrize("size", [0, 1, 3, 131_073, 1 << 33])
def test_a_list_that_is_no_power_of_two_has_no_permutation(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        permuted_index(KEY, 0, size=size)


@pytest.mark.parametrize("counter", [-1, MIN_ENTRIES])
def test_a_full_list_gives_no_more_places(counter: int) -> None:
    with pytest.raises(IndexRangeError):
        permuted_index(KEY, counter)


def test_the_list_is_a_credential_of_one_day_that_may_be_kept_a_quarter_of_an_hour() -> None:
    built = status_list_credential(
        url="https://issuer.example.nl/status-lists/1/3",
        issuer="did:web:issuer.example.nl",
        bits=bitstring([5]),
        now=datetime(2026, 11, 22, 12, 0, 0, 999, tzinfo=UTC),
    )

    subject = built["credentialSubject"]
    assert isinstance(subject, dict)
    assert read(decode(str(subject.pop("encodedList"))), 5)
    assert built == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://issuer.example.nl/status-lists/1/3",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:issuer.example.nl",
        "validFrom": "2026-11-22T12:00:00Z",
        "validUntil": "2026-11-23T12:00:00Z",
        "credentialSubject": {
            "id": "https://issuer.example.nl/status-lists/1/3#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "ttl": 900_000,
        },
    }
    json.dumps(built)


def test_every_refusal_is_named_as_the_standard_names_it() -> None:
    assert status_lists.MalformedListError.standard_code == "MALFORMED_VALUE_ERROR"
    assert status_lists.IndexRangeError.standard_code == "RANGE_ERROR"
