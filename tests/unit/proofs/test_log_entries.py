"""An entry has one form, says nothing of anyone, and commits to one opening."""

import json
import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs.lines import spell_base64
from shared.proofs.log_entries import (
    MAX_ENTRY_BYTES,
    EntryKind,
    EntryRefusedError,
    LogEntry,
    commit,
    new_salt,
    opens,
    read_entry,
)

ISSUER: Final = "00000099000000210000"
# RFC 4231 has no key of 32 bytes; this is its test case 2 with the key filled up, which HMAC does.
SALT: Final = b"Jefe".ljust(32, b"\0")
OPENING: Final = b"what do ya want for nothing?"
COMMITMENT: Final = bytes.fromhex(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
)
ENTRY: Final = LogEntry(EntryKind.ISSUED, ISSUER, COMMITMENT)
RAW: Final = (
    b'{"v":1,"k":"issued","iss":"00000099000000210000",'
    b'"c":"W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="}'
)


def test_an_entry_is_json_in_one_order_without_space() -> None:
    assert ENTRY.to_bytes() == RAW
    assert read_entry(RAW) == ENTRY
    assert list(json.loads(RAW)) == ["v", "k", "iss", "c"]


@given(st.sampled_from(EntryKind), st.binary(min_size=32, max_size=32))
def test_every_entry_is_read_back(kind: EntryKind, commitment: bytes) -> None:
    entry = LogEntry(kind, ISSUER, commitment)

    assert read_entry(entry.to_bytes()) == entry
    assert len(entry.to_bytes()) <= 140 < MAX_ENTRY_BYTES


def test_the_kinds_are_those_of_the_register() -> None:
    assert [str(kind) for kind in EntryKind] == (
        ["issued", "corrected", "suspended", "reinstated", "revoked", "expired", "erased", "key"]
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        RAW + b"\n",
        b" " + RAW,
        RAW.replace(b":", b": "),
        RAW.replace(b'"v":1', b'"v":2'),
        RAW.replace(b'"v":1,', b""),
        RAW.replace(b'"v":1,"k":"issued"', b'"k":"issued","v":1'),
        RAW.replace(b"issued", b"granted"),
        RAW.replace(b"issued", b""),
        RAW.replace(b"00000099", b"00000098"),
        RAW.replace(ISSUER.encode(), b"0000009900000021000"),
        RAW.replace(ISSUER.encode(), b"00000099000000210000A"),
        RAW.replace(b"EM=", b"EN="),
        RAW.replace(b"EM=", b"EM"),
        RAW.replace(b"W9z", b"W9_"),
        RAW.replace(b"W9zB", b""),
        RAW.replace(b"W9zB", b"\\u0057"),
        RAW.replace(b"issued", b"\xc3\xa9"),
        RAW.replace(b"}", b',"x":1}'),
        RAW.replace(b"issued", b"i" * MAX_ENTRY_BYTES),
    ],
)
def test_any_other_spelling_is_refused(raw: bytes) -> None:
    with pytest.raises(EntryRefusedError):
        read_entry(raw)


@given(st.data())
def test_an_entry_changed_by_one_byte_is_another_or_none(data: st.DataObject) -> None:
    at, by = data.draw(st.integers(0, len(RAW) - 1)), data.draw(st.integers(1, 255))
    changed = RAW[:at] + bytes((RAW[at] ^ by,)) + RAW[at + 1 :]

    try:
        other = read_entry(changed)
    except EntryRefusedError:
        return
    assert other != ENTRY
    assert other.to_bytes() == changed


@pytest.mark.parametrize(
    ("issuer", "commitment"), [("", COMMITMENT), (ISSUER[:-1], COMMITMENT), (ISSUER, b"short")]
)
def test_what_could_not_be_read_back_is_no_entry(issuer: str, commitment: bytes) -> None:
    with pytest.raises(EntryRefusedError):
        LogEntry(EntryKind.KEY, issuer, commitment)


def test_a_commitment_is_hmac_sha256_of_the_rfc() -> None:
    assert commit(SALT, OPENING) == COMMITMENT
    assert opens(ENTRY, salt=SALT, opening=OPENING)


@given(st.binary(max_size=64), st.binary(min_size=32, max_size=32))
def test_nothing_but_its_own_opening_opens_an_entry(other: bytes, salt: bytes) -> None:
    assert opens(ENTRY, salt=SALT, opening=other) == (other == OPENING)
    assert opens(ENTRY, salt=salt, opening=OPENING) == (salt == SALT)


def test_a_salt_of_another_length_is_none() -> None:
    for salt in (b"", SALT.rstrip(b"\0"), SALT + b"\0"):
        assert not opens(ENTRY, salt=salt, opening=OPENING)
        with pytest.raises(ValueError, match="32 bytes"):
            commit(salt, OPENING)


def test_two_entries_about_one_thing_have_nothing_in_common() -> None:
    salts = {new_salt() for _ in range(100)}

    assert {len(salt) for salt in salts} == {32}
    assert len({commit(salt, OPENING) for salt in salts}) == 100


def test_an_entry_names_only_an_organisation() -> None:
    entry = LogEntry(EntryKind.ISSUED, ISSUER, commit(new_salt(), b'{"learner":"Jo Jansen"}'))

    assert not re.search(rb"Jo|Jansen|learner", entry.to_bytes())
    assert spell_base64(entry.commitment).encode() in entry.to_bytes()
