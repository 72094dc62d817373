"""The same places as wallets read them: the lowest bits first, zlib, and time in seconds."""

import json
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import base64url, jws, token_status_lists
from shared.proofs.jws import TypeRefusedError
from shared.proofs.keys import SigningKey
from shared.proofs.status_lists import (
    MIN_ENTRIES,
    IndexRangeError,
    ListTooLargeError,
    StatusListRefusedError,
)
from shared.proofs.token_status_lists import (
    MalformedTokenListError,
    Status,
    TokenList,
    decode,
    encode,
    status_list_claims,
    token_list,
)
from shared.strict_json import JsonValue

INDICES = st.integers(0, MIN_ENTRIES - 1)
# The draft's own examples: bits, bytes, `lst`, and what stands at each place.
ONE_BIT = (1, b"\xb9\xa3", "eNrbuRgAAhcBXQ", [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1])
TWO_BITS = (2, b"\xc9\x44\xf9", "eNo76fITAAPfAgc", [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])


@pytest.mark.parametrize(("bits", "packed", "lst", "values"), [ONE_BIT, TWO_BITS])
def test_the_examples_of_the_draft_are_read_and_written_as_it_does(
    bits: int, packed: bytes, lst: str, values: list[int]
) -> None:
    listed = decode({"bits": bits, "lst": lst})

    assert listed == TokenList(bits, packed)
    assert [listed.read(index) for index in range(len(listed))] == values
    assert decode({"bits": bits, "lst": encode(packed)}) == listed


def test_the_million_places_of_the_drafts_vectors_are_read(shared_material: Path) -> None:
    kept = shared_material / "data" / "wallet" / "status-list" / "vectors.json"

    vectors = json.loads(kept.read_text())["vectors"]
    for vector in vectors:
        listed = decode({"bits": vector["bits"], "lst": vector["lst"]})
        told = {int(index): value for index, value in vector["statuses"].items() if value}
        assert len(listed) == vector["entries"]
        for value in set(told.values()):
            assert listed.places(value) == {at for at, said in told.items() if said == value}
    assert [vector["bits"] for vector in vectors] == [1, 2, 4, 8]


@given(st.sets(INDICES, max_size=20), st.sets(INDICES, max_size=20), INDICES)
def test_each_place_says_valid_invalid_or_suspended(
    invalid: set[int], suspended: set[int], other: int
) -> None:
    made = token_list(invalid=invalid, suspended=suspended, size=MIN_ENTRIES)
    listed = decode({"bits": 2, "lst": encode(made.packed)})

    assert len(listed) == MIN_ENTRIES
    assert listed.places(Status.INVALID) == invalid
    assert listed.places(Status.SUSPENDED) == suspended - invalid
    if other not in invalid | suspended:
        assert listed.read(other) == Status.VALID


def test_the_first_place_is_in_the_lowest_bits() -> None:
    assert token_list(invalid=[0], suspended=[3], size=8).packed == b"\x81\x00"


@pytest.mark.parametrize("index", [-1, 8])
def test_no_place_is_read_or_set_outside_the_list(index: int) -> None:
    with pytest.raises(IndexRangeError):
        token_list(invalid=[index], suspended=(), size=8)
    with pytest.raises(IndexRangeError):
        token_list(invalid=(), suspended=[index], size=8).read(index)


@pytest.mark.parametrize(
    ("status_list", "refusal"),
    [
        ("eNrbuRgAAhcBXQ", MalformedTokenListError),
        ({"lst": "eNrbuRgAAhcBXQ"}, MalformedTokenListError),
        ({"bits": 1}, MalformedTokenListError),
        ({"bits": 3, "lst": "eNrbuRgAAhcBXQ"}, MalformedTokenListError),
        ({"bits": True, "lst": "eNrbuRgAAhcBXQ"}, MalformedTokenListError),
        ({"bits": 1, "lst": "eNrbuRgAAhcBXQ=="}, MalformedTokenListError),
        ({"bits": 1, "lst": "eNrbuRgAAhcBXA"}, MalformedTokenListError),
        ({"bits": 1, "lst": "eNrbuRgAAhcB"}, MalformedTokenListError),
        ({"bits": 1, "lst": ""}, MalformedTokenListError),
        ({"bits": 1, "lst": encode(b"ab") + "eNrb"}, MalformedTokenListError),
        ({"bits": 1, "lst": encode(bytes(5_000_000))}, ListTooLargeError),
        ({"bits": 1, "lst": "A" * 9_000_000}, ListTooLargeError),
    ],
)
def test_what_is_no_token_status_list_is_refused(
    status_list: JsonValue, refusal: type[StatusListRefusedError]
) -> None:
    with pytest.raises(refusal):
        decode(status_list)


def test_a_second_stream_behind_the_list_is_refused() -> None:
    packed = zlib.compress(b"ab") * 2

    with pytest.raises(MalformedTokenListError):
        decode({"bits": 1, "lst": base64url.encode(packed).decode()})


def test_a_token_holds_for_a_day_and_may_be_kept_a_quarter_of_an_hour_in_seconds() -> None:
    claims = status_list_claims(
        url="https://issuer.example.nl/token-status-lists/1/3",
        issuer="did:web:issuer.example.nl",
        listed=token_list(invalid=[5], suspended=[6], size=MIN_ENTRIES),
        now=datetime(2026, 11, 22, 12, 0, 0, 999, tzinfo=UTC),
        aggregation_url="https://issuer.example.nl/token-status-lists/1",
    )

    listed = decode(claims["status_list"])
    assert (listed.read(5), listed.read(6), listed.read(7)) == (1, 2, 0)
    assert claims == {
        "iss": "did:web:issuer.example.nl",
        "sub": "https://issuer.example.nl/token-status-lists/1/3",
        "iat": 1_795_348_800,
        "exp": 1_795_348_800 + 86_400,
        "ttl": 900,
        "status_list": {
            "bits": 2,
            "lst": encode(listed.packed),
            "aggregation_uri": "https://issuer.example.nl/token-status-lists/1",
        },
    }


def test_only_a_status_list_token_is_read_as_one() -> None:
    key = SigningKey.generate()
    header = {"kid": "did:web:issuer.example.nl#1", "typ": token_status_lists.TYPE}

    _token, claims = token_status_lists.read(_signed(key, header))
    assert claims == {"sub": "x"}
    with pytest.raises(TypeRefusedError):
        token_status_lists.read(_signed(key, header | {"typ": "JWT"}))


def _signed(key: SigningKey, header: dict[str, str]) -> str:
    return jws.sign(b'{"sub":"x"}', key=key, header=header)
