"""What a credential says of an award, and that it is Open Badges 3.0."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest
from pydantic_core import to_json

from services.issuer.credential import (
    LintError,
    Naming,
    build_achievement,
    build_credential,
    digest_of,
    payload_of,
)
from services.issuer.domain import Learner
from services.issuer.status import Place
from shared.contracts.credential import AchievementCredential
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.vocabulary import LevelBasis, LocalText, QualificationLevel, StudyLoadUnit
from shared.proofs.identity import is_identity
from tests.support.issuing import (
    CANARY_EDU_ID,
    CANARY_EMAIL,
    ISSUING_NOW,
    NHL,
    a_description,
    a_microcredential,
    a_provider,
    a_wish,
)

LIST = "https://issuer.example.nl/status-lists/00000099000000210000/1"
NAMING = Naming(
    credential_id=UUID("8f14e45f-ceea-467f-ab3e-5c1b2f0d9a67"),
    subject_id=UUID("1c9f1f2e-0a3b-4c66-9c0e-6f4b2b8f3d10"),
    issuer="did:web:issuer.example.nl:issuers:00000099000000210000",
    salt="5a" * 16,
)
MANDATOR = "did:web:issuer.example.nl:issuers:00000099000000290000"
BARE = a_description(
    description=None,
    learning_outcomes=(),
    assessment=None,
    modes_of_delivery=(),
    quality_assurance=None,
    in_language=None,
    supervision=None,
    admission_requirements=None,
    stackability=None,
    field_of_study=None,
    level=None,
    study_load=None,
)


def a_credential(
    *, content: Mapping[str, object] | None = None, **wish: object
) -> AchievementCredential:
    return build_credential(
        a_wish(**wish),
        naming=NAMING,
        organisation=a_provider(),
        microcredential=a_microcredential(content=a_description(**(content or {}))),
        place=Place(list_id=1, url=LIST, index=94567),
        now=ISSUING_NOW,
    )


def a_credential_for_another() -> AchievementCredential:
    return build_credential(
        a_wish(),
        naming=replace(NAMING, mandator=MANDATOR),
        organisation=a_provider(),
        microcredential=a_microcredential(on_behalf_of=NHL),
        place=Place(list_id=1, url=LIST, index=94567),
        now=ISSUING_NOW,
        mandator=a_provider(NHL, name=LocalText(nl="NHL Stenden"), brin="31FR"),
    )


@pytest.mark.parametrize(
    "built",
    [
        a_credential(),
        a_credential(grade=None, learner=Learner(edu_id=CANARY_EDU_ID)),
        a_credential(grade="voldoende", valid_until=datetime(2031, 1, 1, tzinfo=UTC)),
        a_credential(content=dict(BARE)),
        a_credential_for_another(),
    ],
    ids=["full", "eduID only", "ends and passed", "bare", "on behalf of another"],
)
def test_it_is_open_badges(built: AchievementCredential, shared_material: Path) -> None:
    schema = shared_material / "data/ob3/schemas/ob_v3p0_achievementcredential_schema.json"

    jsonschema.validate(
        json.loads(payload_of(built)),
        json.loads(schema.read_text()),
        cls=jsonschema.Draft201909Validator,
    )


def test_its_claims_equal_its_members() -> None:
    built = a_credential(valid_until=datetime(2031, 1, 1, tzinfo=UTC))
    claims = json.loads(payload_of(built))

    assert claims["iss"] == claims["issuer"]["id"] == NAMING.issuer
    assert claims["jti"] == claims["id"] == f"urn:uuid:{NAMING.credential_id}"
    assert claims["sub"] == claims["credentialSubject"]["id"] == f"urn:uuid:{NAMING.subject_id}"
    assert claims["validFrom"] == "2026-11-22T12:00:00Z"
    assert claims["nbf"] == int(ISSUING_NOW.replace(microsecond=0).timestamp())
    assert claims["exp"] == int(datetime(2031, 1, 1, tzinfo=UTC).timestamp())
    assert claims["awardedDate"] == "2026-11-20T00:00:00Z"
    assert claims["credentialStatus"]["statusListIndex"] == "94567"
    assert claims["credentialStatus"]["id"] == f"{LIST}#94567"


def test_the_learner_is_hashed_with_a_salt_and_named_for_the_holder() -> None:
    hashed, named = a_credential().credential_subject.identifier or ()

    assert (hashed.identity_type, hashed.hashed) == ("emailAddress", True)
    assert is_identity(CANARY_EMAIL, salt=NAMING.salt, identity_hash=hashed.identity_hash)
    assert (named.identity_type, named.hashed) == ("name", False)
    assert CANARY_EMAIL not in payload_of(a_credential()).decode()


def test_an_edu_id_without_names_names_nobody() -> None:
    built = a_credential(learner=Learner(edu_id=CANARY_EDU_ID))

    [hashed] = built.credential_subject.identifier or ()

    assert hashed.identity_type == "ext:eduID"
    bare = CANARY_EDU_ID.removeprefix("urn:uuid:")
    assert is_identity(bare, salt=NAMING.salt, identity_hash=hashed.identity_hash)
    assert bare not in payload_of(built).decode()


def test_it_pins_the_policy_and_the_framework() -> None:
    achievement = a_credential().credential_subject.achievement

    assert achievement.policy == "wo-experiment@1"
    assert achievement.quality_framework is not None
    assert achievement.quality_framework.sha256 == "ab" * 32
    [quality] = [a for a in achievement.alignment or () if a.target_type == "ext:QualityAssurance"]
    assert quality.target_framework == "Kwaliteitskader microcredentials 2.0"
    assert quality.target_url == "https://www.nvao.net/"


@pytest.mark.parametrize(
    ("level", "eqf", "nlqf"),
    [
        (QualificationLevel.EQF_7, "7", "7"),
        (QualificationLevel.EQF_4, "4", "4"),
        (QualificationLevel.NLQF_4PLUS, "4", "4+"),
    ],
)
def test_the_level_is_named_in_both_frameworks(
    level: QualificationLevel, eqf: str, nlqf: str
) -> None:
    claimed = Level(value=level, basis=LevelBasis.NCP_REGISTERED, registration_id="NCP-12")

    achievement = a_credential(content={"level": claimed}).credential_subject.achievement

    codes = {a.target_type: a.target_code for a in achievement.alignment or ()}
    assert (codes["ext:EQFLevel"], codes["ext:NLQFLevel"]) == (eqf, nlqf)
    assert achievement.level_basis == "ncp-registered"
    assert achievement.level_registration == "NCP-12"


def test_credits_are_european_credits_and_hours_are_always_told() -> None:
    ects = a_credential().credential_subject
    sbu = a_credential(
        content={"study_load": StudyLoad(unit=StudyLoadUnit.SBU, value=Decimal(240))}
    ).credential_subject

    assert (ects.credits_earned, ects.achievement.credits_available) == (5.0, 5.0)
    assert ects.achievement.study_load_hours == 140.0
    assert (sbu.credits_earned, sbu.achievement.credits_available) == (None, None)
    assert (sbu.achievement.study_load_unit, sbu.achievement.study_load_hours) == ("sbu", 240.0)


def test_a_grade_is_told_on_its_own_scale() -> None:
    dutch, other = a_credential(grade="8,5"), a_credential(grade="voldoende")

    [on_scale] = dutch.credential_subject.achievement.result_description or ()
    assert (on_scale.result_type, on_scale.value_min, on_scale.value_max) == (
        "ext:NLGrade",
        "1",
        "10",
    )
    [result] = dutch.credential_subject.result or ()
    assert (result.value, result.result_description) == ("8.5", on_scale.id)
    [plain] = other.credential_subject.achievement.result_description or ()
    assert plain.result_type == "Result"
    assert a_credential(grade=None).credential_subject.result is None


def test_what_is_taught_in_english_is_told_in_english_and_all_else_in_dutch() -> None:
    assert a_credential().name == "Introduction to Quantum Computing"
    assert a_credential(content={"in_language": "nl-NL"}).name == "Inleiding quantumcomputing"
    assert a_credential(content={"in_language": None}).issuer.name == "Universiteit Twente"


def test_elements_that_are_not_told_are_left_out() -> None:
    achievement = build_achievement(a_microcredential(content=BARE), grade=None)

    assert achievement.description == achievement.name
    wire = achievement.model_dump(mode="json", exclude_none=True)
    assert {"learningOutcome", "assessmentType", "studyLoadHours"}.isdisjoint(wire)


def test_the_digest_is_of_the_very_bytes() -> None:
    payload = payload_of(a_credential())

    assert digest_of(payload) == sha256(payload).hexdigest()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (b'"creditsEarned":5.0', b'"creditsEarned":6.0'),
        (b'"creditsEarned":5.0', b'"creditsEarned":5.0,"creditsEarned":5.0'),
        (b'"creditsEarned":5.0', b'"creditsEarned":NaN'),
        (b'"nbf":', b'"nbg":'),
        (b'"creditsEarned":5.0', b'"creditsEarned":"5.0"'),
    ],
    ids=["another value", "a member twice", "no number", "a claim missing", "a text for a number"],
)
def test_bytes_that_do_not_say_what_was_meant_are_not_signed(
    monkeypatch: pytest.MonkeyPatch, said: bytes, meant: bytes
) -> None:
    monkeypatch.setattr(
        "services.issuer.credential.building.to_json",
        lambda wire: to_json(wire).replace(said, meant),
    )

    with pytest.raises(LintError):
        payload_of(a_credential())


def test_who_awards_signs_and_on_whose_behalf_is_the_creator() -> None:
    credential = a_credential_for_another()

    creator = credential.credential_subject.achievement.creator
    assert creator is not None
    assert creator.other_identifier is not None
    assert credential.issuer.id == NAMING.issuer
    assert (creator.id, creator.name) == (MANDATOR, "NHL Stenden")
    assert creator.other_identifier[0].identifier == NHL


def test_what_is_awarded_in_ones_own_name_has_no_creator() -> None:
    assert a_credential().credential_subject.achievement.creator is None
