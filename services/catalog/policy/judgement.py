"""Judge a description by a policy on a day: every rule, passed or not, none left out halfway.

A policy asks the same rules of every description. A rule with nothing to judge is pending: it has
not passed when the policy asks for what it is about, and it is never a second fault of one gap.

0. The provider is recognised on that day.
1. The policy holds on that day.
2. Every element the policy requires is there, and says something.
3. The study load is in the policy's unit, not below the minimum, not above the maximum, and a
   whole number of steps; a guideline is advice, and never refuses.
4. The level's basis is one the sector can claim, and a registered level names its registration.
Sizes are exact decimals, never floats.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final

from services.catalog.policy import sentences
from shared.contracts.microcredential import Description, Level, StudyLoad
from shared.contracts.policy import Organisation, Policy
from shared.contracts.vocabulary import Element, LevelBasis, LocalText, Sector
from shared.errors import Fault, RuleError

CONTENT: Final = "/content"
GUIDELINE: Final = "study-load-guideline"


class PolicyNotMetError(RuleError):
    """The microcredential does not meet the policy of its sector; every reason is listed."""

    code: ClassVar[str] = "policy-not-met"
    dutch: ClassVar[str] = (
        "De microcredential voldoet niet aan de afspraken van de sector; elke reden staat erbij."
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of a description, and why the rule is there; advice never refuses.

    A pending one waits for another: there is no study load to measure, or it is in another unit.
    """

    code: str
    pointer: str
    passed: bool
    sentence: LocalText
    advice: bool = False
    pending: bool = False


def judge_provider(organisation: Organisation | None, *, day: date) -> Finding:
    """Judge whether anybody recognises the provider on that day."""
    recognised = organisation is not None and organisation.recognition_on(day) is not None
    return Finding("provider-recognised", "", recognised, sentences.RECOGNISED)


def judge(content: Description, policy: Policy, *, day: date) -> tuple[Finding, ...]:
    """Judge a description by every rule of the policy that has something to judge."""
    return tuple(one for one in ask_every_rule(content, policy, day=day) if not one.pending)


def ask_every_rule(content: Description, policy: Policy, *, day: date) -> tuple[Finding, ...]:
    """Answer every rule of the policy, also those that wait for another: always as many."""
    return (
        Finding("policy-period", "", policy.holds_on(day), sentences.period(policy)),
        *_judge_elements(content, policy),
        *_judge_size(content.study_load, policy),
        *_judge_level(content.level, policy),
    )


def broken(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stand in the way of publication."""
    return tuple(
        finding
        for finding in findings
        if not finding.passed and not finding.advice and not finding.pending
    )


def require(findings: Sequence[Finding]) -> None:
    """Refuse with every broken rule at once."""
    if found := broken(findings):
        faults = tuple(
            Fault(
                finding.pointer,
                finding.code,
                finding.sentence.best("en"),
                finding.sentence.best("nl"),
            )
            for finding in found
        )
        raise PolicyNotMetError(faults=faults)


def _judge_elements(content: Description, policy: Policy) -> Iterator[Finding]:
    said = _said(content)
    for element in policy.required_elements:
        yield Finding(
            _kebab(element),
            f"{CONTENT}/{element}",
            said[element],
            sentences.WHY[element],
        )


def _said(content: Description) -> dict[Element, bool]:
    """Say of each element whether it is there with something in it."""
    assessment, quality = content.assessment, content.quality_assurance
    outcomes = content.learning_outcomes
    return {
        Element.TITLE: _speaks(content.title),
        Element.DESCRIPTION: _speaks(content.description),
        Element.LEARNING_OUTCOMES: bool(outcomes) and all(map(_speaks, outcomes)),
        Element.STUDY_LOAD: content.study_load is not None,
        Element.LEVEL: content.level is not None,
        Element.ASSESSMENT: assessment is not None and _speaks(assessment.description),
        Element.MODES_OF_DELIVERY: bool(content.modes_of_delivery),
        Element.QUALITY_ASSURANCE: quality is not None and _speaks(quality.statement),
        Element.IN_LANGUAGE: content.in_language is not None,
        Element.SUPERVISION: content.supervision is not None,
        Element.ADMISSION_REQUIREMENTS: _speaks(content.admission_requirements),
        Element.STACKABILITY: _speaks(content.stackability),
    }


def _speaks(text: LocalText | None) -> bool:
    """Say whether a text has more than white space, in each language it is given in."""
    if text is None:
        return False
    given = [words for words in (text.nl, text.en) if words is not None]
    return all(words.strip() for words in given)


def _judge_size(load: StudyLoad | None, policy: Policy) -> Iterator[Finding]:
    asked = Element.STUDY_LOAD in policy.required_elements
    in_unit = load is not None and load.unit is policy.unit
    yield Finding(
        "study-load-unit",
        f"{CONTENT}/studyLoad/unit",
        in_unit or (load is None and not asked),
        sentences.unit(policy),
        pending=load is None,
    )
    for code, fits, sentence in _measure(load.value if load and in_unit else None, policy):
        yield Finding(
            code,
            f"{CONTENT}/studyLoad/value",
            fits if in_unit else load is None and not asked,
            sentence,
            advice=code == GUIDELINE,
            pending=not in_unit,
        )


def _measure(value: Decimal | None, policy: Policy) -> Iterator[tuple[str, bool, LocalText]]:
    """Measure a size in the policy's own unit; without one, ask every rule all the same."""
    size = policy.minimum if value is None else value
    enough = size >= policy.minimum
    yield "study-load-minimum", enough, sentences.minimum(policy, met=enough)
    if policy.maximum is not None:
        fits = size <= policy.maximum
        yield "study-load-maximum", fits, sentences.maximum(policy, policy.maximum)
    whole = size % policy.step == 0
    near = () if whole else nearest_sizes(size, policy)
    yield "study-load-step", whole, sentences.step(policy, near)
    if policy.guideline is not None:
        follows = size >= policy.guideline
        yield GUIDELINE, follows, sentences.guideline(policy, policy.guideline)


def nearest_sizes(value: Decimal, policy: Policy) -> tuple[Decimal, ...]:
    """Return the allowed sizes on both sides of one that is not a whole number of steps."""
    below = value - value % policy.step
    found = {
        max(size, policy.minimum)
        if policy.maximum is None
        else sorted((policy.minimum, size, policy.maximum))[1]
        for size in (below, below + policy.step)
    }
    return tuple(sorted(found))


def _judge_level(level: Level | None, policy: Policy) -> Iterator[Finding]:
    missing = level is None
    vacuous = missing and Element.LEVEL not in policy.required_elements
    private = policy.sector is Sector.PRIVATE
    accredited = level is not None and level.basis is LevelBasis.ACCREDITED_PROGRAMME
    yield Finding(
        "level-basis",
        f"{CONTENT}/level/basis",
        vacuous or not (missing or (private and accredited)),
        sentences.LEVEL_BASIS,
        pending=missing,
    )
    yield Finding(
        "level-registration",
        f"{CONTENT}/level/registrationId",
        vacuous or (level is not None and _names_registration(level)),
        sentences.LEVEL_REGISTRATION,
        pending=missing,
    )


def _names_registration(level: Level) -> bool:
    """Say whether a level that is said to be registered says where; others need not."""
    registered = level.basis is LevelBasis.NCP_REGISTERED
    return not registered or bool(level.registration_id and level.registration_id.strip())


def _kebab(element: Element) -> str:
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in element)
