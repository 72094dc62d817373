"""Every question the catalogue asks its database; contracts and desks come out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import (
    Desk,
    MicrocredentialUnknownError,
    OrganisationUnknownError,
    RecordedOrganisation,
)
from services.catalog.policy import PolicyUnknownError
from services.catalog.tables import desk, microcredential, organisation, policy
from shared.contracts.microcredential import Description, Microcredential
from shared.contracts.model import Contract
from shared.contracts.policy import Organisation, Policy

POLICIES = "policies"


@dataclass(frozen=True, slots=True)
class Listed:
    """A microcredential in a list, with the moment the list is ordered by."""

    microcredential: Microcredential
    first_published_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which microcredentials a reader looks for."""

    words: str | None = None
    provider: str | None = None
    level: str | None = None


async def lock(session: AsyncSession, subject: str) -> None:
    """Wait until nobody else writes this subject, also when it has no row yet."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))


def _state(record: Contract) -> dict[str, object]:
    return record.model_dump(mode="json", exclude_none=True)


async def find_organisation(session: AsyncSession, oin: str) -> RecordedOrganisation | None:
    """Return what is recorded of an organisation, or None."""
    found = await session.execute(select(organisation).where(organisation.c.oin == oin))
    row = found.one_or_none()
    if row is None:
        return None
    return RecordedOrganisation(Organisation.model_validate(row.state), row.record_version)


async def get_organisation(session: AsyncSession, oin: str) -> Organisation:
    """Return an organisation."""
    found = await find_organisation(session, oin)
    if found is None:
        raise OrganisationUnknownError
    return found.organisation


async def list_organisations(
    session: AsyncSession, *, after: str | None, limit: int
) -> list[Organisation]:
    """Return organisations in the order of their OINs."""
    query = select(organisation.c.state).order_by(organisation.c.oin).limit(limit)
    if after is not None:
        query = query.where(organisation.c.oin > after)
    return [Organisation.model_validate(state) for state in await session.scalars(query)]


async def name_providers(session: AsyncSession, oins: Sequence[str]) -> dict[str, Organisation]:
    """Return these organisations by their OIN."""
    query = select(organisation.c.state).where(organisation.c.oin.in_(oins))
    found = [Organisation.model_validate(state) for state in await session.scalars(query)]
    return {one.oin: one for one in found}


async def keep_organisation(session: AsyncSession, recorded: RecordedOrganisation) -> None:
    """Keep the newest state of an organisation."""
    news = insert(organisation).values(
        oin=recorded.organisation.oin,
        record_version=recorded.record_version,
        state=_state(recorded.organisation),
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[organisation.c.oin],
            set_={"record_version": news.excluded.record_version, "state": news.excluded.state},
        )
    )


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
            state=_state(added),
            document=document,
            published_at=now,
        )
    )


async def find_desk(
    session: AsyncSession, microcredential_id: UUID, *, for_update: bool = False
) -> Desk | None:
    """Return the acting organisation's own desk, or None."""
    query = select(desk).where(desk.c.microcredential_id == microcredential_id)
    if for_update:
        query = query.with_for_update()
    row = (await session.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    draft = row["draft"]
    return Desk(**{**row, "draft": Description.model_validate(draft) if draft else None})


async def lock_desk(session: AsyncSession, microcredential_id: UUID) -> Desk:
    """Return the acting organisation's own desk; nobody else changes it before our commit."""
    found = await find_desk(session, microcredential_id, for_update=True)
    if found is None:
        raise MicrocredentialUnknownError
    return found


async def keep_desk(session: AsyncSession, kept: Desk) -> None:
    """Keep a desk as it is now."""
    news = insert(desk).values(
        {**asdict(kept), "draft": _state(kept.draft) if kept.draft else None}
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[desk.c.microcredential_id],
            set_={
                name: news.excluded[name]
                for name in ("draft", "versions", "changed_at", "first_published_at")
            },
        )
    )


async def add_version(
    session: AsyncSession, added: Microcredential, *, first_published_at: datetime
) -> None:
    """Add a published version; from now on it is the latest."""
    level = added.content.level
    await session.execute(
        update(microcredential)
        .where(microcredential.c.microcredential_id == added.microcredential_id)
        .where(microcredential.c.is_latest)
        .values(is_latest=False)
    )
    await session.execute(
        insert(microcredential).values(
            microcredential_id=added.microcredential_id,
            version=added.version,
            provider=added.provider,
            level=level.value if level else "",
            is_latest=True,
            is_open=True,
            record_version=1,
            first_published_at=first_published_at,
            state=_state(added),
        )
    )


async def keep_archived(session: AsyncSession, archived: Microcredential) -> int:
    """Keep that a version is archived; return the number of this record about it."""
    changed: int | None = await session.scalar(
        update(microcredential)
        .where(microcredential.c.microcredential_id == archived.microcredential_id)
        .where(microcredential.c.version == archived.version)
        .values(
            is_open=False,
            record_version=microcredential.c.record_version + 1,
            state=_state(archived),
        )
        .returning(microcredential.c.record_version)
    )
    if changed is None:
        raise MicrocredentialUnknownError
    return changed


async def list_versions(session: AsyncSession, microcredential_id: UUID) -> list[Microcredential]:
    """Return every published version of a microcredential, oldest first."""
    query = (
        select(microcredential.c.state)
        .where(microcredential.c.microcredential_id == microcredential_id)
        .order_by(microcredential.c.version)
    )
    return [Microcredential.model_validate(state) for state in await session.scalars(query)]


async def find_version(
    session: AsyncSession, microcredential_id: UUID, version: int | None = None
) -> Microcredential | None:
    """Return a published version, or the latest, or None."""
    query = select(microcredential.c.state).where(
        microcredential.c.microcredential_id == microcredential_id,
        microcredential.c.is_latest if version is None else microcredential.c.version == version,
    )
    state = await session.scalar(query)
    return None if state is None else Microcredential.model_validate(state)


async def list_microcredentials(
    session: AsyncSession, wanted: Wanted, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Listed]:
    """Return latest versions that are open, first published first: new ones come at the end."""
    order = (microcredential.c.first_published_at, microcredential.c.microcredential_id)
    query = (
        select(microcredential.c.state, microcredential.c.first_published_at)
        .where(microcredential.c.is_latest, microcredential.c.is_open)
        .order_by(*order)
        .limit(limit)
    )
    if wanted.words is not None:
        title = microcredential.c.state["content"]["title"]
        query = query.where(
            or_(
                title["nl"].astext.icontains(wanted.words, autoescape=True),
                title["en"].astext.icontains(wanted.words, autoescape=True),
            )
        )
    if wanted.provider is not None:
        query = query.where(microcredential.c.provider == wanted.provider)
    if wanted.level is not None:
        query = query.where(microcredential.c.level == wanted.level)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [
        Listed(Microcredential.model_validate(row.state), row.first_published_at)
        for row in await session.execute(query)
    ]
