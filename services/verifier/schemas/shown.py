"""A credential in plain data: what it says, each code with its words in Dutch and English.

Separate from the verdict, because this is what somebody else claims; the verdict says whether to
believe it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Self

from pydantic import Field
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

from services.verifier.checks.familiar import Familiar
from services.verifier.checks.levels import level_of
from services.verifier.checks.moments import award_day
from services.verifier.domain.meaning import (
    basis_of,
    meaning_of,
    size_of,
    supervision_sentence,
)
from services.verifier.domain.text import Text
from services.verifier.domain.words import ASSESSMENTS, BASES, COMPARISONS, DELIVERIES, LEVELS
from shared.contracts.credential import Achievement, AchievementCredential, moment
from shared.contracts.vocabulary import (
    LevelBasis,
    QualificationLevel,
)
from shared.runtime.api_model import ApiAnswer

_ASSESSMENTS: Final = {word.value: name for word, name in ASSESSMENTS.items()}
_DELIVERIES: Final = {word.value: name for word, name in DELIVERIES.items()}


class Words(ApiAnswer):
    """A sentence or name in both languages."""

    nl: str = Field(examples=["Echt en geldig"])
    en: str = Field(examples=["Genuine and valid"])


@lru_cache(maxsize=1024)
def words(text: Text) -> Words:
    """Take a text over; nearly all of them are constants."""
    return Words(nl=text.nl, en=text.en)


class Word(ApiAnswer):
    """A code with its name."""

    code: str = Field(examples=["written_exam"])
    name: Words


class ShownAchievement(ApiAnswer):
    """What was earned."""

    id: str
    version: str | None = None
    name: str
    description: str
    language: str | None = None
    field_of_study: str | None = None


class ShownIssuer(ApiAnswer):
    """The issuer as the credential names it; the catalogue's own words are in `issuer`."""

    id: str
    name: str | None = None


class ShownHolder(ApiAnswer):
    """Who earned it: a name if there is one in the credential, otherwise only by which means."""

    name: str | None = Field(default=None, examples=["Sam de Vries"])
    recognisable_by: tuple[str, ...] = Field(
        description="kinds of identifier that are in it as a salted hash", examples=[["ext:eduID"]]
    )


class ShownLevel(ApiAnswer):
    """The level and who claims it."""

    value: QualificationLevel
    name: Words
    comparison: Words
    basis: LevelBasis | None = None
    claimed_by: Words | None = None
    registration_id: str | None = None


class ShownSize(ApiAnswer):
    """How much work it is for an average learner."""

    unit: str | None = Field(default=None, examples=["ects"])
    credits: float | None = Field(default=None, examples=[5])
    hours: float | None = Field(default=None, examples=[140])
    name: Words


class ShownFramework(ApiAnswer):
    """The quality framework, in the version the credential pins."""

    name: str
    version: str
    url: str
    sha256: str
    policy: str | None = None


class ShownCredential(ApiAnswer):
    """What the credential says."""

    id: str
    name: str
    achievement: ShownAchievement
    issuer: ShownIssuer
    who: ShownHolder
    level: ShownLevel | None = None
    study_load: ShownSize | None = None
    awarded_on: date | None = None
    valid_from: datetime
    valid_until: datetime | None = None
    result: str | None = Field(
        default=None, description="the learner's own grade or result", examples=["8.0"]
    )
    learning_outcomes: tuple[str, ...]
    assessment: tuple[Word, ...]
    assessment_description: str | None = None
    supervision: Words | None = None
    participation: tuple[Word, ...]
    prerequisite: str | None = None
    stackability: str | None = None
    quality_framework: ShownFramework | None = None
    quality_statement: str | None = None
    meaning: tuple[Words, ...]

    @classmethod
    def of(cls, credential: AchievementCredential) -> Self:
        """Show a credential whose signature holds."""
        achievement = credential.credential_subject.achievement
        return cls(**_of_award(credential), **_of_achievement(achievement))


_WRITTEN: Final = Familiar[bytes]()
"""What is shown of achievements that were shown before: most credentials are of a few."""


