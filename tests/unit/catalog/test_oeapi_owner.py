"""A thing of another organisation is told from one's own by the codes that both sides know."""

from typing import Any

import pytest

from services.catalog.oeapi import write_organisation
from services.catalog.oeapi.owner import is_of_another
from tests.unit.catalog.builders import HVA, UT, an_organisation

NUMBERED = an_organisation(brin="21PH", kvk="12345678", educationOffererCode="100A123")


def an_owner(*codes: tuple[str, str], **more: Any) -> Any:
    primary, *others = ({"codeType": kind, "code": code} for kind, code in codes)
    return {"primaryCode": primary, "otherCodes": others, **more}


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ([], False),
        ([{}], False),
        ([{"primaryCode": "21PH", "otherCodes": "21PH"}], False),
        ([an_owner(("organisation_id", "faculty"))], False),
        ([an_owner(("x-oin", UT))], False),
        ([an_owner(("x-oin", HVA))], True),
        ([an_owner(("x-oin", HVA), ("institution_code", "21PH"))], False),
        ([an_owner(("institution_code", "28DN"))], True),
        ([an_owner(("kvk_organisation_id", "87654321"))], True),
        ([an_owner(("x-rio-onderwijsaanbiedercode", "100A123"))], False),
        ([an_owner(("organisation_id", "faculty")), an_owner(("x-oin", HVA))], True),
        ([an_owner(("organisation_id", "faculty")), an_owner(("x-oin", UT))], False),
    ],
)
def test_whose_it_is_is_told_by_codes(owners: list[Any], *, expected: bool) -> None:
    assert is_of_another(owners, UT, NUMBERED) is expected


def test_a_code_that_we_do_not_know_of_ourselves_tells_nothing() -> None:
    owner = an_owner(("institution_code", "28DN"))

    assert not is_of_another([owner], UT, an_organisation())
    assert not is_of_another([owner], UT, None)


def test_the_number_in_an_oin_is_a_code_too() -> None:
    owner = an_owner(("institution_code", "25BE"))

    assert not is_of_another([owner], "0000000700025BE00000", None)
    assert is_of_another([owner], "0000000700021PH00000", None)


def test_our_own_facade_says_whose_it_is() -> None:
    assert not is_of_another([write_organisation(NUMBERED)], UT, NUMBERED)
    assert is_of_another([write_organisation(an_organisation(oin=HVA))], UT, NUMBERED)
