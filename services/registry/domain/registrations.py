"""When the register may change: pure rules over what it keeps of one award.

Apart from the bus and the database, because these rules must hold whoever tells us of an award,
and however often.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.contracts.award import (
    Award,
    Correction,
    Pseudonym,
    Reinstatement,
    Revocation,
    Suspension,
)
from shared.contracts.events import (
    AwardCorrected,
    AwardExpired,
    AwardReinstated,
    AwardRevoked,
    AwardSuspended,
)
from shared.contracts.registration import Registration, ReplacedCredential
from shared.contracts.vocabulary import RegistrationStatus
from shared.errors import ConflictError, NotFoundError, RuleError

AwardChange = AwardCorrected | AwardSuspended | AwardReinstated | AwardRevoked | AwardExpired
"""What may become of an award while it is known."""


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


class RevokedStaysError(ConflictError):
    """The award was revoked, and stays so; only an erasure can follow."""

    code = "revoked-stays"
    dutch = "De toekenning is ingetrokken en blijft dat; alleen wissen kan nog volgen."


class RegistrationErasedError(NotFoundError):
    """The registration was erased; nothing is left of it."""

    code = "registration-erased"
    dutch = "De registratie is gewist; er is niets van over."


class RegistrationRestrictedError(RegistrationErasedError):
    """The registration is shown to nobody: its learner asked to erase it, and a law says keep."""

    code = "registration-restricted"
    dutch = (
        "De registratie wordt aan niemand getoond: de lerende vroeg om wissen, en een wet zegt "
        "bewaren."
    )


class NotKnownYetError(NotFoundError):
    """At that moment the register did not know of this award yet."""

    code = "registration-not-known-yet"
    dutch = "Op dat moment kende het register deze toekenning nog niet."


class MomentToComeError(RuleError):
    """What the register will say is not known; ask about a moment that has been."""

    code = "moment-to-come"
    pointer = "/asOf"
    dutch = "Wat het register zal zeggen, is niet bekend; vraag naar een moment dat is geweest."


class ErasureUnknownError(NotFoundError):
    """Nobody asked to erase this registration."""

    code = "erasure-unknown"
    dutch = "Niemand vroeg om deze registratie te wissen."


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
    """Allow hearing of an award again, and refuse to let it become another one.

    One that was corrected since is known by its first credential.
    """
    replaced = known.registration.replaced
    if replaced and replaced[0].credential_id == told.registration.credential_id:
        return
    ours, theirs = (
        entry.registration.model_dump(
            exclude={
                "record_version",
                "status",
                "recorded_at",
                "changed_at",
                "revocation",
                "suspension",
                "reinstatement",
                "expired_at",
            }
        )
        for entry in (known, told)
    )
    if known.learner != told.learner or ours != theirs:
        raise AwardDiffersError


def decide_change(entry: Entry, told: AwardChange, *, now: datetime) -> Entry | None:
    """Make the registration say what became of its award, or nothing when it already does."""
    match told:
        case AwardCorrected():
            return decide_correction(entry, told.award, told.correction, now=now)
        case AwardSuspended():
            return decide_suspension(entry, told.suspension, now=now)
        case AwardReinstated():
            return decide_reinstatement(entry, told.reinstatement, now=now)
        case AwardRevoked():
            return decide_revocation(entry, told.revocation, now=now)
        case AwardExpired():
            return decide_expiry(entry, told.expired_at, now=now)


def decide_correction(
    entry: Entry, award: Award, correction: Correction, *, now: datetime
) -> Entry | None:
    """Let the registration hold the new credential, and remember which one it replaced."""
    registration = entry.registration
    if award.award_id != registration.registration_id:
        raise AnotherAwardError
    if registration.credential_id == award.credential_id:
        return None
    if registration.organisation != award.organisation:
        raise AwardDiffersError
    replaced = ReplacedCredential(
        version=correction.version - 1,
        credential_id=registration.credential_id,
        credential_digest=registration.credential_digest,
        correction=correction,
    )
    changed = _next(
        entry,
        now=now,
        microcredential_version=award.microcredential_version,
        study_load=award.study_load,
        level=award.level,
        awarded_on=award.awarded_on,
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        credential_id=award.credential_id,
        credential_digest=award.credential_digest,
        replaced=(*(registration.replaced or ()), replaced),
    )
    return replace(changed, learner=award.learner)


def decide_suspension(entry: Entry, suspension: Suspension, *, now: datetime) -> Entry | None:
    """Make the registration say that the award does not count for now."""
    if entry.registration.suspension == suspension:
        return None
    return _next(
        entry,
        now=now,
        status=RegistrationStatus.SUSPENDED,
        suspension=suspension,
        reinstatement=None,
    )


def decide_reinstatement(
    entry: Entry, reinstatement: Reinstatement, *, now: datetime
) -> Entry | None:
    """Make the registration say that the award counts again."""
    if entry.registration.reinstatement == reinstatement:
        return None
    return _next(
        entry,
        now=now,
        status=RegistrationStatus.ACTIVE,
        suspension=None,
        reinstatement=reinstatement,
    )


def decide_expiry(entry: Entry, expired_at: datetime, *, now: datetime) -> Entry | None:
    """Make the registration say that the award has ended; a suspension ends with it."""
    if entry.registration.expired_at == expired_at:
        return None
    return _next(
        entry,
        now=now,
        status=RegistrationStatus.EXPIRED,
        suspension=None,
        reinstatement=None,
        expired_at=expired_at,
    )


def decide_revocation(entry: Entry, revocation: Revocation, *, now: datetime) -> Entry | None:
    """Make the registration say that the award was revoked, or nothing when it already does."""
    registration = entry.registration
    if registration.revocation is not None:
        if registration.revocation != revocation:
            raise RevocationDiffersError
        return None
    return _next(
        entry,
        now=now,
        status=RegistrationStatus.REVOKED,
        revocation=revocation,
        suspension=None,
        reinstatement=None,
    )


def _next(entry: Entry, *, now: datetime, **changed: object) -> Entry:
    """Return the next version of an entry; what was revoked has none."""
    registration = entry.registration
    if registration.revocation is not None:
        raise RevokedStaysError
    counted = {"record_version": registration.record_version + 1, "changed_at": now}
    return replace(entry, registration=registration.model_copy(update=counted | changed))
