"""A short code notices every single slip, and says what was probably meant."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.contracts.short_codes import (
    ALPHABET,
    check_character,
    is_short_code,
    likely_meant,
    normal_form,
)

bodies = st.text(ALPHABET, min_size=11, max_size=11).filter(check_character)


def a_code(body: str) -> str:
    return f"{body}{check_character(body)}"


def test_the_check_character_is_that_of_iso_7064_mod_37_2() -> None:
    # A donation number of ISBT 128, which has the same check.
    assert check_character("G123489654321") == "Y"


@given(body=bodies, at=st.integers(0, 11), other=st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(body: str, at: int, other: str) -> None:
    code = a_code(body)
    assume(code[at] != other)

    assert is_short_code(code)
    assert not is_short_code(code[:at] + other + code[at + 1 :])


@given(body=bodies, at=st.integers(0, 10))
def test_every_swap_of_neighbours_is_noticed_and_mended(body: str, at: int) -> None:
    code = a_code(body)
    assume(code[at] != code[at + 1])
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]

    assert not is_short_code(swapped)
    assert normal_form(code) in likely_meant(swapped)


@pytest.mark.parametrize(
    "typed",
    [
        "7Q4K-M2XD-9HT7",
        "7q4k m2xd 9ht7",
        " 7Q4K–M2XD–9HT7 ",  # noqa: RUF001 - a dash as a word processor makes it
        "7Q4KM2XD9HT7",
    ],
)
def test_a_code_may_be_typed_in_many_ways(typed: str) -> None:
    assert normal_form(typed) == "7Q4K-M2XD-9HT7"
    assert is_short_code(typed)


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    code = a_code("01010101018")

    assert is_short_code(code.replace("0", "O", 2).replace("1", "l", 2))


def test_a_slip_of_the_eye_is_proposed_and_a_right_code_is_left_alone() -> None:
    assert likely_meant("7Q4K-N2XD-9HT7") == ("7Q4K-M2XD-9HT7",)
    assert likely_meant("7Q4K-M2XD-9HT7") == ()
    assert likely_meant("something else") == ()


@pytest.mark.parametrize("text", ["", "7Q4K-M2XD", "7Q4K-M2XD-9HT77", "7Q4K_M2XD_9HT7", "é" * 12])
def test_what_has_another_form_is_no_code(text: str) -> None:
    assert normal_form(text) is None
    assert not is_short_code(text)
