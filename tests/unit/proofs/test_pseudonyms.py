"""One learner has one pseudonym, however the identifier was typed."""

import hmac
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs import base64url
from shared.proofs.pseudonyms import IdentifierRefusedError, normalise_identifier, pseudonym

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        (" Jo.Jansen@Student.UTwente.NL\n", "jo.jansen@student.utwente.nl"),
        ("Zoe\u0308@example.nl", "zo\u00eb@example.nl"),
        ("STRASSE@x.nl", "strasse@x.nl"),
        ("stra\u00dfe@x.nl", "strasse@x.nl"),
        ("6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        ("urn:uuid:6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        ("URN:Mace:EduID.nl:1.0:X", "urn:mace:eduid.nl:1.0:x"),
        ("zzzzzzzz-8b86-d011-b42d-00c04fc964ff", "zzzzzzzz-8b86-d011-b42d-00c04fc964ff"),
    ],
)
def test_an_identifier_has_one_spelling(typed: str, compared: str) -> None:
    assert normalise_identifier(typed) == compared


@given(st.text(max_size=40))
def test_what_is_normalised_stays_so(typed: str) -> None:
    try:
        once = normalise_identifier(typed)
    except IdentifierRefusedError:
        return
    assert normalise_identifier(once) == once


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "jo jansen@x.nl",
        "jo\u200b@x.nl",
        "jo\u00ad@x.nl",
        "jo\x00@x.nl",
        "\ud800",
        "x" * 321,
    ],
)
def test_what_is_no_identifier_is_refused(typed: str) -> None:
    with pytest.raises(IdentifierRefusedError):
        normalise_identifier(typed)


def test_a_pseudonym_is_the_keyed_hash_of_the_normalised_identifier() -> None:
    expected = base64url.encode(hmac.digest(KEY, b"jo@x.nl", "sha256")).decode()

    assert pseudonym(KEY, " JO@x.nl ") == expected
    assert len(expected) == 43


def test_another_key_or_learner_gives_another_pseudonym() -> None:
    assert (
        len({pseudonym(KEY, "jo@x.nl"), pseudonym(KEY, "jo@y.nl"), pseudonym(b"x" * 32, "jo@x.nl")})
        == 3
    )


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        pseudonym(b"short", "jo@x.nl")


@given(text=st.text(st.characters(max_codepoint=127), max_size=40))
def test_what_is_ascii_is_spelled_as_by_the_rules_for_everything(text: str) -> None:
    def by_the_rules() -> str | None:
        composed = unicodedata.normalize("NFD", text.strip()).casefold()
        spelled = unicodedata.normalize("NFC", composed)
        hidden = any(unicodedata.category(one)[0] in "CZ" for one in spelled)
        return None if hidden or not spelled else spelled

    expected = by_the_rules()
    if expected is None:
        with pytest.raises(IdentifierRefusedError):
            normalise_identifier(text)
    else:
        assert normalise_identifier(text) == expected
