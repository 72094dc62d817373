"""What a credential says, read back from the bytes that were signed. Pure."""

from uuid import UUID

from services.issuer.domain.corrections import Said
from shared.contracts.award import Award
from shared.contracts.credential import AchievementCredential

NAME = "name"


def read_payload(payload: bytes) -> AchievementCredential:
    """Read what was signed."""
    return AchievementCredential.model_validate_json(payload)


def said_in(award: Award, credential: AchievementCredential) -> Said:
    """Return what this version of an award says: the decision, and what only the credential has."""
    subject = credential.credential_subject
    names = [one.identity_hash for one in subject.identifier or () if one.identity_type == NAME]
    results = [one.value for one in subject.result or () if one.value]
    return Said(
        learner=award.learner,
        name=names[0] if names else None,
        grade=results[0] if results else None,
        awarded_on=award.awarded_on,
        valid_until=award.valid_until,
        microcredential_version=award.microcredential_version,
    )


def subject_of(credential: AchievementCredential) -> UUID:
    """Return the subject's own id, which names nobody."""
    return UUID(credential.credential_subject.id.removeprefix("urn:uuid:"))


def about_the_same(
    credential: AchievementCredential, before: AchievementCredential
) -> AchievementCredential:
    """Say of the same person, in the same words, what the new credential says."""
    subject = credential.credential_subject.model_copy(
        update={"identifier": before.credential_subject.identifier}
    )
    return credential.model_copy(update={"credential_subject": subject})