def write_shown(credential: AchievementCredential, said: bytes) -> bytes:
    """Return as JSON what a `ShownCredential` says: nearly all of it was written before.

    `said` is what the credential says was earned (`familiar.said_of`).
    """
    achievement = credential.credential_subject.achievement
    familiar = _WRITTEN.find(said, lambda: _write(_of_achievement(achievement)))
    return b"{%b,%b}" % (_write(_of_award(credential)), familiar)


def _write(members: dict[str, Any]) -> bytes:
    return to_json({_NAMES[name]: value for name, value in members.items()})[1:-1]


_NAMES: Final = {name: to_camel(name) for name in ShownCredential.model_fields}


def _of_award(credential: AchievementCredential) -> dict[str, Any]:
    results = [one.value for one in credential.credential_subject.result or () if one.value]
    ends = credential.valid_until
    return {
        "id": credential.id,
        "issuer": {"id": credential.issuer.id, "name": credential.issuer.name},
        "who": _holder(credential),
        "awarded_on": award_day({"awardedDate": credential.awarded_date or credential.valid_from}),
        "valid_from": moment(credential.valid_from),
        "valid_until": moment(ends) if ends else None,
        "result": ", ".join(results) or None,
    }


def _of_achievement(achievement: Achievement) -> dict[str, Any]:
    level = level_of(achievement)
    supervision = supervision_sentence(achievement)
    return {
        "name": achievement.name,
        "achievement": ShownAchievement(
            id=achievement.id,
            version=achievement.version,
            name=achievement.name,
            description=achievement.description,
            language=achievement.in_language,
            field_of_study=achievement.field_of_study,
        ),
        "level": _level(achievement, level),
        "study_load": _size(achievement),
        "learning_outcomes": achievement.learning_outcome or (),
        "assessment": _words(achievement.assessment_type, _ASSESSMENTS),
        "assessment_description": achievement.criteria.narrative,
        "supervision": words(supervision) if supervision else None,
        "participation": _words(achievement.participation_type, _DELIVERIES),
        "prerequisite": achievement.prerequisite,
        "stackability": achievement.stackability,
        "quality_framework": _framework(achievement),
        "quality_statement": _quality(achievement),
        "meaning": tuple(map(words, meaning_of(achievement, level))),
    }


def _holder(credential: AchievementCredential) -> dict[str, object]:
    identities = credential.credential_subject.identifier or ()
    names = (
        one.identity_hash for one in identities if one.identity_type == "name" and not one.hashed
    )
    return {
        "name": next(names, None),
        "recognisableBy": tuple(one.identity_type for one in identities if one.hashed),
    }


def _level(achievement: Achievement, level: QualificationLevel | None) -> ShownLevel | None:
    if level is None:
        return None
    basis = basis_of(achievement.level_basis)
    return ShownLevel(
        value=level,
        name=words(LEVELS[level]),
        comparison=words(COMPARISONS[level]),
        basis=basis,
        claimed_by=words(BASES[basis]) if basis else None,
        registration_id=achievement.level_registration,
    )


def _size(achievement: Achievement) -> ShownSize | None:
    name = size_of(achievement)
    if name is None:
        return None
    return ShownSize(
        unit=achievement.study_load_unit,
        credits=achievement.credits_available,
        hours=achievement.study_load_hours,
        name=words(name),
    )


def _words(said: tuple[str, ...] | None, names: Mapping[str, Text]) -> tuple[Word, ...]:
    return tuple(
        Word(code=one, name=words(names[one]) if one in names else Words(nl=one, en=one))
        for one in said or ()
    )


def _framework(achievement: Achievement) -> ShownFramework | None:
    pin = achievement.quality_framework
    if pin is None:
        return None
    return ShownFramework(
        name=pin.name,
        version=pin.version,
        url=pin.id,
        sha256=pin.sha256,
        policy=achievement.policy,
    )


def _quality(achievement: Achievement) -> str | None:
    return next(
        (
            one.target_description
            for one in achievement.alignment or ()
            if one.target_type == "ext:QualityAssurance"
        ),
        None,
    )
