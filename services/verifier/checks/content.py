"""Check 9: is it a whole credential, as the catalogue published it, and within its policy.

Separate, because a signature says who wrote it and not whether it may be called a microcredential.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, TypeVar

import orjson
from pydantic import ValidationError
from pydantic_core.core_schema import CoreSchema, with_info_plain_validator_function

from services.verifier.checks.familiar import Familiar
from services.verifier.checks.levels import level_of
from services.verifier.domain.findings import Check, Code, Finding, Source, failed, ok, unknown
from services.verifier.domain.knowledge import Evidence
from shared.contracts.credential import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Part,
    Profile,
)
from shared.contracts.identifiers import policy_subject
from shared.contracts.microcredential import Microcredential, StudyLoad
from shared.contracts.policy import Policy
from shared.contracts.vocabulary import LocalText, StudyLoadUnit
from shared.strict_json import JsonObject

HOURS_PER_ECTS: Final = 28
"""DESIGN decision 2."""
_MEMBERS: Final = frozenset(known.alias for known in AchievementCredential.model_fields.values())
_Part = TypeVar("_Part", bound=Part)


@dataclass(frozen=True)
class _From:
    """Takes a member from what was read before, whatever stands in its place."""

    place: int

    def __get_pydantic_core_schema__(self, *_: object) -> CoreSchema:
        """Return the schema of one that is never read here."""
        return with_info_plain_validator_function(lambda _, info: info.context[self.place])


class _KnownSubject(AchievementSubject):
    achievement: Annotated[Achievement, _From(0)]


class _KnownCredential(AchievementCredential):
    """A credential of which all but what is of one person was read before."""

    issuer: Annotated[Profile, _From(1)]
    credential_subject: _KnownSubject


def read_credential(claims: JsonObject, said: bytes) -> AchievementCredential | None:
    """Return the credential when it follows the strict contract; its status is check 10's.

    `said` is what it says was earned (`familiar.said_of`). That and its issuer are the greater part
    and the same in most credentials: they are read once, by themselves.
    """
    subject = claims.get("credentialSubject")
    if not isinstance(subject, dict) or not _is_compacted(claims):
        return None
    issued_by = orjson.dumps(claims.get("issuer"))
    achievement = _ACHIEVEMENTS.find(said, lambda: _read(Achievement, said))
    issuer = _ISSUERS.find(issued_by, lambda: _read(Profile, issued_by))
    if achievement is None or issuer is None:
        return None
    rest: JsonObject = {
        **claims,
        "issuer": None,
        "credentialSubject": {**subject, "achievement": None},
    }
    rest.pop("credentialStatus", None)
    return _read(_KnownCredential, orjson.dumps(rest), (achievement, issuer))


def check_content(
    credential: AchievementCredential | None,
    evidence: Evidence,
    *,
    said: bytes,
    is_listed: bool = True,
) -> Finding:
    """Make check 9: schema, then the published version, then its policy.

    `said` is what the credential says was earned (`familiar.said_of`).
    """
    if not is_listed:
        return unknown(Check.SCHEMA, Code.SCHEMA_FOREIGN)
    if credential is None:
        return failed(Check.SCHEMA, Code.SCHEMA_BROKEN)
    published = evidence.microcredential
    if published is None:
        return unknown(Check.SCHEMA, Code.ACHIEVEMENT_UNKNOWN, Source.CATALOGUE)
    achievement, policy = credential.credential_subject.achievement, evidence.policy
    if not _is_amount(credential.credential_subject.credits_earned, published.content.study_load):
        return failed(Check.SCHEMA, Code.ACHIEVEMENT_DIFFERS, Source.CATALOGUE)
    return _FOUND.find(said, lambda: _compare(achievement, published, policy), published, policy)


_FOUND: Final = Familiar[Finding]()
"""What was found of an achievement that was compared before."""


def _compare(
    achievement: Achievement, published: Microcredential, policy: Policy | None
) -> Finding:
    if not _is_same(achievement, published):
        return failed(Check.SCHEMA, Code.ACHIEVEMENT_DIFFERS, Source.CATALOGUE)
    if not _pins_its_policy(achievement, published):
        return failed(Check.SCHEMA, Code.POLICY_DIFFERS, Source.CATALOGUE)
    if policy is None:
        return unknown(Check.SCHEMA, Code.POLICY_UNKNOWN, Source.CATALOGUE)
    load = published.content.study_load
    if load is None or not _is_within(policy, load):
        return failed(Check.SCHEMA, Code.OUTSIDE_POLICY, Source.CATALOGUE)
    return ok(Check.SCHEMA, Code.MATCHES_CATALOGUE, Source.CATALOGUE)


def _is_compacted(claims: JsonObject) -> bool:
    # By its whole address JSON-LD knows a member that no reader of JSON looks for: it could be the
    # end of the credential (credentials.md 8, 41).
    others = claims.keys() - _MEMBERS
    return not any(":" in name or name[:1] == "@" for name in others)


def _read(part: type[_Part], spelled: bytes, context: object = None) -> _Part | None:
    try:
        return part.model_validate_json(
            spelled, strict=True, by_alias=True, by_name=False, context=context
        )
    except ValidationError:
        return None


_ACHIEVEMENTS: Final = Familiar[Achievement | None]()
_ISSUERS: Final = Familiar[Profile | None]()


def _is_same(achievement: Achievement, published: Microcredential) -> bool:
    content = published.content
    outcomes = achievement.learning_outcome or ()
    basis = content.level.basis.value if content.level else None
    return (
        _says(content.title, achievement.name)
        and achievement.version == str(published.version)
        and _is_size(achievement, content.study_load)
        and len(outcomes) == len(content.learning_outcomes)
        and all(map(_says, content.learning_outcomes, outcomes))
        and achievement.level_basis == basis
        and level_of(achievement) == (content.level.value if content.level else None)
    )


def _is_size(achievement: Achievement, load: StudyLoad | None) -> bool:
    # The hours beside the credits are the same size in other words.
    if load is None or achievement.study_load_unit != load.unit.value:
        return False
    in_ects = load.unit is StudyLoadUnit.ECTS
    hours = load.value * HOURS_PER_ECTS if in_ects else load.value
    return _is_amount(achievement.credits_available, load) and (
        _amount(achievement.study_load_hours) == hours
    )


def _is_amount(said: float | None, load: StudyLoad | None) -> bool:
    # OB 3.0 leaves the unit of credits open, so credits are EC and nothing else; what was earned is
    # never more than there was.
    in_ects = load is not None and load.unit is StudyLoadUnit.ECTS
    return _amount(said) == (load.value if load is not None and in_ects else None)


def _amount(said: float | None) -> Decimal | None:
    return None if said is None else Decimal(str(said))


def _pins_its_policy(achievement: Achievement, published: Microcredential) -> bool:
    pin, framework = published.policy, achievement.quality_framework
    return (
        achievement.policy == policy_subject(pin.policy_id, pin.version)
        and framework is not None
        and framework.sha256 == pin.framework.sha256
        and framework.version == pin.framework.version
    )


def _is_within(policy: Policy, load: StudyLoad) -> bool:
    # DESIGN decision 2: smaller is an edubadge, no microcredential.
    return (
        load.unit is policy.unit
        and load.value >= policy.minimum
        and (policy.maximum is None or load.value <= policy.maximum)
        and load.value % policy.step == 0
    )


def _says(text: LocalText, said: str) -> bool:
    return said in (text.nl, text.en)
