"""The catalogue in OOAPI v5 has what v5 demands, in words that v5 has."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.oeapi import Audience, Entry, Run, version5
from shared.contracts.policy import Organisation
from tests.support.descriptions import ENTRIES, ORGANISATIONS, RUNS
from tests.support.oeapi import members, v5_values

pytestmark = pytest.mark.shared_material
FEW = settings(max_examples=60)
TODAY = date(2027, 2, 1)
AUDIENCES = st.sampled_from([*Audience])
LISTS = {
    "formalDocument": "formalDocument",
    "level": "level",
    "levelOfQualification": "levelOfQualification",
    "sector": "sector",
    "educationSpecificationType": "educationSpecificationType",
    "programType": "programType",
    "organizationType": "organizationType",
    "offeringType": "offeringType",
    "modeOfDelivery": "modesOfDelivery",
    "codeType": "codeType",
    "costType": "costType",
    "addressType": "addressType",
}
"""Which of v5's lists a member takes its value from."""
DEMANDED = {
    "specification": (
        "educationSpecificationId",
        "primaryCode",
        "educationSpecificationType",
        "name",
    ),
    "program": (
        *("programId", "programType", "name", "abbreviation", "description", "primaryCode"),
        "teachingLanguage",
    ),
    "course": (
        *("courseId", "name", "abbreviation", "description", "teachingLanguage", "level"),
        "primaryCode",
    ),
    "organization": ("organizationId", "organizationType", "name", "shortName", "primaryCode"),
    "offering": (
        *("offeringId", "primaryCode", "offeringType", "name", "description"),
        *("teachingLanguage", "resultExpected"),
    ),
}


def check(kind: str, written: dict[str, Any]) -> None:
    """Say that v5 could have written this."""
    assert set(DEMANDED[kind]) <= written.keys()
    for name, value in members({k: v for k, v in written.items() if k != "ext"}):
        assert "isation" not in name, name
        assert "programme" not in name, name
        if name in LISTS:
            for one in value if isinstance(value, list) else [value]:
                assert one in v5_values(LISTS[name]) or str(one).startswith("x-"), (name, one)
        if name == "teachingLanguage":
            assert isinstance(value, str)
            assert len(value) == 3
        if name in {"validFrom", "validTo"} or name.endswith("Date"):
            assert date.fromisoformat(str(value)) > date(2000, 1, 1)
    assert len(written.get("fieldsOfStudy", "")) <= 4


@FEW
@given(entry=ENTRIES, audience=AUDIENCES)
def test_every_specification_program_and_course_is_v5(entry: Entry, audience: Audience) -> None:
    check("specification", version5.write_specification(entry, audience=audience))
    check("program", version5.write_program(entry, audience=audience))
    check("course", version5.write_course(entry, audience=audience))


@FEW
@given(run=RUNS, audience=AUDIENCES)
def test_every_offering_is_v5(run: Run, audience: Audience) -> None:
    written = version5.write_offering(run, today=TODAY, audience=audience)

    check("offering", written)
    days = run.offering.days
    has_both = days is not None and days.last_day is not None
    assert ({"startDate", "endDate"} <= written.keys()) is has_both


@FEW
@given(ORGANISATIONS)
def test_every_organization_is_v5(organisation: Organisation) -> None:
    check("organization", version5.write_organization(organisation))
