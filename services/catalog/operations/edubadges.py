"""Badge classes of edubadges become drafts on one's own desk; the same one never comes twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain.reviews import Actor
from services.catalog.edubadges import EdubadgesRefusedError, Imported, read_badge_class
from services.catalog.edubadges.values import OWN_CODE
from services.catalog.operations.microcredentials import draft_microcredential
from services.catalog.repository import edubadges as known_codes
from shared.runtime.database import act_for
from shared.strict_json import JsonObject


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    """What a badge class became: a new draft, or what it became before; or nothing, when tried."""

    imported: Imported
    microcredential_id: UUID | None
    is_new: bool


async def import_badge_classes(
    session: AsyncSession,
    badge_classes: Sequence[JsonObject],
    *,
    is_list: bool,
    provider: str,
    now: datetime,
    by: Actor,
    only_check: bool = False,
) -> list[ImportedDraft]:
    """Draft what is not on the desk yet, or refuse all with every fault; a check drafts nothing."""
    await act_for(session, provider)
    read = await _read(session, badge_classes, is_list=is_list, provider=provider)
    if not only_check:
        await known_codes.lock_imports(session, provider)
    codes = [one.own_code for one in read if one.own_code is not None]
    known = await known_codes.desks_with_code(session, OWN_CODE, codes)
    made: list[ImportedDraft] = []
    for imported in read:
        code = imported.own_code
        before = known.get(code) if code is not None else None
        if before is not None or only_check:
            made.append(ImportedDraft(imported, before, is_new=before is None))
            continue
        shown = await draft_microcredential(
            session, imported.content, provider=provider, now=now, by=by
        )
        if shown.desk is None:
            raise AssertionError("what was just drafted is on its provider's desk")
        drafted = shown.desk.microcredential_id
        made.append(ImportedDraft(imported, drafted, is_new=True))
        if code is not None:
            known[code] = drafted
    return made


async def _read(
    session: AsyncSession, badge_classes: Sequence[JsonObject], *, is_list: bool, provider: str
) -> list[Imported]:
    """Read all of them, and name the faults of all of them at once."""
    recorded = await repository.find_organisation(session, provider)
    sector = recorded.organisation.sector if recorded else None
    read: list[Imported] = []
    refused: list[EdubadgesRefusedError] = []
    for number, members in enumerate(badge_classes):
        try:
            at = f"/{number}" if is_list else ""
            read.append(read_badge_class(members, sector=sector, at=at))
        except EdubadgesRefusedError as error:
            refused.append(error)
    if refused:
        raise EdubadgesRefusedError(faults=tuple(one for error in refused for one in error.faults))
    return read
