"""The readiness meter: what is missing, why, and that the examples really fill it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.policy import judge, judge_provider
from services.catalog.readiness import Measured, Meter, PartName, measure
from services.catalog.readiness.asking import EU, EUROPASS, OEAPI, RIO
from shared.contracts.microcredential import Description
from shared.contracts.policy import Policy
from tests.support.golden import Golden
from tests.unit.catalog.builders import a_description, a_policy, an_organisation
from tests.unit.catalog.rio_builders import DESCRIPTIONS, ID

GOLDEN = Path(__file__).parent / "golden" / "readiness"
DAY = date(2026, 11, 22)
TITLE_ONLY = Description.model_validate({"title": {"nl": "Iets"}})
SECTORS = ("hbo", "wo", "mbo", "private")


def a_policy_of(sector: str) -> Policy:
    """Return a policy such as the sector has."""
    if sector == "mbo":
        return a_policy(
            policyId="mbo",
            sector="mbo",
            unit="sbu",
            minimum=80,
            maximum=None,
            step=80,
            guideline=240,
        )
    return a_policy(policyId=sector, sector=sector)


def meter_of(content: Description, sector: str = "wo", **provider: Any) -> Meter:
    """Measure a description of a provider in this sector."""
    organisation = an_organisation(sector=sector, **provider)
    rules = a_policy_of(sector)
    findings = (judge_provider(organisation, day=DAY), *judge(content, rules, day=DAY))
    return measure(
        Measured(
            microcredential_id=ID,
            content=content,
            provider=organisation,
            policy=rules,
            findings=findings,
            day=DAY,
        )
    )


def filled(content: Description, meter: Meter) -> Description:
    """Put the example of every gap in its place."""
    document: dict[str, Any] = {"content": content.model_dump(mode="json", exclude_none=True)}
    for gap in (gap for reading in meter.readings for gap in reading.gaps):
        *path, last = gap.pointer.split("/")[1:]
        if path[:1] != ["content"]:
            continue
        here: Any = document
        for part in path:
            here = here.setdefault(part, [] if last == "-" and part == path[-1] else {})
        if last == "-":
            here.append(gap.example)
        else:
            here[last] = gap.example
    return Description.model_validate(document["content"])


def test_a_complete_description_has_thirteen_of_thirteen_eu_elements() -> None:
    whole = a_description(
        stackability={"nl": "Telt mee in de master."},
        furtherInformation="https://www.example.nl/qc",
    )
    eu = meter_of(whole).reading(PartName.EU)

    assert (eu.present, eu.total, eu.gaps, eu.is_ready) == (13, 13, (), True)
    assert (eu.summary.nl or "").startswith("13 van de 13 EU-elementen")


def test_nine_of_the_thirteen_are_mandatory() -> None:
    assert len(EU) == 13
    assert sum(one.mandatory for one in EU) == 9


def test_a_title_alone_has_three_with_its_provider() -> None:
    eu = meter_of(TITLE_ONLY).reading(PartName.EU)

    assert (eu.present, eu.is_ready) == (3, False)
    assert [gap.pointer for gap in eu.gaps if gap.mandatory] == [
        "/content/learningOutcomes",
        "/content/studyLoad",
        "/content/level",
        "/content/assessment",
        "/content/modesOfDelivery",
        "/content/qualityAssurance",
    ]


@pytest.mark.parametrize("sector", SECTORS)
def test_the_examples_fill_every_gap_that_a_provider_can_fill(sector: str) -> None:
    meter = meter_of(TITLE_ONLY, sector)
    after = meter_of(filled(TITLE_ONLY, meter), sector)

    left = {gap.pointer for reading in after.readings for gap in reading.gaps}
    assert left == {"/provider/educationOffererCode"}


@given(content=DESCRIPTIONS, sector=st.sampled_from(SECTORS))
def test_every_gap_of_any_description_explains_itself_and_can_be_filled(
    content: Description, sector: str
) -> None:
    meter = meter_of(content, sector, educationOffererCode="100A123")

    for reading in meter.readings:
        assert 0 <= reading.present <= reading.total
        assert reading.is_ready is not any(gap.mandatory for gap in reading.gaps)
        for gap in reading.gaps:
            for text in (gap.name, gap.why, gap.used_by, gap.example_reads):
                assert text.nl
                assert text.en
            assert gap.example not in (None, "", [], {})
    after = meter_of(filled(content, meter), sector, educationOffererCode="100A123")
    for reading in after.readings:
        if reading.part is not PartName.FRAMEWORK:  # Blank texts of a list stay blank there.
            assert {gap.pointer for gap in reading.gaps} <= {"/content/otherCodes/-"}


@pytest.mark.parametrize(
    ("sector", "rio"), [("hbo", "ISCED"), ("private", "categorie"), ("mbo", "categorie")]
)
def test_rio_asks_by_the_kind_it_becomes(sector: str, rio: str) -> None:
    reading = meter_of(TITLE_ONLY, sector).reading(PartName.RIO)

    assert rio in {gap.called for gap in reading.gaps}
    assert not reading.is_ready
    says_mbo = any("mbo-deel" in (one.sentence.nl or "") for one in reading.remarks)
    assert says_mbo is (sector == "mbo")


def test_half_a_credit_is_a_remark_of_rio_and_no_gap() -> None:
    half = a_description(studyLoad={"unit": "ects", "value": 3.5})
    reading = meter_of(half, educationOffererCode="100A123").reading(PartName.RIO)

    assert "/content/studyLoad" not in {gap.pointer for gap in reading.gaps}
    assert [one.pointer for one in reading.remarks] == ["/content/studyLoad/value"]
    assert reading.is_ready


def test_advice_of_the_framework_is_a_gap_that_is_not_mandatory() -> None:
    small = a_description(studyLoad={"unit": "sbu", "value": 80})
    reading = meter_of(small, "mbo").reading(PartName.FRAMEWORK)

    [gap] = reading.gaps
    assert (gap.called, gap.mandatory, reading.is_ready) == ("study-load-guideline", False, True)
    assert gap.example == {"unit": "sbu", "value": 240}


def test_a_size_out_of_bounds_shows_a_size_that_fits() -> None:
    small = a_description(studyLoad={"unit": "ects", "value": 2})
    reading = meter_of(small).reading(PartName.FRAMEWORK)

    assert [gap.example for gap in reading.gaps] == [{"unit": "ects", "value": 5}]


def test_a_provider_nobody_knows_lacks_what_only_the_steward_records() -> None:
    unknown = Measured(
        microcredential_id=ID,
        content=a_description(),
        provider=None,
        policy=None,
        findings=(judge_provider(None, day=DAY),),
        day=DAY,
    )
    meter = measure(unknown)

    assert {gap.pointer for gap in meter.reading(PartName.EU).gaps if gap.mandatory} == {
        "/provider/country",
        "/provider/name",
    }
    framework = meter.reading(PartName.FRAMEWORK)
    assert [gap.pointer for gap in framework.gaps] == ["/provider/recognitions"]
    assert "kwaliteitskader" in (framework.remarks[0].sentence.nl or "")


def test_no_reader_asks_a_field_twice() -> None:
    for asked in (EU, OEAPI, EUROPASS, *RIO.values()):
        pointers = [one.field.pointer for one in asked]
        assert len(pointers) == len(set(pointers))


@pytest.mark.parametrize("sector", SECTORS)
def test_the_meter_reads_as_it_did(sector: str, golden: Golden) -> None:
    meter = meter_of(TITLE_ONLY, sector)

    golden(
        GOLDEN / f"{sector}.json",
        [
            {
                "part": reading.part,
                "summary": reading.summary.model_dump(),
                "gaps": [
                    [gap.pointer, gap.called, gap.mandatory, json.dumps(gap.example)]
                    for gap in reading.gaps
                ],
                "remarks": [one.sentence.model_dump() for one in reading.remarks],
            }
            for reading in meter.readings
        ],
    )
