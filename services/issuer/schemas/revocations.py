"""HTTP bodies of revoking many awards at once."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.issuer.domain.revocations import MOST_AWARDS, RevocationBatch, RevocationState
from shared.contracts.requests import fault
from shared.contracts.vocabulary import RevocationReason
from shared.runtime.api_model import ApiAnswer, ApiModel

_ID = "7d3f1c52-7a09-4f3f-8c71-0d7a3d4f9c11"
AwardIds = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_AWARDS)]


class RevocationBatchRequest(ApiModel):
    """Which awards no longer count, by id or all that one batch made, and why."""

    award_ids: AwardIds | None = None
    award_batch_id: UUID | None = None
    reason: RevocationReason

    @model_validator(mode="after")
    def _means_awards_one_way(self) -> Self:
        if (self.award_ids is None) == (self.award_batch_id is None):
            raise fault(
                "awards-by-one",
                "Give either awardIds or awardBatchId.",
                "Geef awardIds of awardBatchId, niet allebei.",
            )
        return self


class RevocationApprovalRequest(ApiModel):
    """That a second person agrees to revoke so many awards."""

    awards: int = Field(ge=1, le=MOST_AWARDS, description="how many awards you agree to revoke")


class RevocationBatchLinks(ApiAnswer):
    """Where the request and its approvals are."""

    self: str = Field(examples=[f"https://issuer.waarmerk.example/v1/revocation-batches/{_ID}"])
    approvals: str = Field(
        examples=[f"https://issuer.waarmerk.example/v1/revocation-batches/{_ID}/approvals"]
    )


class RevocationBatchAnswer(ApiAnswer):
    """A request to revoke many awards, and how far it is."""

    revocation_batch_id: UUID
    state: RevocationState
    reason: RevocationReason
    awards: int = Field(ge=0, description="how many awards it is about")
    revoked: int = Field(ge=0, description="how many were revoked by it")
    already_revoked: int = Field(ge=0, description="how many were revoked before it came to them")
    erased: int = Field(ge=0, description="how many were erased before it came to them")
    waiting: int = Field(ge=0, description="how many are still to come")
    asked_at: datetime
    approved_at: datetime | None = None
    links: RevocationBatchLinks

    @classmethod
    def of(cls, batch: RevocationBatch, *, public_url: str) -> Self:
        """Return what the caller may read of its request."""
        address = f"{public_url}/v1/revocation-batches/{batch.batch_id}"
        return cls(
            revocation_batch_id=batch.batch_id,
            state=batch.state,
            reason=batch.reason,
            awards=batch.awards,
            revoked=batch.revoked,
            already_revoked=batch.already_revoked,
            erased=batch.erased,
            waiting=batch.waiting,
            asked_at=batch.asked_at,
            approved_at=batch.approved_at,
            links=RevocationBatchLinks(self=address, approvals=f"{address}/approvals"),
        )

    def to_bytes(self) -> bytes:
        """Return the answer as it is sent and kept, so that a repeated request reads the same."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()
