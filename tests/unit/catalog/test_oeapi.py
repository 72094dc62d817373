"""The catalogue in OEAPI v6: what is written is what the document says, and comes back whole."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.oeapi import (
    Audience,
    Entry,
    Expand,
    Outcome,
    Run,
    read_course,
    read_offering,
    read_programme,
    write_course,
    write_learning_outcome,
    write_offering,
    write_organisation,
    write_private_delivery,
    write_programme,
)
from services.catalog.oeapi.identity import (
    delivery_id,
    oin_of,
    organisation_id,
    outcome_id,
    owners_of,
)
from shared.contracts.offering import OfferingTerms
from shared.contracts.policy import Organisation
from tests.support.descriptions import ENTRIES, ORGANISATIONS, RUNS, a_microcredential, an_offering
from tests.support.oeapi import faults, rio_validator, schema_validator
from tests.unit.catalog.builders import a_description, an_organisation

FEW = settings(max_examples=40)
TODAY = date(2027, 2, 1)
EXPANDS = st.sets(st.sampled_from([*Expand]))
AUDIENCES = st.sampled_from([*Audience])


@FEW
@given(ENTRIES)
def test_a_description_comes_back_from_oeapi_as_it_was(entry: Entry) -> None:
    written = write_programme(entry, expand={Expand.LEARNING_OUTCOMES})

    assert read_programme(written) == (entry.content, ())


@FEW
@given(ENTRIES)
def test_it_comes_back_from_what_is_taught_for_it_but_for_the_level_of_a_course(
    entry: Entry,
) -> None:
    if entry.is_private:
        written = write_private_delivery(entry, expand={Expand.LEARNING_OUTCOMES})
        assert read_programme(written) == (entry.content, ())
    else:
        course, lost = read_course(write_course(entry, expand={Expand.LEARNING_OUTCOMES}))
        assert course == entry.content.model_copy(update={"level": None})
        assert lost == ()


@pytest.mark.shared_material
@FEW
@given(entry=ENTRIES, audience=AUDIENCES, expand=EXPANDS)
def test_every_programme_is_what_the_document_says(
    entry: Entry, audience: Audience, expand: set[Expand]
) -> None:
    programmes = [write_programme(entry, audience=audience, expand=expand)]
    if entry.is_private:
        programmes.append(write_private_delivery(entry, audience=audience, expand=expand))

    for programme in programmes:
        assert faults(schema_validator("ProgrammeExpanded"), programme) == []
        consumer = programme.get("consumer")
        if consumer and audience is Audience.RIO:
            assert faults(rio_validator("Programme"), consumer) == []


@pytest.mark.shared_material
@FEW
@given(entry=ENTRIES, audience=AUDIENCES, expand=EXPANDS)
def test_every_course_is_what_the_document_says(
    entry: Entry, audience: Audience, expand: set[Expand]
) -> None:
    course = write_course(entry, audience=audience, expand=expand)

    assert faults(schema_validator("CourseExpanded"), course) == []
    if course.get("consumer") and audience is Audience.RIO:
        assert faults(rio_validator("Course"), course["consumer"]) == []


@pytest.mark.shared_material
@FEW
@given(run=RUNS, audience=AUDIENCES, expand=EXPANDS)
def test_every_offering_is_what_the_document_says(
    run: Run, audience: Audience, expand: set[Expand]
) -> None:
    offering = write_offering(run, today=TODAY, audience=audience, expand=expand)

    kind = "ProgrammeOffering" if run.entry.is_private else "CourseOffering"
    assert faults(schema_validator(kind), offering) == []
    if offering.get("consumer") and audience is Audience.RIO:
        assert faults(rio_validator("Offering"), offering["consumer"]) == []


@pytest.mark.shared_material
@FEW
@given(entry=ENTRIES, organisation=ORGANISATIONS)
def test_every_outcome_and_organisation_is_what_the_document_says(
    entry: Entry, organisation: Organisation
) -> None:
    for at in range(len(entry.outcomes)):
        outcome = write_learning_outcome(Outcome(entry, at))
        assert faults(schema_validator("LearningOutcome"), outcome) == []
    assert faults(schema_validator("Organisation"), write_organisation(organisation)) == []


@FEW
@given(st.uuids(), st.integers(0, 29))
def test_ids_lead_back_to_what_they_are_of(one: UUID, at: int) -> None:
    assert delivery_id(delivery_id(one)) == one != delivery_id(one)
    assert owners_of(outcome_id(one, at))[one] == at
    assert delivery_id(one).version == one.version


@FEW
@given(st.from_regex(r"(0000000[1-9]|00000010|00000099)[0-9A-Z]{8,9}0{3,4}", fullmatch=True))
def test_an_organisation_is_found_by_its_id(oin: str) -> None:
    oin = oin[:20].ljust(20, "0")

    assert oin_of(organisation_id(oin)) == oin
    assert organisation_id(oin).version == 8


@FEW
@given(st.uuids())
def test_another_id_is_of_no_organisation(one: UUID) -> None:
    oin = oin_of(one)

    assert oin is None or organisation_id(oin) == one


def test_non_formal_education_is_taught_as_a_programme() -> None:
    provider = an_organisation(sector="private", educationOffererCode="100A123")
    entry = Entry(a_microcredential(a_description(), provider), provider)

    taught = write_private_delivery(entry)

    assert taught["parentId"] == str(entry.specification) == write_programme(entry)["programmeId"]
    assert write_programme(entry)["childIds"] == [taught["programmeId"]]
    assert taught["consumer"] == {
        "consumerKey": "rio",
        "specificationId": str(entry.specification),
        "educationOffererCode": "100A123",
        "type": "private",
    }


def test_only_what_a_consumer_wants_has_its_block() -> None:
    plain = an_organisation()
    for provider in (plain, an_organisation(sector="mbo", educationOffererCode="100A123")):
        entry = Entry(a_microcredential(a_description(), provider), provider)
        assert "consumer" not in write_programme(entry)
        assert "consumer" not in write_programme(entry, audience=Audience.EDUXCHANGE)


def test_a_provider_names_the_alliance_it_is_meant_for() -> None:
    code = {"codeType": "x-eduxchange-alliance", "code": "lde"}
    provider = an_organisation()
    content = a_description(otherCodes=[code], admission="selection")
    entry = Entry(a_microcredential(content, provider), provider)

    course = write_course(entry, audience=Audience.EDUXCHANGE)

    assert course["consumer"] == {
        "consumerKey": "eduxchange",
        "alliances": [
            {
                "name": "lde",
                "microcredential": "standalone",
                "targetGroup": "forProfessionals",
                "enrolmentForProfessionals": "url",
                "selection": True,
            }
        ],
    }


def test_a_day_keeps_its_dutch_date_in_summer_and_winter() -> None:
    provider = an_organisation()
    entry = Entry(a_microcredential(a_description(), provider), provider)
    runs = {"firstDay": "2027-07-01", "lastDay": "2027-12-31"}
    terms = {"primaryCode": "1", "state": "active", "runs": runs}
    written = write_offering(Run(an_offering(terms, entry), entry), today=TODAY)

    assert written["startDateTime"] == "2027-07-01T00:00:00+02:00"
    assert written["endDateTime"] == "2027-12-31T23:59:59+01:00"


def test_an_unknown_microcredential_has_other_ids() -> None:
    one, other = uuid4(), uuid4()

    assert delivery_id(one) != delivery_id(other)
    assert other not in owners_of(outcome_id(one, 3))


@given(RUNS)
def test_an_offering_comes_back_from_oeapi_as_it_was(run: Run) -> None:
    members = {name: getattr(run.offering, name) for name in OfferingTerms.model_fields}
    terms = OfferingTerms.model_construct(**members)

    assert read_offering(write_offering(run, today=TODAY)) == (terms, ())
