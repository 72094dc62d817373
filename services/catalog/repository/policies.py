"""Policies and their framework documents, which are added and never changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.policy import PolicyUnknownError
from services.catalog.repository.records import state_of
from services.catalog.tables import policy
from shared.contracts.policy import Policy

POLICIES = "policies"


async def list_policies(session: AsyncSession) -> list[Policy]:
    """Return every version of every policy, by id and version."""
    query = select(policy.c.state).order_by(policy.c.policy_id, policy.c.version)
    return [Policy.model_validate(state) for state in await session.scalars(query)]


async def get_policy(session: AsyncSession, policy_id: str, version: int | None = None) -> Policy:
    """Return one version of a policy, or its newest."""
    query = select(policy.c.state).where(policy.c.policy_id == policy_id)
    if version is not None:
        query = query.where(policy.c.version == version)
    state = await session.scalar(query.order_by(policy.c.version.desc()).limit(1))
    if state is None:
        raise PolicyUnknownError
    return Policy.model_validate(state)


async def get_document(session: AsyncSession, policy_id: str, version: int) -> bytes:
    """Return the framework document of a policy version, byte for byte."""
    query = select(policy.c.document).where(
        policy.c.policy_id == policy_id, policy.c.version == version
    )
    document: bytes | None = await session.scalar(query)
    if document is None:
        raise PolicyUnknownError
    return document


async def add_policy(
    session: AsyncSession, added: Policy, *, document: bytes, now: datetime
) -> None:
    """Add a version of a policy; it is never changed."""
    await session.execute(
        insert(policy).values(
            policy_id=added.policy_id,
            version=added.version,
            state=state_of(added),
            document=document,
            published_at=now,
        )
    )
