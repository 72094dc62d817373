"""A status list of another is believed when its key, its address and its time are right."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import ProofRefusedError, token_status_lists
from shared.proofs.jws import AlgorithmRefusedError, SignatureRefusedError, TypeRefusedError
from shared.proofs.status_lists import IndexMalformedError, IndexRangeError, ListTooLargeError
from shared.proofs.token_status_lists import (
    ListReference,
    ListReferenceRefusedError,
    MalformedTokenListError,
    OpenTokenList,
    Status,
    TokenListNotNowError,
    TokenListOfAnotherError,
    encode,
    find_reference,
)
from shared.strict_json import JsonValue
from tests.unit.proofs.sd_jwts import ISSUER, NOW, SECONDS, STRANGER, signed

URL: Final = "https://issuer.example.nl/token-status-lists/1"
LIST: Final = {"bits": 2, "lst": "eNo76fITAAPfAgc"}


def token(typ: str = "statuslist+jwt", alg: str = "ES256", **claims: Any) -> str:
    said = {"sub": URL, "iat": SECONDS, "status_list": LIST, **claims}
    kept = {name: value for name, value in said.items() if value is not None}
    return signed(kept, typ=typ, alg=alg)


def believe(text: str) -> OpenTokenList:
    return token_status_lists.believe(text, url=URL, key=ISSUER.public, now=NOW)


def test_a_list_says_each_status_and_how_long_it_may_be_relied_upon() -> None:
    opened = believe(token(exp=SECONDS + 60, ttl=900))

    assert [opened.listed.read(at) for at in range(4)] == [1, 2, 0, 3]
    assert opened.listed.read(1) == Status.SUSPENDED
    assert (opened.issued_at, opened.expires_at) == (NOW, NOW + timedelta(minutes=1))
    assert opened.ttl == timedelta(minutes=15)
    assert believe(token()).expires_at is None
    assert believe(token()).ttl is None
    with pytest.raises(IndexRangeError):
        opened.listed.read(12)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (token(typ="JWT"), TypeRefusedError),
        (token(typ="vc+jwt"), TypeRefusedError),
        (token(alg="none"), AlgorithmRefusedError),
        (token(alg="ES384"), AlgorithmRefusedError),
        (token(sub=f"{URL}/"), TokenListOfAnotherError),
        (token(sub=None), TokenListOfAnotherError),
        (token(sub=[URL]), TokenListOfAnotherError),
        (token(iat=None), MalformedTokenListError),
        (token(iat="1"), MalformedTokenListError),
        (token(iat=SECONDS + 61), TokenListNotNowError),
        (token(exp=SECONDS), TokenListNotNowError),
        (token(exp=True), MalformedTokenListError),
        (token(ttl=0), MalformedTokenListError),
        (token(ttl=1.5), MalformedTokenListError),
        (token(ttl=True), MalformedTokenListError),
        (token(ttl=10**12), MalformedTokenListError),
        (token(status_list=None), MalformedTokenListError),
        (token(status_list={"bits": 1, "lst": encode(bytes(5_000_000))}), ListTooLargeError),
    ],
)
def test_a_list_that_is_not_the_one_now_is_refused_by_name(
    text: str, refusal: type[ProofRefusedError]
) -> None:
    with pytest.raises(refusal):
        believe(text)


def test_a_list_of_somebody_else_s_key_is_refused() -> None:
    with pytest.raises(SignatureRefusedError):
        token_status_lists.believe(token(), url=URL, key=STRANGER.public, now=NOW)


@given(st.data())
def test_no_changed_byte_is_believed(data: st.DataObject) -> None:
    text = token()
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(max_codepoint=127).filter(lambda one: one != text[place]))

    with pytest.raises(ProofRefusedError):
        believe(text[:place] + letter + text[place + 1 :])


def test_a_credential_says_where_it_stands() -> None:
    assert find_reference({"status": {"status_list": {"idx": 0, "uri": URL}}}) == ListReference(
        URL, 0
    )
    assert find_reference({}) is None


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (None, ListReferenceRefusedError),
        ({}, ListReferenceRefusedError),
        ({"another_kind": {}}, ListReferenceRefusedError),
        ({"status_list": [{"idx": 0, "uri": URL}]}, ListReferenceRefusedError),
        ({"status_list": {"idx": 0}}, ListReferenceRefusedError),
        ({"status_list": {"idx": 0, "uri": "http://a.example"}}, ListReferenceRefusedError),
        ({"status_list": {"uri": URL}}, IndexMalformedError),
        ({"status_list": {"idx": -1, "uri": URL}}, IndexMalformedError),
        ({"status_list": {"idx": "0", "uri": URL}}, IndexMalformedError),
        ({"status_list": {"idx": True, "uri": URL}}, IndexMalformedError),
        ({"status_list": {"idx": 0.0, "uri": URL}}, IndexMalformedError),
    ],
)
def test_a_status_that_cannot_be_found_is_never_passed_over(
    status: JsonValue, refusal: type[ProofRefusedError]
) -> None:
    with pytest.raises(refusal):
        find_reference({"status": status})


@pytest.mark.parametrize(
    ("bits", "name", "first_places"),
    [
        (1, "1_long", [0]),
        (2, "2_long", [0, 1993, 159_495]),
        (4, "4", [0, 1993, 35_460, 459_495, 595_669, 754_353, 845_645, 923_232]),
        (8, "8", [52_451, 576_778, 513_575]),
    ],
)
def test_the_lists_of_the_draft_are_read(
    vectors: Path, bits: int, name: str, first_places: list[int]
) -> None:
    written = (vectors / "tsl" / f"status_list_encoding{name}_json.md").read_text()
    found = re.search(r'"lst": "([^"]+)"', written)
    assert found is not None

    opened = believe(token(status_list={"bits": bits, "lst": re.sub(r"\s", "", found[1])}))

    assert len(opened.listed) == 2**20
    for value, place in enumerate(first_places, 1):
        assert place in opened.listed.places(value)


def test_the_token_of_the_draft_is_read_and_is_of_its_own_address(vectors: Path) -> None:
    raw = "".join((vectors / "tsl" / "status_list_jwt_raw.md").read_text().split())

    _parsed, claims = token_status_lists.read(raw)

    assert claims["sub"] == "https://example.com/statuslists/1"
    with pytest.raises(SignatureRefusedError):
        believe(raw)
