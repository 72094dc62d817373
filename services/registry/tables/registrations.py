"""The register's rows: what holds now, every fact there has been, and what was erased."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.registrations import Entry
from services.registry.tables.metadata import Base
from shared.contracts.award import Reinstatement, Revocation, Suspension
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.model import Contract
from shared.contracts.registration import Registration, ReplacedCredential
from shared.contracts.vocabulary import (
    LevelBasis,
    QualificationLevel,
    RegistrationStatus,
    RevocationReason,
    StudyLoadUnit,
)


class History(Contract):
    """What only some registrations have, kept together."""

    suspension: Suspension | None = None
    reinstatement: Reinstatement | None = None
    replaced: tuple[ReplacedCredential, ...] | None = None


class RegistrationRow(Base):
    """One award as the register knows it now; `learner` is a pseudonym and stays in here."""

    __tablename__ = "registration"
    __table_args__ = (
        Index("ix_registration_organisation", "organisation", "registration_id"),
        CheckConstraint("record_version >= 1", name="counted_from_one"),
        CheckConstraint(
            "(revocation_reason IS NULL) = (revoked_at IS NULL)", name="revocation_is_whole"
        ),
    )

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    record_version: Mapped[int]
    status: Mapped[str]
    organisation: Mapped[str]
    learner: Mapped[str]
    microcredential_id: Mapped[UUID]
    microcredential_version: Mapped[int]
    study_load_unit: Mapped[str]
    study_load_value: Mapped[Decimal] = mapped_column(Numeric(6, 1))
    level: Mapped[str]
    level_basis: Mapped[str]
    level_registration_id: Mapped[str | None]
    awarded_on: Mapped[date]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    credential_id: Mapped[UUID] = mapped_column(unique=True)
    credential_digest: Mapped[str]
    recorded_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revocation_reason: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    history: Mapped[dict[str, object] | None] = mapped_column(
        JSONB(none_as_null=True), comment="suspension, reinstatement and replaced credentials"
    )

    @staticmethod
    def values_of(entry: Entry) -> dict[str, object]:
        """Return the values of the row that holds this entry."""
        known = entry.registration
        load, level, revocation = known.study_load, known.level, known.revocation
        return {
            "registration_id": known.registration_id,
            "record_version": known.record_version,
            "status": known.status.value,
            "organisation": known.organisation,
            "learner": entry.learner,
            "microcredential_id": known.microcredential_id,
            "microcredential_version": known.microcredential_version,
            "study_load_unit": load.unit.value,
            "study_load_value": load.value,
            "level": level.value.value,
            "level_basis": level.basis.value,
            "level_registration_id": level.registration_id,
            "awarded_on": known.awarded_on,
            "valid_from": known.valid_from,
            "valid_until": known.valid_until,
            "credential_id": known.credential_id,
            "credential_digest": known.credential_digest,
            "recorded_at": known.recorded_at,
            "changed_at": known.changed_at,
            "revocation_reason": revocation.reason.value if revocation else None,
            "revoked_at": revocation.revoked_at if revocation else None,
            "expired_at": known.expired_at,
            "history": _history_of(known),
        }

    def as_registration(self) -> Registration:
        """Return what everybody may read."""
        registration = Registration(
            registration_id=self.registration_id,
            record_version=self.record_version,
            status=RegistrationStatus(self.status),
            organisation=self.organisation,
            microcredential_id=self.microcredential_id,
            microcredential_version=self.microcredential_version,
            study_load=StudyLoad(
                unit=StudyLoadUnit(self.study_load_unit), value=self.study_load_value
            ),
            level=Level(
                value=QualificationLevel(self.level),
                basis=LevelBasis(self.level_basis),
                registration_id=self.level_registration_id,
            ),
            awarded_on=self.awarded_on,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            credential_id=self.credential_id,
            credential_digest=self.credential_digest,
            recorded_at=self.recorded_at,
            changed_at=self.changed_at,
            revocation=self._revocation(),
            expired_at=self.expired_at,
        )
        if self.history is None:
            return registration
        return registration.model_copy(update=dict(History.model_validate(self.history)))

    def as_entry(self) -> Entry:
        """Return the registration with its learner's pseudonym."""
        return Entry(registration=self.as_registration(), learner=self.learner)

    def _revocation(self) -> Revocation | None:
        if self.revocation_reason is None or self.revoked_at is None:
            return None
        return Revocation(
            reason=RevocationReason(self.revocation_reason), revoked_at=self.revoked_at
        )


class FactRow(Base):
    """One thing that happened to a registration, and all it said from then on.

    `content` is what the log's entry commits to under `salt`; both go when the registration is
    erased, and nothing else of a fact ever changes.
    """

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("registration_id", "record_version"),
        UniqueConstraint("event_id"),
        CheckConstraint("(content IS NULL) = (salt IS NULL)", name="opening_is_whole"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID]
    kind: Mapped[str]
    organisation: Mapped[str]
    registration_id: Mapped[UUID]
    record_version: Mapped[int]
    recorded_at: Mapped[datetime]
    commitment: Mapped[bytes] = mapped_column(comment="HMAC-SHA256 of the content under the salt")
    salt: Mapped[bytes | None]
    content: Mapped[str | None] = mapped_column(comment="canonical JSON (RFC 8785)")


class ErasedRegistrationRow(Base):
    """That there was a registration once; nothing of what it said."""

    __tablename__ = "erased_registration"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    record_version: Mapped[int]
    erased_at: Mapped[datetime]


def _history_of(known: Registration) -> dict[str, object] | None:
    if not (known.suspension or known.reinstatement or known.replaced):
        return None
    history = History(
        suspension=known.suspension, reinstatement=known.reinstatement, replaced=known.replaced
    )
    return history.model_dump(mode="json", exclude_none=True) or None
