"""Every word a person reads: there in both languages, and for the verdicts exactly as promised."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pytest

from services.verifier.checks.judgement import Verification
from services.verifier.domain import text
from services.verifier.domain.explanations import EXPLANATIONS
from services.verifier.domain.findings import Check, Code, failed, ok, unknown
from services.verifier.domain.handed import Container, Form
from services.verifier.domain.knowledge import Knowledge
from services.verifier.domain.meaning import ADVICE, meaning_of
from services.verifier.domain.text import Text
from services.verifier.domain.titles import CHECK_NAMES, TITLES, Occasion, title_of
from services.verifier.domain.verdict import LOOKS, State, Verdict, decide_verdict
from services.verifier.domain.words import (
    ASSESSMENTS,
    BASES,
    COMPARISONS,
    CONTAINERS,
    CORRECTION_REASONS,
    DELIVERIES,
    FORMS,
    LEVELS,
    REASONS,
    RECOGNISERS,
    SECTORS,
    SUPERVISIONS,
    SUSPENSION_REASONS,
    UNITS,
)
from services.verifier.schemas.verification import VerificationAnswer
from shared.contracts.credential import Achievement
from shared.contracts.vocabulary import (
    AssessmentType,
    CorrectionReason,
    LevelBasis,
    ModeOfDelivery,
    QualificationLevel,
    Recogniser,
    RevocationReason,
    Sector,
    StudyLoadUnit,
    Supervision,
    SuspensionReason,
)
from tests.unit.verifier.forge import NOW, a_token, an_achievement
from tests.unit.verifier.world import World

OCCASION = Occasion(
    issuer=text.both("Universiteit Twente"),
    now=NOW,
    revoked_at=datetime(2026, 3, 3, 9, tzinfo=UTC),
    replaced_at=datetime(2026, 5, 5, 9, tzinfo=UTC),
    valid_from=datetime(2026, 12, 1, tzinfo=UTC),
    valid_until=datetime(2026, 11, 1, tzinfo=UTC),
)
TABLES = (
    (EXPLANATIONS, Code),
    (CHECK_NAMES, Check),
    (TITLES, State),
    (LOOKS, State),
    (LEVELS, QualificationLevel),
    (COMPARISONS, QualificationLevel),
    (BASES, LevelBasis),
    (UNITS, StudyLoadUnit),
    (ASSESSMENTS, AssessmentType),
    (SUPERVISIONS, Supervision),
    (DELIVERIES, ModeOfDelivery),
    (REASONS, RevocationReason),
    (SUSPENSION_REASONS, SuspensionReason),
    (CORRECTION_REASONS, CorrectionReason),
    (CONTAINERS, Container),
    (FORMS, Form),
    (SECTORS, Sector),
    (RECOGNISERS, Recogniser),
)


@pytest.mark.parametrize(("table", "words"), TABLES)
def test_no_word_is_missing(table: dict[object, object], words: type[StrEnum]) -> None:
    assert set(table) == set(words)


@pytest.mark.parametrize("code", Code)
def test_every_explanation_is_a_sentence_in_both_languages(code: Code) -> None:
    said = EXPLANATIONS[code]

    for sentence in (said.nl, said.en):
        assert re.fullmatch(r"[A-Z][^{}]+\.", sentence)
    assert said.nl != said.en


def title(state: State, code: Code = Code.REGISTERED) -> Text:
    findings = [ok(check, Code.READABLE) for check in Check]
    findings[8] = unknown(Check.STATUS, Code.STATUS_LIST_UNKNOWN)
    return title_of(Verdict(state, code), findings, OCCASION)


PROMISED = {
    State.VALID: ("Echt en geldig", "Genuine and valid"),
    State.EXPIRED: ("Echt, maar verlopen op 1 november 2026", "Genuine, but expired on 1 Nov"),
    State.REPLACED: (
        "Echt, maar vervangen door een verbeterde versie van 5 mei 2026",
        "Genuine, but replaced by a corrected version",
    ),
    State.SUSPENDED: (
        "Tijdelijk opgeschort door Universiteit Twente",
        "Temporarily suspended by Universiteit Twente",
    ),
    State.REVOKED: (
        "Ingetrokken door Universiteit Twente op 3 maart 2026. Niet meer geldig.",
        "Revoked by Universiteit Twente on 3 March 2026. No longer valid.",
    ),
    State.ISSUER_UNKNOWN: (
        "De handtekening klopt, maar deze uitgever staat niet in het landelijke overzicht",
        "Signature is right, but this issuer is not listed nationally",
    ),
    State.ISSUER_LEFT: (
        "Uitgever was erkend op de dag van uitgifte, nu niet meer",
        "Issuer was recognised then, is not now",
    ),
    State.ALTERED: (
        "Niet te vertrouwen: de inhoud is veranderd. We tonen de inhoud niet.",
        "Not to be trusted: altered. We do not show it.",
    ),
    State.CANNOT_CHECK: (
        "We kunnen dit nu niet volledig controleren (intrekking). Probeer het om 13:05 opnieuw.",
        "We cannot fully check this now (revocation). Try again at 13:05.",
    ),
}


@pytest.mark.parametrize("state", PROMISED)
def test_a_verdict_reads_as_promised(state: State) -> None:
    dutch, english = PROMISED[state]

    assert title(state).nl == dutch
    assert title(state).en.startswith(english)


def test_the_promise_is_that_of_the_standard(shared_material: Path) -> None:
    standard = (shared_material / "standards" / "people.md").read_text()
    rows = re.findall(r"^\| ([a-z ]+) \| ([^|]+) \| ([^|]+) \| ", standard, re.MULTILINE)
    promised = {state.replace(" ", "-"): nl for state, nl, _ in rows}

    for state in PROMISED:
        fixed = re.split(r"\{[^}]+\}", promised[state.value])
        assert all(part in title(state).nl for part in fixed), state


def test_no_verdict_has_a_blank_left() -> None:
    for state in State:
        assert "{" not in title(state).nl + title(state).en


def test_a_revocation_without_a_date_names_none() -> None:
    undated = replace(OCCASION, revoked_at=None)

    said = title_of(Verdict(State.REVOKED, Code.REVOKED), [], undated)

    assert said.nl == "Ingetrokken door Universiteit Twente. Niet meer geldig."


def test_an_issuer_whose_signature_was_not_checked_is_not_said_to_have_signed() -> None:
    assert "handtekening" not in title(State.ISSUER_UNKNOWN, Code.ISSUER_UNKNOWN).nl


def test_there_is_advice_for_every_verdict() -> None:
    assert set(ADVICE) == set(State)


def test_what_it_means_is_made_of_what_it_says() -> None:
    achievement = Achievement.model_validate_json(json.dumps(an_achievement()))

    sentences = meaning_of(achievement, QualificationLevel.EQF_7)

    assert [one.nl for one in sentences] == [
        "De omvang is 5 EC, ongeveer 140 uur.",
        (
            "Op niveau 7 (NLQF/EQF), te vergelijken met een master (hbo of wo). Dit niveau is "
            "opgegeven door de uitgever zelf, niet bevestigd door NCP NLQF."
        ),
        "Getoetst met: schriftelijk tentamen.",
        "Met toezicht; de identiteit is gecontroleerd.",
        "Het is geen diploma en geen graad, en heeft nog geen wettelijke status.",
    ]


def test_nothing_is_claimed_that_is_not_said() -> None:
    bare = Achievement.model_validate_json(
        json.dumps(
            {"id": "urn:x:1", "type": ["Achievement"], "name": "x", "description": "x"}
            | {"criteria": {}}
        )
    )

    assert [one.nl for one in meaning_of(bare, None)] == [
        "Het is geen diploma en geen graad, en heeft nog geen wettelijke status."
    ]


def test_dutch_amounts_have_a_comma() -> None:
    assert text.number(2.5) == Text(nl="2,5", en="2.5")


def test_a_moment_is_told_in_dutch_time() -> None:
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)

    assert text.moment(late) == Text(nl="1 juli 2026, 00:30 uur", en="1 July 2026, 00:30")


def test_the_example_in_the_api_is_what_the_verifier_says_today() -> None:
    shown = json.loads((files("services.verifier.schemas") / "example.json").read_bytes())
    world, token = World(), a_token()
    answer = VerificationAnswer.of(
        Verification(
            verification_id=UUID(shown["verificationId"]),
            judgement=world.judge(token),
            is_test=True,
            issuer=world.issuer,
            registration=world.registration(token),
            microcredential=None,
            knowledge=Knowledge(NOW),
            checked_at=NOW,
        )
    )

    assert json.loads(answer.model_dump_json()) == shown


def test_the_gravest_of_several_findings_names_the_verdict() -> None:
    made = {Check.DATES: Code.EXPIRED, Check.STATUS: Code.REVOKED}
    findings = [
        failed(check, made[check]) if check in made else ok(check, Code.READABLE) for check in Check
    ]

    assert decide_verdict(findings) == Verdict(State.REVOKED, Code.REVOKED)
