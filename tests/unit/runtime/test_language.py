"""A reader is answered in the language they prefer, as RFC 9110 and RFC 4647 weigh it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.language import Language, language_of, preferred

NL, EN = Language.NL, Language.EN


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        ("nl", NL),
        ("NL", NL),
        ("nl-NL,nl;q=0.9,en-US;q=0.8,en;q=0.7", NL),
        ("nl-BE", NL),
        ("en-US,en;q=0.5", EN),
        ("en;q=0.3, nl;q=0.4", NL),
        ("de, nl;q=0.2, en;q=0.1", NL),
        ("nl, en", NL),
        ("nl, en, nl-NL", NL),
        ("en, nl", EN),
        ("en;q=0.5, nl ; Q=0.9", NL),
        ("en;q=0, *", NL),
        ("nl;q=0, *;q=0.5", EN),
        ("nl;q=0.001", NL),
        ("nl;q=1.000, en", NL),
    ],
)
def test_the_language_of_the_greatest_weight_is_spoken(accepted: str, found: Language) -> None:
    assert {preferred(accepted, otherwise) for otherwise in Language} == {found}


@pytest.mark.parametrize(
    "accepted",
    [
        *("", "*", "de", "de, fr;q=0.8", "nl;q=0, en;q=0", "*;q=0"),
        *("nl;q=2", "nl;q=nan", "nl;q=-1", "nl;q=0.1234"),
        *(";;", "nl nl", "nl=en", ",,,", "nederlands", "\u00e9"),
    ],
)
def test_who_prefers_neither_is_spoken_to_as_everybody(accepted: str) -> None:
    assert preferred(accepted, NL) is NL
    assert preferred(accepted, EN) is EN


@given(st.text(max_size=80), st.sampled_from(list(Language)))
def test_whatever_is_sent_there_is_an_answer(accepted: str, otherwise: Language) -> None:
    assert preferred(accepted, otherwise) in Language


@given(
    st.lists(st.tuples(st.sampled_from(["nl", "en", "de", "*"]), st.integers(0, 10)), max_size=6),
    st.sampled_from(list(Language)),
)
def test_a_language_that_is_never_wanted_is_not_chosen_over_one_that_is(
    ranges: list[tuple[str, int]], otherwise: Language
) -> None:
    weights = {tag: max(w for t, w in ranges if t == tag) for tag, _ in ranges}
    accepted = ", ".join(f"{tag};q={weight / 10}" for tag, weight in ranges)
    chosen = preferred(accepted, otherwise)
    of = {one: weights.get(one, weights.get("*", 0)) for one in ("nl", "en")}

    assert of[chosen] == max(of.values()) or max(of.values()) == 0


def test_a_header_in_two_lines_is_one_header() -> None:
    scope = {
        "type": "http",
        "headers": [(b"accept-language", b"en;q=0.5"), (b"accept-language", b"nl")],
    }

    assert language_of(scope, otherwise=EN) is NL
