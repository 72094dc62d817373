"""Numbers of organisations: what each register's look like inside an OIN."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contracts.identifiers import (
    OIN_PATTERN,
    Oin,
    OinFlaw,
    brin_in,
    is_rsin,
    kvk_in,
    oin_flaw,
)

OINS: TypeAdapter[str] = TypeAdapter(Oin)
DIGITS = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


BRINS = st.from_regex(re.compile(r"[0-9]{2}[A-Z]{2}", re.ASCII), fullmatch=True)


@pytest.mark.parametrize(
    ("oin", "flaw"),
    [
        ("00000001822477348000", None),
        ("00000001822477349000", OinFlaw.RSIN),
        ("00000001000000000000", OinFlaw.RSIN),
        ("0000000182247734A000", OinFlaw.RSIN),
        ("00000002123456789000", None),
        ("00000003123456780000", None),
        ("00000003123456789000", OinFlaw.KVK),
        ("00000003ABCDEFGH0000", OinFlaw.KVK),
        ("00000004194049711000", None),
        ("00000004ABCDEFGHI000", OinFlaw.NUMBER),
        ("00000005123456789000", OinFlaw.PREFIX_FREE),
        ("0000000700025BE00000", None),
        ("0000000700025BE01000", None),
        ("0000000725BE00000000", OinFlaw.BRIN),
        ("00000007000250000000", OinFlaw.BRIN),
        ("00000008ABCDEFGHI000", None),
        ("00000011123456789000", None),
        ("00000099000000210000", None),
        ("00000099000000000000", None),
    ],
)
def test_the_number_in_an_oin_is_judged_by_its_register(oin: str, flaw: OinFlaw | None) -> None:
    assert OINS.validate_python(oin) == oin, "whatever has the form can be read"
    assert oin_flaw(oin) is flaw


@given(digits(8))
def test_one_of_eleven_last_digits_makes_eight_digits_an_rsin(start: str) -> None:
    found = [last for last in DIGITS if is_rsin(start + last)]
    check = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), start, strict=True))

    expected = [] if check % 11 == 10 or start == "0" * 8 else [str(check % 11)]
    assert found == expected


@given(digits(8), st.integers(0, 8), st.integers(1, 9))
def test_one_changed_digit_is_always_found_in_an_rsin(start: str, at: int, more: int) -> None:
    for number in (start + last for last in DIGITS):
        changed = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
        assert not (is_rsin(number) and is_rsin(changed))


@pytest.mark.parametrize("number", ["", "12345678", "1234567890", "12345678x", "१२३४५६७८९"])
def test_what_is_not_nine_digits_is_no_rsin(number: str) -> None:
    assert not is_rsin(number)


@given(BRINS)
def test_a_brin_goes_into_an_oin_and_comes_out_again(brin: str) -> None:
    oin = f"00000007000{brin}00000"

    assert (oin_flaw(oin), brin_in(oin), kvk_in(oin)) == (None, brin, None)


@given(digits(8))
def test_a_kvk_number_goes_into_an_oin_and_comes_out_again(number: str) -> None:
    oin = f"00000003{number}0000"

    assert (oin_flaw(oin), kvk_in(oin), brin_in(oin)) == (None, number, None)


@given(st.from_regex(re.compile(OIN_PATTERN, re.ASCII), fullmatch=True))
def test_every_text_is_either_refused_or_judged(oin: str) -> None:
    try:
        OINS.validate_python(oin)
    except ValidationError:
        assert len(oin) != 20
    else:
        oin_flaw(oin)
        assert (brin_in(oin) or "") in oin
