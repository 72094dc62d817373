"""What the picture of a microcredential says, and when it may bear the mark.

The mark is what people will know a microcredential by, so it follows the policy and nothing else:
1. the policy that the version pins is known here, in that very version and framework;
2. the study load is in the policy's unit, not below its minimum nor above its maximum;
3. and a whole number of its steps.
What fails any of these is drawn plainly, as an edubadge: it may be earned, but it is not one.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shared.contracts.microcredential import Level, Microcredential, StudyLoad
from shared.contracts.policy import Organisation, Policy
from shared.contracts.vocabulary import LevelBasis, QualificationLevel, StudyLoadUnit

_UNITS: Final = {
    ("nl", StudyLoadUnit.ECTS): "EC",
    ("en", StudyLoadUnit.ECTS): "EC",
    ("nl", StudyLoadUnit.SBU): "SBU",
    ("en", StudyLoadUnit.SBU): "SBU",
    ("nl", StudyLoadUnit.HOUR): "uur",
    ("en", StudyLoadUnit.HOUR): "hours",
}
_OWN_CLAIM: Final = {"nl": "eigen opgave", "en": "self-declared"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a picture shows, in one language."""

    title: str
    provider: str
    size: str
    level: str
    language: str
    marked: bool
    claim: str = ""

    @property
    def description(self) -> str:
        """Say in a sentence what is to be seen, for who does not see it."""
        kind = "microcredential" if self.marked else "edubadge"
        parts = [f"{kind} {self.title}", self.provider, self.size, self.level, self.claim]
        return ", ".join(part for part in parts if part)


def facts_of(
    microcredential: Microcredential, *, provider: Organisation, policy: Policy | None
) -> Facts:
    """Return what the picture of a version of a microcredential says."""
    content = microcredential.content
    language = "en" if (content.in_language or "").startswith("en") else "nl"
    return Facts(
        title=content.title.best(language),
        provider=provider.name.best(language),
        size=_size(content.study_load, language) if content.study_load else "",
        level=_level(content.level) if content.level else "",
        language=language,
        marked=bears_mark(microcredential, policy),
        claim=_claim(content.level, language) if content.level else "",
    )


def bears_mark(microcredential: Microcredential, policy: Policy | None) -> bool:
    """Say whether a version is a microcredential by the policy it pins."""
    pin, load = microcredential.policy, microcredential.content.study_load
    if policy is None or load is None:
        return False
    is_pinned = (policy.policy_id, policy.version) == (pin.policy_id, pin.version)
    return (
        is_pinned
        and policy.framework.sha256 == pin.framework.sha256  # 1
        and load.unit is policy.unit  # 2
        and policy.minimum <= load.value
        and (policy.maximum is None or load.value <= policy.maximum)
        and load.value % policy.step == 0  # 3
    )


def _size(load: StudyLoad, language: str) -> str:
    number = f"{load.value.normalize():f}" if load.value % 1 else f"{Decimal(int(load.value))}"
    shown = number.replace(".", ",") if language == "nl" else number
    return f"{shown} {_UNITS[language, load.unit]}"


def _level(level: Level) -> str:
    number = level.value.removeprefix("eqf_").removeprefix("nlqf_").removesuffix("plus")
    if level.value is QualificationLevel.NLQF_4PLUS:
        return "NLQF 4+ · EQF 4"
    return f"NLQF {number} · EQF {number}"


def _claim(level: Level, language: str) -> str:
    """Say of a level that only its provider claims that nobody confirmed it."""
    return _OWN_CLAIM[language] if level.basis is LevelBasis.SELF_DECLARED else ""
