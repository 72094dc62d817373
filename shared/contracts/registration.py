"""A registration: what the national register knows of one award, fit for everybody to read."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.contracts.award import Correction, Reinstatement, Revocation, Suspension
from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.model import Contract
from shared.contracts.policy import Sha256Hex
from shared.contracts.vocabulary import RegistrationStatus


class ReplacedCredential(Contract):
    """A credential that counted once; `correction` says when and why another took its place."""

    version: int = Field(ge=1)
    credential_id: UUID
    credential_digest: Sha256Hex
    correction: Correction


class Registration(Contract):
    """One award in the register, as a whole state; the learner is not in it."""

    registration_id: UUID = Field(description="the award's own id")
    record_version: int = Field(ge=1)
    status: RegistrationStatus
    organisation: Oin
    microcredential_id: UUID
    microcredential_version: int = Field(ge=1)
    study_load: StudyLoad
    level: Level
    awarded_on: date
    valid_from: datetime
    valid_until: datetime | None = None
    credential_id: UUID
    credential_digest: Sha256Hex
    recorded_at: datetime = Field(description="when the register first knew")
    changed_at: datetime = Field(description="when the register learnt this state")
    revocation: Revocation | None = None
    suspension: Suspension | None = None
    reinstatement: Reinstatement | None = Field(
        default=None, description="present while it counts again after a suspension"
    )
    expired_at: datetime | None = None
    replaced: tuple[ReplacedCredential, ...] | None = Field(
        default=None, description="credentials from before its corrections, oldest first"
    )

    @property
    def credential_ids(self) -> tuple[UUID, ...]:
        """Return the ids of all credentials it ever had, the newest first."""
        return (self.credential_id, *(old.credential_id for old in self.replaced or ()))

    def replacement_of(self, credential_id: UUID) -> ReplacedCredential | None:
        """Return what is known of an earlier credential of this award."""
        return next(
            (one for one in self.replaced or () if one.credential_id == credential_id), None
        )
