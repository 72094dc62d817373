"""An award as the register hears of it: the decision, without a name.

`learner` is a pseudonym (HMAC-SHA256, base64url); personal data may not be added here, not even
sealed.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.model import Contract
from shared.contracts.policy import Sha256Hex
from shared.contracts.vocabulary import (
    AwardElement,
    CorrectionReason,
    ReinstatementReason,
    RevocationReason,
    SuspensionReason,
)

Pseudonym = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class Award(Contract):
    """The decision that a learner earned a microcredential."""

    award_id: UUID
    organisation: Oin
    microcredential_id: UUID
    microcredential_version: int = Field(ge=1)
    learner: Pseudonym
    study_load: StudyLoad
    level: Level
    awarded_on: date
    valid_from: datetime
    valid_until: datetime | None = None
    credential_id: UUID
    credential_digest: Sha256Hex = Field(
        description="SHA-256 of the JWS payload: the same for every signature over this credential"
    )
    recorded_at: datetime


class Revocation(Contract):
    """The decision that an award no longer counts."""

    reason: RevocationReason
    revoked_at: datetime


class Correction(Contract):
    """The decision that an award reads otherwise; a new credential replaces the one before.

    `changed` names elements, never what they said: that is between the organisation and the
    learner. It is empty when the same was signed anew with another key.
    """

    version: int = Field(ge=2, description="of the credential that counts from now on")
    reason: CorrectionReason
    changed: tuple[AwardElement, ...]
    corrected_at: datetime


class Suspension(Contract):
    """The decision that an award does not count for now."""

    reason: SuspensionReason
    suspended_at: datetime


class Reinstatement(Contract):
    """The decision that a suspended award counts again."""

    reason: ReinstatementReason
    reinstated_at: datetime
