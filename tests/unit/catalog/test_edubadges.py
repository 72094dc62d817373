"""Badge classes become drafts, and every member says what became of it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.edubadges import (
    Imported,
    Outcome,
    read_badge_class,
)
from shared.contracts.vocabulary import Sector
from shared.strict_json import JsonObject
from tests.support.golden import Golden
from tests.unit.catalog.edubadges_builders import (
    achievement,
    api_badge_class,
    credential,
    extension,
    extensions,
    public_badge_class,
)

GOLDEN = Path(__file__).parent / "golden" / "edubadges"
SHAPES = {
    "api": api_badge_class,
    "public": public_badge_class,
    "achievement": achievement,
    "credential": credential,
}


def taken_in(members: JsonObject, sector: Sector = Sector.HBO) -> tuple[Any, Imported]:
    """Import a badge class, and return the draft as JSON beside it."""
    imported = read_badge_class(members, sector=sector)
    return imported.content.model_dump(mode="json", exclude_defaults=True), imported


def said(imported: Imported, outcome: Outcome) -> set[tuple[str, str]]:
    """Return which members had an outcome, and why."""
    return {(one.pointer, one.code) for one in imported.entries if one.outcome is outcome}


def with_extensions(**values: Any) -> dict[str, Any]:
    """Return a badge class with these extensions only."""
    return api_badge_class(extensions=extensions(Language="nl_NL", **values))


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_shape_becomes_this_draft_with_this_report(shape: str, golden: Golden) -> None:
    draft, imported = taken_in(SHAPES[shape]())

    report = [
        [one.pointer, one.outcome, one.code, one.became, one.sentence.nl]
        for one in imported.entries
    ]
    golden(GOLDEN / f"{shape}.json", {"draft": draft, "report": report})


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_member_is_accounted_for(shape: str) -> None:
    members = SHAPES[shape](surprise={"deep": 1}, **{"odd name <b>": 1})
    _, imported = taken_in(members)

    told = {one.pointer for one in imported.entries}
    whole = members if shape != "credential" else members["credentialSubject"]["achievement"]
    at = "" if shape != "credential" else "/credentialSubject/achievement"
    for name, value in whole.items():
        if name == "extensions" or value in (None, [], ""):
            continue
        pointer = f"{at}/{name}" if name != "odd name <b>" else at
        assert any(one == pointer or one.startswith(f"{pointer}/") for one in told), name
    assert f"{at}/surprise" in told
    assert "<b>" not in "".join(told)


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_what_became_of_a_member_is_really_in_the_draft(shape: str) -> None:
    require_all_in_the_draft(*taken_in(SHAPES[shape]()))


def require_all_in_the_draft(draft: Any, imported: Imported) -> None:
    """Follow every pointer into the draft."""
    for entry in imported.entries:
        here = draft
        for part in (entry.became or "").split("/")[1:]:
            here = here[int(part)] if isinstance(here, list) else here[part]
        assert here, entry


def test_what_is_left_out_of_a_list_moves_the_rest_up() -> None:
    skills = [
        {"target_name": name, "target_url": f"http://data.europa.eu/esco/skill/{code}"}
        for name, code in (
            ("geen", "x y"),
            ("wel", "ccd0a1d9-afda-43d9-b901-96344886e14d"),
            ("dubbel", "ccd0a1d9-afda-43d9-b901-96344886e14d"),
        )
    ]
    draft, imported = taken_in(api_badge_class(alignments=skills))

    require_all_in_the_draft(draft, imported)
    assert [one["label"]["nl"] for one in draft["skills"]] == ["wel"]
    became = {one.pointer: one.became for one in imported.entries}
    assert became["/alignments/1"] == "/skills/0"
    assert became["/alignments/0"] is became["/alignments/2"] is None


@given(tenths=st.integers(1, 99_999))
def test_a_size_is_taken_exactly(tenths: int) -> None:
    value = Decimal(tenths) / 10
    members = json.loads(json.dumps(with_extensions(ECTS=float(value))))
    _, imported = taken_in(members)

    load = imported.content.study_load
    assert load is not None
    assert load.value == value


@pytest.mark.parametrize(
    ("value", "code"),
    [(2.25, "two-decimals"), (0, "size-range"), (-1, "size-range"), (1e300, "size-range")],
)
def test_a_size_that_cannot_be_kept_is_lost_and_never_rounded(value: float, code: str) -> None:
    draft, imported = taken_in(with_extensions(ECTS=value))

    assert "studyLoad" not in draft
    pointer = "/extensions/extensions:ECTSExtension/ECTS"
    assert (pointer, code) in said(imported, Outcome.LOST)


def test_of_several_sizes_the_first_counts_and_the_others_say_so() -> None:
    draft, imported = taken_in(with_extensions(TimeInvestment=140, StudyLoad=140, ECTS=5))

    assert draft["studyLoad"] == {"unit": "ects", "value": 5}
    lost = {pointer for pointer, code in said(imported, Outcome.LOST) if code == "another-size"}
    assert lost == {
        "/extensions/extensions:StudyLoadExtension/StudyLoad",
        "/extensions/extensions:TimeInvestmentExtension/TimeInvestment",
    }


@pytest.mark.parametrize(
    ("sent", "tag", "language"),
    [
        ("en_EN", "en", "en"),
        ("nl_NL", "nl-NL", "nl"),
        ("nl", "nl", "nl"),
        ("en-GB", "en-GB", "en"),
        ("de_DE", "de-DE", "en"),
    ],
)
def test_odd_language_codes_are_mended(sent: str, tag: str, language: str) -> None:
    draft, imported = taken_in(api_badge_class(extensions=extensions(Language=sent)))

    assert draft["inLanguage"] == tag
    assert draft["title"].keys() == {language}
    doubts = {code for _, code in said(imported, Outcome.DOUBTFUL)}
    assert ("other-language" in doubts) is (sent == "de_DE")


@pytest.mark.parametrize("sent", ["klingon", "xq_XQ", "nl_nl_nl"])
def test_a_language_that_does_not_exist_is_lost(sent: str) -> None:
    draft, _ = taken_in(api_badge_class(extensions=extensions(Language=sent)))

    assert "inLanguage" not in draft


@pytest.mark.parametrize(
    ("supervised", "checked", "form", "kind", "doubt"),
    [
        (True, True, "online", "supervised_with_identity_check", None),
        (True, False, "online", "supervised_online", None),
        (True, False, "onsite", "supervised_onsite", None),
        (True, False, "blended", "supervised_onsite", "supervised-where"),
        (False, True, "online", "unsupervised", "identity-without-supervision"),
        (False, False, "online", "unsupervised", "false-by-default"),
    ],
)
def test_two_flags_become_one_word(
    *,
    supervised: bool,
    checked: bool,
    form: str,
    kind: str,
    doubt: str | None,
) -> None:
    draft, imported = taken_in(
        api_badge_class(
            assessment_supervised=supervised, assessment_id_verified=checked, participation=form
        )
    )

    assert draft["supervision"] == kind
    doubts = dict(said(imported, Outcome.DOUBTFUL))
    assert doubts.get("/assessment_supervised") == doubt


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("U ontwerpt een schakeling.", ["U ontwerpt een schakeling."]),
        ("Na afloop:\n- een\n- twee", ["een", "twee"]),
        ("Dit hoort erbij\n- een\n- twee", ["Dit hoort erbij", "een", "twee"]),
        ("1. een\ngaat door\n2) twee", ["een gaat door", "twee"]),
        ("<ul><li>een</li><li>twee</li></ul>", ["een", "twee"]),
        ("- alleen dit", ["- alleen dit"]),
        ("twee\nregels", ["twee\nregels"]),
    ],
)
def test_a_list_of_outcomes_is_split_and_a_text_is_not(text: str, outcomes: list[str]) -> None:
    draft, _ = taken_in(with_extensions(LearningOutcome=text))

    assert [one["nl"] for one in draft["learningOutcomes"]] == outcomes


def test_more_outcomes_than_fit_lose_no_word() -> None:
    points = "\n".join(f"- uitkomst {number}" for number in range(40))
    draft, _ = taken_in(with_extensions(LearningOutcome=points))

    assert len(draft["learningOutcomes"]) == 30
    assert "uitkomst 39" in draft["learningOutcomes"][-1]["nl"]


def test_a_level_is_a_claim_and_a_verified_one_asks_by_whom() -> None:
    draft, imported = taken_in(api_badge_class())

    assert draft["level"] == {"value": "eqf_7", "basis": "self-declared"}
    doubts = said(imported, Outcome.DOUBTFUL)
    assert ("/eqf_nlqf_level_verified", "level-verified-by") in doubts


@pytest.mark.parametrize("eqf", [0, 9, 6.5])
def test_a_level_that_does_not_exist_is_lost(eqf: float) -> None:
    draft, _ = taken_in(with_extensions(EQF=eqf))

    assert "level" not in draft


@pytest.mark.parametrize(
    ("sector", "kind"), [(Sector.MBO, "x-crebo"), (Sector.HBO, "x-croho"), (Sector.WO, "x-croho")]
)
def test_a_programme_code_is_of_the_sectors_own_register(sector: Sector, kind: str) -> None:
    draft, _ = taken_in(with_extensions(EducationProgramIdentifier=[25604, 1]), sector)

    assert draft["otherCodes"] == [
        {"codeType": "x-edubadges", "code": "S8ylL3NpTFK7aQ"},
        {"codeType": kind, "code": "25604"},
    ]


def test_criteria_without_a_type_of_assessment_go_under_the_description() -> None:
    draft, _ = taken_in(api_badge_class(assessment_type=None, description="Eerst dit."))

    assert "assessment" not in draft
    assert draft["description"]["nl"].startswith("Eerst dit.\n\nSlaag voor het tentamen (https://")


def test_the_catalogue_for_phones_is_understood_too() -> None:
    pairs = [
        {"name": "extensions:LanguageExtension", "value": "en_EN"},
        {"name": "extensions:ECTSExtension", "value": 5},
        {"name": "extensions:NobodyKnowsExtension", "value": 5},
    ]
    draft, imported = taken_in(api_badge_class(extensions=None, badgeclassextension_set=pairs))

    assert draft["studyLoad"] == {"unit": "ects", "value": 5}
    assert ("/badgeclassextension_set/2", "unknown-member") in said(imported, Outcome.LOST)


def test_a_credentials_learner_is_not_even_looked_at() -> None:
    draft, imported = taken_in(credential())

    assert "did:example:learner" not in json.dumps(draft)
    assert ("/credentialSubject/id", "person") in said(imported, Outcome.LOST)
    assert draft["level"]["value"] == "eqf_6"
    assert draft["qualityAssurance"]["statement"] == {"en": "Quality framework"}


def test_a_number_written_as_a_text_is_taken_and_said() -> None:
    draft, imported = taken_in(with_extensions(ECTS="2,5"))

    assert draft["studyLoad"]["value"] == 2.5
    assert "number-from-text" in {code for _, code in said(imported, Outcome.CHANGED)}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "niet een adres", "ftp://example.nl/x"])
def test_an_address_nobody_can_open_is_lost(url: str) -> None:
    draft, imported = taken_in(api_badge_class(quality_assurance_url=url))

    assert "url" not in draft["qualityAssurance"]
    assert ("/quality_assurance_url", "address") in said(imported, Outcome.LOST)


def test_an_extension_may_stand_in_both_places() -> None:
    members = public_badge_class(extensions={"extensions:ECTSExtension": extension("ECTS", 5)})
    draft, _ = taken_in(members)

    assert draft["studyLoad"] == {"unit": "ects", "value": 5}
