"""Words of a search: folded, read, and mended; and how facets read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.search import Facet
from services.catalog.search.labels import closed_values, is_value, label_of
from services.catalog.search.words import (
    fold,
    nearest,
    read_words,
    similarity,
    trigrams_of,
    typing_errors,
    words_of,
)
from tests.unit.catalog.listings import a_listing, an_offering

words = st.text("abcde", min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Zoë", "zoe"),
        ("IDEEËN", "ideeen"),
        ("Smørrebrød", "smorrebrod"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("ﬁnanciën", "financien"),
        ("e\u0301e\u0301n", "een"),
    ],
)
def test_accents_and_capitals_make_no_difference(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("asked", "text", "before", "begun"),
    [
        ("Quantum  Comp", "quantum comp", "quantum", "comp"),
        ("zorg", "zorg", "", "zorg"),
        ("it", "it", "", ""),
        ('"machine learning"', '"machine learning"', "", ""),
        ('"machine" lear', '"machine" lear', "", ""),
        ("zorg -wijk", "zorg -wijk", "", ""),
        ("c++", "c++", "", ""),
        ("a - b --c -", "a b c", "", ""),
        ("e-learning", "e-learning", "", ""),
        ("- -a", "-a", "", ""),
        ("-a " * 10, " ".join(["-a"] * 8 + ["a"] * 2), "", ""),
        ("a\0b", "a b", "", ""),
        ("x:* & !y | 'z'", "x:* & !y | 'z'", "", ""),
    ],
)
def test_the_last_word_may_be_unfinished_unless_it_is_quoted_or_no_word(
    asked: str, text: str, before: str, begun: str
) -> None:
    read = read_words(asked)

    assert (read.text, read.before, read.begun) == (text, before, begun)


@given(st.text(max_size=300))
def test_whatever_is_asked_only_letters_and_digits_become_a_prefix(asked: str) -> None:
    read = read_words(asked)

    assert len(read.text) <= 200
    assert "\0" not in read.text
    assert read.prefix == "" or read.prefix.removesuffix(":*").isalnum()


def test_mending_replaces_whole_words_and_keeps_the_signs() -> None:
    asked = read_words('"quantom computing" -rekne')

    mended = asked.mended({"quantom": "quantum", "rekne": "rekenen"})

    assert mended.text == '"quantum computing" -rekenen'


def test_trigrams_are_those_of_pg_trgm() -> None:
    assert trigrams_of("cat") == ["  c", " ca", "at ", "cat"]
    assert similarity("cat", "cat") == 1.0
    assert similarity("word", "words") == pytest.approx(4 / 7)


def plainly(one: str, other: str) -> int:
    """Count typing errors by the definition: the optimal string alignment distance."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        plainly(one[1:], other) + 1,
        plainly(one, other[1:]) + 1,
        plainly(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        ways.append(plainly(one[2:], other[2:]) + 1)
    return min(ways)


@given(st.text("ab", max_size=5), st.text("abc", max_size=5), st.integers(0, 3))
def test_typing_errors_are_counted_as_far_as_it_matters(one: str, other: str, most: int) -> None:
    assert min(typing_errors(one, other, most=most), most + 1) == min(plainly(one, other), most + 1)


@given(words, st.lists(words, max_size=8))
def test_the_nearest_words_come_first_and_far_ones_not_at_all(word: str, known: list[str]) -> None:
    found = nearest(word, known)

    distances = [typing_errors(word, other, most=2) for other in found]
    assert distances == sorted(distances)
    assert all(distance <= (1 if len(word) <= 5 else 2) for distance in distances)
    if word in known:
        assert found[0] == word


@pytest.mark.parametrize(("word", "other"), [("hbo", "mbo"), ("kwantm", "want"), ("want", "wat")])
def test_a_short_word_is_not_taken_for_another(word: str, other: str) -> None:
    assert nearest(word, [other, "kwantum"]) == (["kwantum"] if word == "kwantm" else [])


def test_every_text_is_looked_through_in_its_own_language() -> None:
    found = words_of(
        a_listing(
            title={"nl": "Zoë leert", "en": "Zoë learns"},
            keywords=["qubit"],
            abbreviation="QC",
            primaryCode="QC-101",
        )
    )

    assert found.dutch.title == "zoe leert\nqc\nqc-101"
    assert found.english.title == "zoe learns\nqc\nqc-101"
    assert "qubit" in found.dutch.learnt.split()
    assert "qubit" in found.english.learnt.split()
    assert "universiteit twente" in found.english.told
    assert {"zoe", "leert", "learns", "qubit"} <= set(found.vocabulary())
    assert found.vocabulary() == sorted(set(found.vocabulary()))


@pytest.mark.parametrize(
    "words", ["niveau 7", "2,5 ec", "universiteit", "deels online", "wo", "fryslan friesland"]
)
def test_what_a_microcredential_is_called_is_looked_for_too(words: str) -> None:
    in_leeuwarden = an_offering(location={"city": "Leeuwarden", "region": "NL-FR"})
    found = words_of(a_listing(in_leeuwarden, studyLoad={"unit": "ects", "value": Decimal("2.5")}))

    assert words in found.dutch.told


@pytest.mark.parametrize("facet", [one for one in Facet if closed_values(one) is not None])
def test_every_value_of_a_closed_facet_reads_in_both_languages(facet: Facet) -> None:
    known = closed_values(facet)
    assert known
    for value in known:
        label = label_of(facet, value, {})
        assert is_value(facet, value)
        assert label.nl
        assert label.en
        assert label.nl != value


def test_all_broad_fields_are_there_and_narrower_ones_may_be_chosen() -> None:
    assert len(closed_values(Facet.FIELD) or {}) == 11
    assert is_value(Facet.FIELD, "0613")
    assert not is_value(Facet.FIELD, "1234")
    assert label_of(Facet.FIELD, "01", {}).en == "Education"


def test_what_has_no_name_reads_as_it_is() -> None:
    assert label_of(Facet.SKILL, "http://x", {}).nl == "http://x"
    assert label_of(Facet.LANGUAGE, "nl", {}).nl == "Nederlands"
    assert label_of(Facet.LEVEL, "level-9", {}).en == "level-9"
