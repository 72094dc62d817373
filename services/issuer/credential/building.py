"""From an award to its credential: the Open Badges 3.0 AchievementCredential, and its bytes.

Pure, and separate from signing, because what is said of a person must be readable in one place
(credentials.md 1.6: the elements of Council Recommendation 2022/C 243/02, Annex I).

Before anything is signed the bytes are linted: read back by the strict readers a verifier uses,
and compared with what was meant. Only the digest of linted bytes is kept with the intent, and the
signer refuses any other bytes; so a lint signature with a throw-away key (Boulder) proves no more.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import to_json

from services.issuer.domain import Learner, WantedAward, dutch_grade
from services.issuer.status import Place
from shared.contracts.credential import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Address,
    Alignment,
    Criteria,
    IdentifierEntry,
    IdentityObject,
    Image,
    Profile,
    QualityFrameworkPin,
    Result,
    ResultDescription,
    StatusEntry,
    stamp,
    with_jwt_claims,
)
from shared.contracts.identifiers import credential_urn, policy_subject
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText, QualificationLevel, StudyLoadUnit
from shared.proofs.identity import hash_identity
from shared.proofs.pseudonyms import normalise_identifier
from shared.strict_json import JsonRefusedError, load_object

MAX_PAYLOAD_BYTES = 128 * 1024
HOURS_PER_ECTS = 28
EQF_LEVELS = "http://data.europa.eu/snb/eqf/"
NLQF_LEVELS = "https://www.nlqf.nl/nlqf-niveaus"


class LintError(Exception):
    """The bytes to sign do not say what was meant; nothing is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The ids of one credential: its own, its issuer's, and its subject's, which names nobody.

    `mandator` is the id of the organisation on whose behalf the issuer awards, if there is one;
    `pictures` is the address under which the pictures of microcredentials stand.
    """

    credential_id: UUID
    subject_id: UUID
    issuer: str
    salt: str = field(repr=False)
    mandator: str | None = None
    pictures: str | None = None


def build_credential(
    wanted: WantedAward,
    *,
    naming: Naming,
    organisation: Organisation,
    microcredential: Microcredential,
    place: Place,
    now: datetime,
    mandator: Organisation | None = None,
) -> AchievementCredential:
    """Say, in the words of Open Badges, that this learner earned this microcredential."""
    language = _language(microcredential)
    achievement = build_achievement(microcredential, grade=wanted.grade)
    if naming.pictures is not None:
        picture = picture_of(microcredential, under=naming.pictures)
        achievement = achievement.model_copy(update={"image": picture})
    if mandator is not None and naming.mandator is not None:
        creator = _profile(mandator, known_by=naming.mandator, language=language)
        achievement = achievement.model_copy(update={"creator": creator})
    return AchievementCredential(
        id=credential_urn(naming.credential_id),
        name=achievement.name,
        issuer=_profile(organisation, known_by=naming.issuer, language=language),
        valid_from=stamp(now),
        valid_until=None if wanted.valid_until is None else stamp(wanted.valid_until),
        awarded_date=stamp_of_day(wanted.awarded_on),
        credential_subject=AchievementSubject(
            id=f"urn:uuid:{naming.subject_id}",
            identifier=tuple(
                IdentityObject.model_validate(member)
                for member in identity_members(wanted.learner, salt=naming.salt)
            ),
            credits_earned=achievement.credits_available,
            achievement=achievement,
            result=_results(achievement, grade=wanted.grade),
        ),
        credential_status=StatusEntry(
            id=f"{place.url}#{place.index}",
            status_list_index=str(place.index),
            status_list_credential=place.url,
        ),
    )


def picture_of(microcredential: Microcredential, *, under: str) -> Image:
    """Say where the picture of a version is: the one for everybody, with nobody in it."""
    version = f"{microcredential.microcredential_id}/{microcredential.version}"
    return Image(id=f"{under}/{version}.png")


def build_achievement(microcredential: Microcredential, *, grade: str | None) -> Achievement:
    """Say what was earned; the same for everybody, but for the kind of grade."""
    is_dutch = None if grade is None else dutch_grade(grade) is not None
    return _told_once(microcredential, has_dutch_grade=is_dutch)


@lru_cache(maxsize=1024)
def _told_once(microcredential: Microcredential, *, has_dutch_grade: bool | None) -> Achievement:
    content, pin = microcredential.content, microcredential.policy
    language = _language(microcredential)
    page = str(microcredential.page)
    title = content.title.best(language)
    load, level = content.study_load, content.level
    assessment = content.assessment
    return Achievement(
        id=page,
        achievement_type="MicroCredential",
        name=title,
        description=_text(content.description, language) or title,
        criteria=Criteria(
            id=page, narrative=_text(assessment.description if assessment else None, language)
        ),
        in_language=content.in_language,
        credits_available=(float(load.value) if load and load.unit is StudyLoadUnit.ECTS else None),
        field_of_study=content.field_of_study,
        version=str(microcredential.version),
        alignment=_alignments(microcredential, language=language),
        result_description=_result_descriptions(page, has_dutch_grade=has_dutch_grade),
        study_load_unit=load.unit.value if load else None,
        study_load_hours=_hours(microcredential),
        learning_outcome=tuple(text.best(language) for text in content.learning_outcomes) or None,
        assessment_type=tuple(one.value for one in assessment.types) if assessment else None,
        participation_type=tuple(mode.value for mode in content.modes_of_delivery) or None,
        supervision_type=content.supervision.value if content.supervision else None,
        level_basis=level.basis.value if level else None,
        level_registration=level.registration_id if level else None,
        prerequisite=_text(content.admission_requirements, language),
        stackability=_text(content.stackability, language),
        policy=policy_subject(pin.policy_id, pin.version),
        quality_framework=QualityFrameworkPin(
            id=str(pin.framework.url),
            name=pin.framework.name.best(language),
            version=pin.framework.version,
            sha256=pin.framework.sha256,
        ),
    )


def payload_of(credential: AchievementCredential) -> bytes:
    """Return the linted bytes that all signatures over this credential sign, or raise LintError."""
    wire = with_jwt_claims(credential.to_wire(), credential)
    payload: bytes = to_json(wire)
    try:
        read = load_object(payload, max_bytes=MAX_PAYLOAD_BYTES)
        parsed = AchievementCredential.model_validate_json(payload)
    except (JsonRefusedError, ValidationError):
        raise LintError from None
    if read != wire or parsed != credential:
        raise LintError
    return payload


def digest_of(payload: bytes) -> str:
    """Return the SHA-256 by which register and verifier know this credential again."""
    return hashlib.sha256(payload).hexdigest()


def _language(microcredential: Microcredential) -> str:
    """Choose the language of the texts: English for what is taught in English, otherwise Dutch."""
    return "en" if (microcredential.content.in_language or "").startswith("en") else "nl"


def _text(text: LocalText | None, language: str) -> str | None:
    return text.best(language) if text else None


def stamp_of_day(day: date) -> str:
    """Write a day as the moment it begins."""
    # Midnight in UTC, so that the date reads as that date wherever the credential is shown.
    return stamp(datetime.combine(day, time(), UTC))


@lru_cache(maxsize=1024)
def _profile(organisation: Organisation, *, known_by: str, language: str) -> Profile:
    known_as = (
        ("ext:OIN", organisation.oin),
        ("ext:BRIN", organisation.brin),
        ("ext:KvK", organisation.kvk),
    )
    return Profile(
        id=known_by,
        name=organisation.name.best(language),
        url=str(organisation.website) if organisation.website else None,
        address=Address(address_country_code=organisation.country),
        other_identifier=tuple(
            IdentifierEntry(identifier=number, identifier_type=kind)
            for kind, number in known_as
            if number
        ),
    )


def identity_members(learner: Learner, *, salt: str) -> list[dict[str, object]]:
    """Tie the credential to the learner by a salted hash; the name is in clear, for its holder."""
    hashed = (("ext:eduID", learner.edu_id), ("emailAddress", learner.email))
    members: list[dict[str, object]] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": hash_identity(normalise_identifier(identifier), salt=salt),
            "identityType": kind,
            "salt": salt,
        }
        for kind, identifier in hashed
        if identifier
    ]
    if learner.full_name:
        members.append(
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": learner.full_name,
                "identityType": "name",
            }
        )
    return members


def _hours(microcredential: Microcredential) -> float | None:
    load = microcredential.content.study_load
    if load is None:
        return None
    return float(load.value * (HOURS_PER_ECTS if load.unit is StudyLoadUnit.ECTS else 1))


def _alignments(microcredential: Microcredential, *, language: str) -> tuple[Alignment, ...]:
    level = microcredential.content.level
    levels = _level_alignments(level.value) if level else ()
    return (*levels, _quality_alignment(microcredential, language=language))


def _level_alignments(level: QualificationLevel) -> tuple[Alignment, Alignment]:
    """Name the level in both frameworks; they are numbered alike, but for NLQF 4+ (EQF 4)."""
    number = level.value.removeprefix("eqf_").removeprefix("nlqf_").removesuffix("plus")
    dutch = "4+" if level is QualificationLevel.NLQF_4PLUS else number
    return (
        Alignment(
            target_name=f"EQF level {number}",
            target_url=EQF_LEVELS + number,
            target_code=number,
            target_framework="European Qualifications Framework",
            target_type="ext:EQFLevel",
        ),
        Alignment(
            target_name=f"NLQF level {dutch}",
            target_url=NLQF_LEVELS,
            target_code=dutch,
            target_framework="NLQF",
            target_type="ext:NLQFLevel",
        ),
    )


def _quality_alignment(microcredential: Microcredential, *, language: str) -> Alignment:
    pin, assurance = microcredential.policy, microcredential.content.quality_assurance
    name = pin.framework.name.best(language)
    return Alignment(
        target_name=name,
        target_url=str((assurance and assurance.url) or pin.framework.url),
        target_code=policy_subject(pin.policy_id, pin.version),
        target_framework=f"{name} {pin.framework.version}"[:1000],
        target_type="ext:QualityAssurance",
        target_description=_text(assurance.statement if assurance else None, language),
    )


def _result_descriptions(
    page: str, *, has_dutch_grade: bool | None
) -> tuple[ResultDescription, ...] | None:
    if has_dutch_grade is None:
        return None
    if not has_dutch_grade:
        return (ResultDescription(id=f"{page}#result", name="Final result", result_type="Result"),)
    return (
        ResultDescription(
            id=f"{page}#grade",
            name="Final grade",
            result_type="ext:NLGrade",
            value_min="1",
            value_max="10",
            required_value="5.5",
        ),
    )


def _results(achievement: Achievement, *, grade: str | None) -> tuple[Result, ...] | None:
    if grade is None or achievement.result_description is None:
        return None
    return (
        Result(
            result_description=achievement.result_description[0].id, value=value_of_grade(grade)
        ),
    )


def value_of_grade(grade: str) -> str:
    """Write a Dutch grade with a point, and another as it is."""
    return grade if dutch_grade(grade) is None else grade.replace(",", ".")
