"""Base64url has one spelling per value."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import base64url


@given(st.binary(max_size=200))
def test_what_is_encoded_decodes_to_the_same_bytes(content: bytes) -> None:
    assert base64url.decode(base64url.encode(content)) == content


@given(st.text("ABab01-_", max_size=12))
def test_every_text_that_is_taken_is_the_only_one_for_its_value(text: str) -> None:
    try:
        content = base64url.decode_text(text)
    except base64url.Base64UrlRefusedError:
        lenient = urlsafe_b64decode(text + "===") if len(text) % 4 != 1 else b""
        assert urlsafe_b64encode(lenient).rstrip(b"=") != text.encode()
    else:
        assert base64url.encode(content) == text.encode()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("AA==", base64url.PaddingRefusedError),
        ("A", base64url.LengthRefusedError),
        ("AAAAA", base64url.LengthRefusedError),
        ("AB", base64url.TrailingBitsRefusedError),
        ("AAB", base64url.TrailingBitsRefusedError),
        ("A+", base64url.AlphabetRefusedError),
        ("A/", base64url.AlphabetRefusedError),
        ("AA\n", base64url.AlphabetRefusedError),
        (" AA", base64url.AlphabetRefusedError),
        ("é", base64url.AlphabetRefusedError),
    ],
)
def test_every_other_spelling_is_refused_by_name(
    text: str, refusal: type[base64url.Base64UrlRefusedError]
) -> None:
    with pytest.raises(refusal):
        base64url.decode_text(text)
