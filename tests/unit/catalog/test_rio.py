"""RIO's messages: always within RIO's limits, and nothing lost without a word."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.rio import (
    RioCode,
    RioReport,
    Severity,
    afwijkingen,
    is_rio_code,
    rio_report,
)
from services.catalog.rio.codes import PATTERNS
from services.catalog.rio.velden import ENTITEITEN, KENMERKEN, Veldtype
from services.catalog.rio.waarden import CATEGORIE, voertaal_of
from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering
from shared.contracts.vocabulary import PrivateCategory
from shared.strict_json import JsonObject, JsonValue
from tests.support.golden import Golden
from tests.unit.catalog.builders import a_description
from tests.unit.catalog.rio_builders import (
    DAY,
    DESCRIPTIONS,
    OFFERING_ID,
    OFFERINGS,
    a_stand,
    an_offering,
)

GOLDEN = Path(__file__).parent / "golden" / "rio"
SECTORS = st.sampled_from(["hbo", "wo", "mbo", "private"])


def codes(report: RioReport, severity: Severity = Severity.WARNING) -> set[tuple[str, str]]:
    """Return what was found of one severity, with its place."""
    return {(one.code, one.pointer) for one in report.findings if one.severity is severity}


def wrong(report: RioReport) -> list[str]:
    """Return everything in both messages that RIO would refuse."""
    return [
        *afwijkingen(report.soort, report.opleidingseenheid),
        *afwijkingen(report.soort.aangeboden, report.aangeboden_opleiding),
    ]


def only(value: JsonValue) -> JsonObject:
    """Return the one object in a list."""
    assert isinstance(value, list)
    [one] = value
    assert isinstance(one, dict)
    return one


def at(document: Any, pointer: str) -> Any:
    """Return what a pointer points to."""
    for part in pointer.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


@given(
    content=DESCRIPTIONS,
    older=st.lists(DESCRIPTIONS, max_size=2),
    offerings=st.lists(OFFERINGS, max_size=4),
    sector=SECTORS,
    ended=st.none() | st.integers(0, 400),
)
def test_every_message_fits_rio_and_every_warning_points_to_something(
    content: Description,
    older: list[Description],
    offerings: list[Offering],
    sector: str,
    ended: int | None,
) -> None:
    days = [DAY + timedelta(days=number // 2) for number in range(len(older) + 1)]
    stand = a_stand(
        provider={"sector": sector},
        versions=tuple(zip(days, [*older, content], strict=True)),
        offerings=tuple(offerings),
        last_day=None if ended is None else DAY + timedelta(days=ended),
    )
    report = rio_report(stand)

    if report.is_ready:
        nameless = {"/naamLang", "/eigenNaamAangebodenOpleiding"}
        assert not [one for one in wrong(report) if not any(map(one.endswith, nameless))]
    named = {one.offering_id: one.model_dump(mode="json", by_alias=True) for one in offerings}
    whole = {
        "content": content.model_dump(mode="json", by_alias=True),
        "provider": stand.provider.model_dump(mode="json", by_alias=True),
    }
    for one in report.findings:
        if one.severity is not Severity.ERROR:
            document = named[one.offering_id] if one.offering_id else whole
            assert at(document, one.pointer) is not None, one


@given(offerings=st.lists(OFFERINGS, max_size=6, unique_by=lambda one: one.offering_id))
def test_every_offering_is_a_cohort_or_says_why_it_is_not(offerings: list[Offering]) -> None:
    report = rio_report(a_stand(offerings=tuple(offerings)))

    sent = report.aangeboden_opleiding.get("aangebodenOpleidingCohort", [])
    assert isinstance(sent, list)
    refused = {
        one.offering_id
        for one in report.findings
        if one.severity is Severity.ERROR or one.code in {"concept", "too-many-cohorts"}
    }
    assert len(sent) == len(offerings) - len(refused - {None})


@given(tenths=st.integers(1, 100_000))
def test_study_load_is_sent_exactly_or_not_at_all(tenths: int) -> None:
    content = a_description(studyLoad={"unit": "ects", "value": tenths / 10})
    report = rio_report(a_stand(content))

    period = only(report.opleidingseenheid["opleidingseenheidPeriode"])
    if tenths % 10:
        assert not {"studielast", "studielasteenheid"} & period.keys()
        assert ("study-load-not-whole", "/content/studyLoad/value") in codes(report)
    else:
        sent = (period["studielast"], period["studielasteenheid"])
        assert sent == (tenths // 10, "ECTS_PUNT")
        assert Decimal(str(period["studielast"])) == Decimal(tenths) / 10


def test_half_a_credit_is_left_out_with_a_sentence_and_never_rounded() -> None:
    report = rio_report(a_stand(a_description(studyLoad={"unit": "ects", "value": 3.5})))

    assert "studielast" not in json.dumps(report.opleidingseenheid)
    [found] = [one for one in report.findings if one.code == "study-load-not-whole"]
    assert "heel getal" in (found.sentence.nl or "")
    assert report.is_ready


@pytest.mark.parametrize(
    ("sector", "soort", "offered"),
    [
        ("hbo", "HoOnderwijseenheid", "AangebodenHOOpleidingsonderdeel"),
        ("wo", "HoOnderwijseenheid", "AangebodenHOOpleidingsonderdeel"),
        ("private", "ParticuliereOpleiding", "AangebodenParticuliereOpleiding"),
        ("mbo", "ParticuliereOpleiding", "AangebodenParticuliereOpleiding"),
    ],
)
def test_the_sector_says_what_it_becomes(sector: str, soort: str, offered: str) -> None:
    report = rio_report(a_stand(provider={"sector": sector}))

    assert (report.soort, report.soort.aangeboden) == (soort, offered)
    assert (("mbo-non-formal", "/provider/sector") in codes(report)) is (sector == "mbo")


@pytest.mark.parametrize("sector", ["wo", "private"])
def test_the_level_stays_outside_rio_and_that_is_said(sector: str) -> None:
    report = rio_report(a_stand(provider={"sector": sector}))

    text = json.dumps([report.opleidingseenheid, report.aangeboden_opleiding])
    assert '"eqf"' not in text
    assert '"nlqf"' not in text
    assert ("no-level", "/content/level") in codes(report)


def test_without_an_offerer_code_it_is_not_ready() -> None:
    stand = a_stand()
    nobody = stand.provider.model_copy(update={"education_offerer_code": None})
    report = rio_report(replace(stand, provider=nobody))

    assert not report.is_ready
    assert codes(report, Severity.ERROR) == {("no-offerer-code", "/provider/educationOffererCode")}


def test_a_long_title_is_cut_at_a_word_and_says_so() -> None:
    report = rio_report(a_stand(a_description(title={"nl": "lang woord " * 40})))

    period = only(report.opleidingseenheid["opleidingseenheidPeriode"])
    name = str(period["naamLang"])
    assert len(name) <= 225
    assert name.endswith("woord…")
    assert ("too-long", "/content/title/nl") in codes(report)


def test_more_periods_than_rio_holds_lose_the_oldest_with_a_word() -> None:
    versions = tuple((DAY + timedelta(days=one), a_description()) for one in range(1002))
    report = rio_report(a_stand(versions=versions))

    periods = report.opleidingseenheid["opleidingseenheidPeriode"]
    assert isinstance(periods, list)
    assert len(periods) == 999
    assert not wrong(report)
    assert ("too-many-periods", "/content/title") in codes(report)


def test_a_cohort_ends_the_day_after_and_enrols_until_its_last_day() -> None:
    report = rio_report(a_stand(offerings=(an_offering(),)))

    assert only(report.aangeboden_opleiding["aangebodenOpleidingCohort"]) == {
        "cohortcode": "QC-101-2027-1",
        "cohortstatus": "O",
        "beginAanmeldperiode": "2026-12-01",
        "vastInstroommoment": {"instroommoment": "2027-02-01"},
        "eindeAanmeldperiode": "2027-01-15",
        "toestemmingVereistVoorAanmelding": "NEE",
        "einddatum": "2027-05-01",
        "prijs": [{"soort": "TOTALE_VERPLICHTE_KOSTEN", "bedrag": "450.00"}],
        "kenmerken": [
            {
                "kenmerknaam": "opleidingsvorm",
                "kenmerkwaardeEnumeratiewaarde": "KLASSIKAAL_EN_ONLINE",
            },
            {"kenmerknaam": "deelnemersplaatsen", "kenmerkwaardeGetal": 25},
        ],
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"enrolmentPeriods": []}, "no-enrolment-period"),
        ({"runs": None}, "no-start"),
        ({"modesOfDelivery": ["work_based"]}, "no-form"),
        ({"primaryCode": "x" * 61}, "cohortcode"),
    ],
)
def test_an_offering_that_rio_cannot_take_keeps_nothing_else_back(
    changed: dict[str, Any], code: str
) -> None:
    report = rio_report(a_stand(offerings=(an_offering(**changed),)))

    [error] = [one for one in report.findings if one.severity is Severity.ERROR]
    assert (error.code, error.offering_id) == (code, OFFERING_ID)
    assert "aangebodenOpleidingCohort" not in report.aangeboden_opleiding
    assert report.is_ready


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (RioCode.OPLEIDINGSEENHEIDCODE, "1000O1234", "100O12345"),
        (RioCode.ONDERWIJSAANBIEDERCODE, "100A123", "100a123"),
        (RioCode.ONDERWIJSBESTUURCODE, "100B123", "100A123"),
        (RioCode.ONDERWIJSLOCATIECODE, "100X123", "100X1234"),
        (RioCode.AANGEBODEN_OPLEIDINGCODE, str(OFFERING_ID), "6a55f0c8"),
        (RioCode.ERKENDE_ORGANISATIECODE, "21PH", "x" * 23),
        (RioCode.ERKENDE_OPLEIDINGSCODE, "25604", "x" * 9),
        (RioCode.COHORTCODE, "x" * 60, "x" * 61),
        (RioCode.EIGEN_SLEUTEL, "x" * 60, "a\tb"),
        (RioCode.BRIN, "21PH", "21PH00"),
        (RioCode.BRIN_VESTIGING, "21PH00", "21PH"),
    ],
)
def test_a_code_has_the_pattern_of_its_kind(kind: RioCode, good: str, bad: str) -> None:
    assert is_rio_code(kind, good)
    assert not is_rio_code(kind, bad)
    assert not is_rio_code(kind, "")


def test_every_category_of_ours_has_its_own_in_rio() -> None:
    assert CATEGORIE.keys() == set(PrivateCategory)
    assert len(set(CATEGORIE.values())) == 16
    assert (voertaal_of("nl-NL"), voertaal_of("pap"), voertaal_of("fy")) == ("NLD", "PAP", None)


@pytest.mark.shared_material
def test_fields_and_limits_are_those_of_rio(shared_material: Path) -> None:
    folder = shared_material / "data" / "netherlands" / "rio"
    known = json.loads((folder / "rio-entities.json").read_text())["entities"]
    types = json.loads((folder / "rio-identifier-patterns.json").read_text())["types"]

    def fields(entity: str | None) -> dict[str, Any]:
        if entity is None:
            return {}
        if entity not in known:  # The extract lacks two types in between.
            entity = entity.replace("Opleidingsonderdeel", "Opleidingseenheid")
        own = {one["name"]: one for one in known[entity]["fields"]}
        return {**fields(known[entity]["extends"]), **own}

    # Of these three RIO wants exactly one (a choice); of a key to come it waits for the answer.
    choices = {"vastInstroommoment", "flexibeleInstroom", "opleidingseenheidSleutel"}
    lost = {"studielast", "studielasteenheid", "waardedocumentsoort"}
    for entity, ours in ENTITEITEN.items():
        rio = fields(entity)
        for name, veld in ours.items():
            if name in lost and "Ho" in entity:
                continue  # The extract lacks the fields of OpleidingsonderdeelPeriode.
            assert int(rio[name]["min"]) == veld.least or name in choices, (entity, name)
            assert int(rio[name]["max"]) == veld.most, (entity, name)
        properties = fields(f"Kenmerkwaardenbereik_{entity}") if entity in KENMERKEN else {}
        for name, kenmerk in KENMERKEN.get(entity, {}).items():
            assert int(properties[name]["min"]) == kenmerk.least, (entity, name)
            assert int(properties[name]["max"]) == kenmerk.most, (entity, name)
    every = [veld.kind for ours in ENTITEITEN.values() for veld in ours.values()]
    every += [kenmerk.kind for ours in KENMERKEN.values() for kenmerk in ours.values()]
    limited = {one.name: one for one in every if isinstance(one, Veldtype) and one.name in types}
    assert len(limited) >= 8
    for name, kind in limited.items():
        rio_type = types[name]
        if "maxLength" in rio_type and not kind.values and kind.pattern is None:
            assert kind.most == int(rio_type["maxLength"]), name
    assert PATTERNS[RioCode.OPLEIDINGSEENHEIDCODE].pattern == r"[0-9]{4}O[0-9]{4}"


@pytest.mark.parametrize("sector", ["wo", "private"])
def test_the_messages_are_as_they_were(sector: str, golden: Golden) -> None:
    content = a_description(
        studyLoad={"unit": "ects", "value": 3.5},
        fieldOfStudy="0613",
        privateCategories=["technology_and_ict"],
        abbreviation="Intro QC",
        furtherInformation="https://www.example.nl/qc",
    )
    report = rio_report(a_stand(content, provider={"sector": sector}, offerings=(an_offering(),)))

    golden(
        GOLDEN / f"{sector}.json",
        {
            "opleidingseenheid": report.opleidingseenheid,
            "aangebodenOpleiding": report.aangeboden_opleiding,
            "findings": [
                [one.severity, one.code, one.pointer, one.sentence.model_dump()]
                for one in report.findings
            ],
        },
    )


def test_a_text_is_not_cut_where_it_would_look_like_markup() -> None:
    report = rio_report(a_stand(a_description(title={"en": "0000000000000000< " * 13})))

    assert wrong(report) == []
