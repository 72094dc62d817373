"""Badge classes of edubadges and the bundles that were sent for them; of nobody in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.repository.catalogue import read_microcredential
from services.issuer.tables import badge_class as badge_classes
from services.issuer.tables import direct_award_bundle as bundles
from services.issuer.tables import microcredential as microcredentials
from shared.runtime.database import of_caller

EDUBADGES_CODE: Final = "x-edubadges"


@dataclass(frozen=True, slots=True)
class BadgeClass:
    """Which microcredential a badge class is here, and since when an organisation says so."""

    microcredential_id: UUID
    changed_at: datetime | None = None


async def keep_badge_class(
    session: AsyncSession,
    organisation: str,
    entity_id: str,
    microcredential_id: UUID,
    now: datetime,
) -> bool:
    """Remember which microcredential a badge class is; say whether it was new."""
    found = await find_told(session, organisation, entity_id)
    told = {"microcredential_id": microcredential_id, "changed_at": now}
    await session.execute(
        insert(badge_classes)
        .values(organisation=organisation, entity_id=entity_id, **told)
        .on_conflict_do_update(
            index_elements=[badge_classes.c.organisation, badge_classes.c.entity_id], set_=told
        )
    )
    return found is None


async def find_told(session: AsyncSession, organisation: str, entity_id: str) -> BadgeClass | None:
    """Return which microcredential an organisation says a badge class is, or None."""
    query = select(badge_classes).where(
        badge_classes.c.organisation == organisation,
        badge_classes.c.entity_id == entity_id,
        of_caller(badge_classes.c.organisation),
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else BadgeClass(row.microcredential_id, row.changed_at)


async def find_imported(
    session: AsyncSession, organisation: str, entity_id: str
) -> BadgeClass | None:
    """Return the microcredential that was imported from a badge class of edubadges, or None."""
    query = select(microcredentials.c.record).where(
        microcredentials.c.provider == organisation,
        microcredentials.c.record.contains(EDUBADGES_CODE, autoescape=True),
    )
    for record in await session.scalars(query):
        one = read_microcredential(record)
        codes = [each.code for each in one.content.other_codes if each.code_type == EDUBADGES_CODE]
        if any(code.rpartition("/")[2] == entity_id for code in codes):
            return BadgeClass(one.microcredential_id)
    return None


async def is_known(session: AsyncSession, organisation: str, microcredential_id: UUID) -> bool:
    """Say whether an organisation provides a microcredential."""
    query = select(microcredentials.c.version).where(
        microcredentials.c.provider == organisation,
        microcredentials.c.microcredential_id == microcredential_id,
    )
    return (await session.execute(query)).first() is not None


async def take_bundle(
    session: AsyncSession,
    organisation: str,
    entity_id: str,
    badge_class: str,
    *,
    taken_until: datetime,
    now: datetime,
) -> list[UUID | None] | None:
    """Take a bundle, unless somebody is at it; return what it awarded before. None: not taken."""
    taken = await session.execute(
        insert(bundles)
        .values(
            organisation=organisation,
            entity_id=entity_id,
            badge_class=badge_class,
            taken_until=taken_until,
            received_at=now,
        )
        .on_conflict_do_update(
            index_elements=[bundles.c.organisation, bundles.c.entity_id],
            set_={"taken_until": taken_until},
            where=or_(bundles.c.taken_until.is_(None), bundles.c.taken_until < now),
        )
        .returning(bundles.c.award_ids)
    )
    row = taken.one_or_none()
    return None if row is None else [*(row.award_ids or ())]


async def let_bundle_go(
    session: AsyncSession, organisation: str, entity_id: str, award_ids: Sequence[UUID | None]
) -> None:
    """Remember what a bundle awarded, learner by learner."""
    await session.execute(
        update(bundles)
        .where(bundles.c.organisation == organisation, bundles.c.entity_id == entity_id)
        .values(award_ids=[*award_ids], taken_until=None)
    )
