"""Microcredentials that are not counted in EC, and levels that are not in the European count."""

import json
from decimal import Decimal

import pytest

from services.verifier.checks.levels import level_of
from services.verifier.domain.findings import Check, Code
from services.verifier.domain.meaning import advice_for, size_of
from services.verifier.domain.text import Text
from services.verifier.domain.verdict import State, Verdict
from services.verifier.schemas.shown import ShownCredential
from shared.contracts.credential import Achievement
from shared.contracts.microcredential import StudyLoad
from shared.contracts.vocabulary import QualificationLevel, StudyLoadUnit
from tests.unit.verifier.forge import Change, a_token, an_achievement, both, drop, put
from tests.unit.verifier.world import World, a_microcredential, a_policy, finding

ACHIEVEMENT = "credentialSubject/achievement"
IN_HOURS = both(
    put(f"{ACHIEVEMENT}/studyLoadUnit", "sbu"),
    put(f"{ACHIEVEMENT}/studyLoadHours", 240.0),
    drop(f"{ACHIEVEMENT}/creditsAvailable"),
    drop("credentialSubject/creditsEarned"),
)


def an_mbo_world() -> World:
    honest = a_microcredential()
    load = StudyLoad(unit=StudyLoadUnit.SBU, value=Decimal(240))
    policy = a_policy().model_copy(
        update={
            "unit": StudyLoadUnit.SBU,
            "minimum": Decimal(80),
            "maximum": None,
            "step": Decimal(80),
        }
    )
    content = honest.content.model_copy(update={"study_load": load})
    return World(microcredential=honest.model_copy(update={"content": content}), policy=policy)


def an_achievement_with(**members: object) -> Achievement:
    made = {name: value for name, value in (an_achievement() | members).items() if value}
    return Achievement.model_validate_json(json.dumps(made))


def test_an_mbo_credential_is_counted_in_hours() -> None:
    judgement = an_mbo_world().judge(a_token(IN_HOURS))

    assert judgement.verdict.state is State.VALID
    assert judgement.credential is not None
    shown = ShownCredential.of(judgement.credential)
    assert shown.study_load is not None
    assert shown.study_load.name.nl == "240 studiebelastingsuren"


@pytest.mark.parametrize(
    "change",
    [
        put(f"{ACHIEVEMENT}/studyLoadHours", 320.0),
        put(f"{ACHIEVEMENT}/creditsAvailable", 30.0),
        put("credentialSubject/creditsEarned", 30.0),
        drop(f"{ACHIEVEMENT}/studyLoadHours"),
    ],
    ids=["more-hours", "credits-too", "credits-earned-too", "no-hours"],
)
def test_hours_are_as_published_and_bring_no_credits(change: Change) -> None:
    judgement = an_mbo_world().judge(a_token(IN_HOURS, change))

    assert finding(judgement, Check.SCHEMA).code is Code.ACHIEVEMENT_DIFFERS


def test_the_hours_beside_credits_are_28_for_each() -> None:
    judgement = World().judge(a_token(put(f"{ACHIEVEMENT}/studyLoadHours", 500.0)))

    assert finding(judgement, Check.SCHEMA).code is Code.ACHIEVEMENT_DIFFERS


def test_a_size_without_an_amount_or_a_known_unit_is_not_told() -> None:
    assert size_of(an_achievement_with(studyLoadHours=None)) is None
    assert size_of(an_achievement_with(studyLoadUnit="weeks")) is None
    assert size_of(an_achievement_with(studyLoadUnit="hour")) == Text(nl="140 uur", en="140 hours")


@pytest.mark.parametrize(
    ("eqf", "nlqf", "level"),
    [
        ("4", "4+", QualificationLevel.NLQF_4PLUS),
        ("4", "4", QualificationLevel.EQF_4),
        ("6", "6", QualificationLevel.EQF_6),
        ("9", "x", None),
    ],
)
def test_the_level_is_read_from_both_frameworks(
    eqf: str, nlqf: str, level: QualificationLevel | None
) -> None:
    first, second, *_ = an_achievement()["alignment"]
    claimed = an_achievement_with(
        alignment=[{**first, "targetCode": eqf}, {**second, "targetCode": nlqf}]
    )

    assert level_of(claimed) is level


def test_a_test_credential_comes_with_a_warning() -> None:
    real = advice_for(Verdict(State.VALID, Code.REGISTERED), is_test=False)
    test = advice_for(Verdict(State.VALID, Code.REGISTERED), is_test=True)

    assert list(test[1:]) == list(real)
    assert "proefomgeving" in test[0].nl
