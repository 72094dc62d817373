"""Tallies over HTTP: counts and digests of what the register holds, and what they are made of."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.registry.domain.facts import sequence_text
from services.registry.domain.tallies import Member, Tally
from shared.contracts.identifiers import Oin
from shared.contracts.policy import Sha256Hex
from shared.contracts.vocabulary import RegistrationStatus
from shared.runtime.api_model import ApiAnswer
from shared.runtime.paging import Page


class TallyAnswer(ApiAnswer):
    """The registrations of an organisation that were first recorded on a day."""

    organisation: Oin
    day: date = Field(description="In UTC, of `recordedAt`.", examples=["2026-11-20"])
    registrations: int = Field(examples=[113])
    digest: Sha256Hex = Field(
        description=(
            "The sum, modulo 2^256, of the SHA-256 of `<registrationId> <recordVersion> <status> "
            "<credentialDigest>` of each, in hexadecimal; 64 zeros for none."
        ),
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )

    @classmethod
    def of(cls, tally: Tally) -> "TallyAnswer":
        """Return what this tally says over HTTP."""
        return cls(
            organisation=tally.organisation,
            day=tally.day,
            registrations=tally.registrations,
            digest=tally.digest.hex(),
        )


class TallyPage(Page[TallyAnswer]):
    """Some tallies, and the sequence number that all of them are of."""

    sequence: str = Field(
        description="Everything up to this event is counted; of a later event perhaps something.",
        examples=["0000000000004711"],
    )


class MemberAnswer(ApiAnswer):
    """What is compared of a registration; of an erased one nothing is left but its version."""

    registration_id: UUID
    record_version: int = Field(examples=[2])
    status: RegistrationStatus
    credential_digest: Sha256Hex | None = Field(
        default=None, examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    sequence: str = Field(
        description="The event that told it; who has not come so far cannot know.",
        examples=["0000000000004711"],
    )

    @classmethod
    def of(cls, member: Member) -> "MemberAnswer":
        """Return what this member says over HTTP."""
        standing = member.standing
        return cls(
            registration_id=member.registration_id,
            record_version=member.record_version,
            status=RegistrationStatus(standing.status if standing else "erased"),
            credential_digest=standing.credential_digest if standing else None,
            sequence=sequence_text(member.sequence - 1),
        )
