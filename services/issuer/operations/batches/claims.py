"""Requests on a batch, each acted on once: asked again, the batch is shown as it is by then."""

from datetime import datetime
from uuid import UUID

from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.repository import batches
from shared.runtime import idempotency
from shared.runtime.database import Straight
from shared.runtime.idempotency import Claim


async def claim_request(
    straight: Straight, desk: Desk, asking: Asking, *, route: str, now: datetime
) -> Claim:
    """Claim a request on a batch; one that was done before has a resource."""
    return await idempotency.claim(
        straight,
        organisation=asking.organisation,
        route=f"POST /v1/award-batches/{route}",
        key=asking.key,
        fingerprint=desk.blind(asking.fingerprint),
        now=now,
        lease=desk.lease,
    )


async def keep_request(straight: Straight, claim: Claim, batch_id: UUID) -> None:
    """Remember that a request was done."""
    await batches.keep_done(straight, claim, batch_id)
