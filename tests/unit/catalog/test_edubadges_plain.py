"""Markup of edubadges becomes plain words, and never comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.edubadges.plain import plain_line, plain_text
from shared.contracts.requests import REQUEST
from shared.contracts.vocabulary import LocalText


@given(text=st.text(max_size=300))
def test_plain_text_is_always_what_a_request_may_say(text: str) -> None:
    for plain in (plain_text(text), plain_line(text)):
        if plain:
            assert LocalText.model_validate({"nl": plain}, context=REQUEST).nl == plain


_SIGNS = "<b> </b> < > &lt; &amp; lt; script <script> </script> ** _ [ ]( ) ` # <!-- --> a \\"
MARKUP = st.lists(
    st.sampled_from([*_SIGNS.split(), "\n", "* ", "# ", " ", "\u202e", "\u0338"]), max_size=25
).map("".join)


@given(text=MARKUP)
def test_markup_never_comes_back(text: str) -> None:
    plain = plain_text(text)
    if plain:
        LocalText.model_validate({"nl": plain}, context=REQUEST)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Een</p><p>twee</p>", "Een\ntwee"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("voor<script>alert(1)</script >na", "voorna"),
        ("3 < 5 & 2 > 1", "3 < 5 & 2 > 1"),
        ("&lt;b&gt;vet", "< b>vet"),
        ("# Kop\n**vet** en _schuin_ en `code`", "Kop\nvet en schuin en code"),
        ("snake_case_name en 2*3*4", "snake_case_name en 2*3*4"),
        ("[tekst](https://example.nl)", "tekst (https://example.nl)"),
        ("> citaat\n* punt\n+ punt", "citaat\n- punt\n- punt"),
        ("een\r\ntwee\u2028drie", "een\ntwee\ndrie"),
    ],
)
def test_markup_becomes_words(text: str, plain: str) -> None:
    assert plain_text(text) == plain
