"""The fields of study are those of ISCED-F 2013, each inside the one above it."""

from collections import Counter

import pytest

from shared.contracts.isced import broad_fields, broad_of, fields_of_study, narrow_of


def test_there_are_as_many_fields_as_the_standard_lists() -> None:
    assert Counter(map(len, fields_of_study())) == {2: 12, 3: 58, 4: 149}
    assert len(broad_fields()) == 11


@pytest.mark.parametrize("code", ["0533", "0188", "0099", "0000", "020", "99", "1041"])
def test_a_code_of_the_standard_is_there(code: str) -> None:
    assert code in fields_of_study()


@pytest.mark.parametrize("code", ["11", "0115", "0420", "060", "0549", "0190", "008", "1042"])
def test_a_code_that_only_looks_like_one_is_not(code: str) -> None:
    assert code not in fields_of_study()


def test_every_field_is_in_the_field_above_it_and_has_both_names() -> None:
    fields = fields_of_study()
    for code, name in fields.items():
        assert broad_of(code) in fields
        assert (narrow_of(code) or broad_of(code)) in fields
        assert name.nl
        assert name.en


def test_a_code_that_adds_nothing_is_named_after_the_field_above_it() -> None:
    fields = fields_of_study()

    assert fields["0588"].en == "Natural sciences, mathematics and statistics, inter-disciplinary"
    assert fields["0119"].nl == "Onderwijs, overig"
    assert fields["0200"].nl == "Kunst en geesteswetenschappen, algemeen"
