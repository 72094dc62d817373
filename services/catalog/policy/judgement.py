"""Judge a description by a policy on a day: every rule, passed or not, none left out halfway.

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
from typing import ClassVar, Final

from services.catalog.policy import sentences
from shared.contracts.microcredential import Description, Level, StudyLoad
from shared.contracts.policy import Organisation, Policy
from shared.contracts.vocabulary import Element, LevelBasis, LocalText, Sector
from shared.errors import Fault, RuleError

CONTENT: Final = "/content"


class PolicyNotMetError(RuleError):
    """The microcredential does not meet the policy of its sector; every reason is listed."""

    code: ClassVar[str] = "policy-not-met"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of a description, and why the rule is there; advice never refuses."""

    code: str
    pointer: str
    passed: bool
    sentence: LocalText
    advice: bool = False


def judge_provider(organisation: Organisation | None, *, day: date) -> Finding:
    """Judge whether anybody recognises the provider on that day."""
    recognised = organisation is not None and organisation.recognition_on(day) is not None
    return Finding("provider-recognised", "", recognised, sentences.RECOGNISED)


def judge(content: Description, policy: Policy, *, day: date) -> tuple[Finding, ...]:
    """Judge a description by every rule of the policy that can be judged."""
    return (
        Finding("policy-period", "", policy.holds_on(day), sentences.period(policy)),
        *_judge_elements(content, policy),
        *(_judge_size(content.study_load, policy) if content.study_load else ()),
        *(_judge_level(content.level, policy) if content.level else ()),
    )


def broken(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stand in the way of publication."""
    return tuple(finding for finding in findings if not finding.passed and not finding.advice)


def require(findings: Sequence[Finding]) -> None:
    """Refuse with every broken rule at once."""
    if found := broken(findings):
        faults = tuple(
            Fault(finding.pointer, finding.code, finding.sentence.best("en")) for finding in found
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


def _judge_size(load: StudyLoad, policy: Policy) -> Iterator[Finding]:
    in_unit = load.unit is policy.unit
    yield Finding("study-load-unit", f"{CONTENT}/studyLoad/unit", in_unit, sentences.unit(policy))
    if not in_unit:
        return
    where = f"{CONTENT}/studyLoad/value"
    enough = load.value >= policy.minimum
    yield Finding("study-load-minimum", where, enough, sentences.minimum(policy, met=enough))
    if policy.maximum is not None:
        fits = load.value <= policy.maximum
        sentence = sentences.maximum(policy, policy.maximum)
        yield Finding("study-load-maximum", where, fits, sentence)
    yield Finding("study-load-step", where, load.value % policy.step == 0, sentences.step(policy))
    if policy.guideline is not None:
        follows = load.value >= policy.guideline
        sentence = sentences.guideline(policy, policy.guideline)
        yield Finding("study-load-guideline", where, follows, sentence, advice=True)


def _judge_level(level: Level, policy: Policy) -> Iterator[Finding]:
    private = policy.sector is Sector.PRIVATE
    accredited = level.basis is LevelBasis.ACCREDITED_PROGRAMME
    yield Finding(
        "level-basis",
        f"{CONTENT}/level/basis",
        not (private and accredited),
        sentences.LEVEL_BASIS,
    )
    if level.basis is LevelBasis.NCP_REGISTERED:
        named = bool(level.registration_id and level.registration_id.strip())
        yield Finding(
            "level-registration",
            f"{CONTENT}/level/registrationId",
            named,
            sentences.LEVEL_REGISTRATION,
        )


def _kebab(element: Element) -> str:
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in element)
