"""What an organisation may read of its own awards."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardNotFoundError, AwardState, RecordedAward
from services.issuer.domain.corrections import CredentialErasedError
from services.issuer.domain.credentials import OpenedCredential
from services.issuer.operations.desk import Desk
from services.issuer.operations.payloads import open_payload
from services.issuer.repository import awards
from shared.runtime.database import act_for


async def read_award(session: AsyncSession, award_id: UUID, *, organisation: str) -> RecordedAward:
    """Return an award to the organisation that made it."""
    await act_for(session, organisation)
    recorded = await awards.get_award(session, award_id)
    if not recorded.is_public:
        raise AwardNotFoundError
    return recorded


async def read_awards(
    session: AsyncSession, *, organisation: str, after: int, limit: int
) -> list[RecordedAward]:
    """Return an organisation's own awards, in the order they were decided."""
    await act_for(session, organisation)
    return await awards.list_awards(session, after=after, limit=limit)


async def open_credential(
    session: AsyncSession,
    desk: Desk,
    award_id: UUID,
    *,
    organisation: str,
    version: int | None = None,
) -> OpenedCredential:
    """Return a signed credential out of its seal: the present one, or an earlier version."""
    await act_for(session, organisation)
    if (await awards.get_award(session, award_id)).state is AwardState.ERASED:
        raise CredentialErasedError
    stored = await awards.get_credential(session, award_id, version=version)
    if stored.signatures is None:
        raise AwardNotFoundError
    key = desk.learner_key(stored.wrapped_key, organisation=organisation, learner=stored.learner)
    payload = open_payload(stored.sealed_payload, key=key, credential_id=stored.credential_id)
    return OpenedCredential(
        credential_id=stored.credential_id, payload=payload, signatures=stored.signatures
    )
