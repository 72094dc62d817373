"""When the register may change: pure rules over what it keeps of one award.

Apart from the bus and the database, because these rules must hold whoever tells us of an award,
and however often.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.contracts.award import Award, Pseudonym, Revocation
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.errors import ConflictError, NotFoundError, RuleError


class RegistrationUnknownError(NotFoundError):
    """The register holds no registration with this id."""

    code = "registration-unknown"
    dutch = "Het register heeft geen registratie met dit nummer."


class VersionUnknownError(NotFoundError):
    """The register holds no such version of this registration."""

    code = "registration-version-unknown"
    dutch = "Het register heeft deze versie van de registratie niet."


class AnotherAwardError(RuleError):
    """The event is about one award and carries another."""

    code = "another-award"
    dutch = "Het bericht gaat over de ene toekenning en bevat een andere."


class AwardDiffersError(ConflictError):
    """The register already holds this award with another organisation, learner or content."""

    code = "award-differs"
    dutch = "Het register heeft deze toekenning al, met een andere organisatie, lerende of inhoud."


class CredentialTakenError(ConflictError):
    """Another registration holds this credential already."""

    code = "credential-taken"
    dutch = "Een andere registratie heeft dit bewijs al."


class RevocationDiffersError(ConflictError):
    """The register already holds another revocation of this award."""

    code = "revocation-differs"
    dutch = "Het register heeft al een andere intrekking van deze toekenning."


class ErasedError(ConflictError):
    """The registration was erased; nothing can be added to it."""

    code = "registration-erased"
    dutch = "De registratie is gewist; er kan niets aan worden toegevoegd."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the register keeps of an award: what everybody may read, and the learner's pseudonym."""

    registration: Registration
    learner: Pseudonym


def decide_registration(award: Award, *, award_id: UUID, now: datetime) -> Entry:
    """Register an award under its own id, active, as version 1."""
    if award.award_id != award_id:
        raise AnotherAwardError
    registration = Registration(
        registration_id=award.award_id,
        record_version=1,
        status=RegistrationStatus.ACTIVE,
        organisation=award.organisation,
        microcredential_id=award.microcredential_id,
        microcredential_version=award.microcredential_version,
        study_load=award.study_load,
        level=award.level,
        awarded_on=award.awarded_on,
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        credential_id=award.credential_id,
        credential_digest=award.credential_digest,
        recorded_at=now,
        changed_at=now,
    )
    return Entry(registration=registration, learner=award.learner)


def check_same_award(known: Entry, told: Entry) -> None:
    """Allow hearing of an award again, and refuse to let it become another one."""
    ours, theirs = (
        entry.registration.model_dump(
            exclude={"record_version", "status", "recorded_at", "changed_at", "revocation"}
        )
        for entry in (known, told)
    )
    if known.learner != told.learner or ours != theirs:
        raise AwardDiffersError


def decide_revocation(entry: Entry, revocation: Revocation, *, now: datetime) -> Entry | None:
    """Make the registration say that the award was revoked, or nothing when it already does."""
    registration = entry.registration
    if registration.status is RegistrationStatus.ERASED:
        raise ErasedError
    if registration.revocation is not None:
        if registration.revocation != revocation:
            raise RevocationDiffersError
        return None
    return replace(
        entry,
        registration=registration.model_copy(
            update={
                "record_version": registration.record_version + 1,
                "status": RegistrationStatus.REVOKED,
                "changed_at": now,
                "revocation": revocation,
            }
        ),
    )
