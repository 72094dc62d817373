"""What RIO would register of a microcredential, and what changed for RIO, in order."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain import MicrocredentialUnknownError, OrganisationUnknownError, dutch_day
from services.catalog.oeapi.identity import delivery_id
from services.catalog.repository import desks, offerings
from services.catalog.repository import rio as changes
from services.catalog.repository.offerings import WantedOfferings
from services.catalog.rio import RioReport, Stand, rio_report
from shared.contracts.microcredential import Description, Microcredential
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation
from shared.errors import ConflictError
from shared.runtime.database import act_for
from shared.strict_json import JsonObject

MOST_OFFERINGS = 5_000


class CursorAheadError(ConflictError):
    """This cursor is ahead of the list, which was restored from a copy; begin again without it."""

    code: ClassVar[str] = "cursor-ahead"
    dutch: ClassVar[str] = (
        "Deze cursor loopt voor op de lijst, die uit een kopie is hersteld; begin opnieuw zonder."
    )


class SoortWijziging(StrEnum):
    """What became of a main object, since the place a reader had come to."""

    TOEGEVOEGD = "toegevoegd"
    GEWIJZIGD = "gewijzigd"
    BEEINDIGD = "beeindigd"


@dataclass(frozen=True, slots=True, kw_only=True)
class RioDryRun:
    """What one microcredential becomes in RIO: the draft if there is one, or what is published."""

    microcredential_id: UUID
    version: int | None
    report: RioReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RioChange:
    """A main object that changed, with its whole state as it is now."""

    change: int
    recorded_at: datetime
    soort_wijziging: SoortWijziging
    main_object: str
    microcredential_id: UUID
    provider: Organisation
    report: RioReport
    state: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class RioChanges:
    """A page of changes, where it ends, where the list ends, and how many are left to read."""

    items: Sequence[RioChange]
    upto: int
    head: int
    lag: int


async def read_rio_report(
    session: AsyncSession, microcredential_id: UUID, *, reader: str | None, now: datetime
) -> RioDryRun:
    """Try out what RIO would register; of a draft as if it were published today."""
    draft: Description | None = None
    provider = None
    if reader is not None:
        await act_for(session, reader)
        desk = await desks.find_desk(session, microcredential_id)
        if desk is not None:
            draft, provider = desk.draft, desk.organisation
    versions = await repository.list_versions(session, microcredential_id)
    if not versions and draft is None:
        raise MicrocredentialUnknownError
    oin = provider or versions[-1].provider
    known = await repository.find_organisation(session, oin)
    if known is None:
        raise OrganisationUnknownError
    today = dutch_day(now)
    wanted = WantedOfferings(microcredential_id=microcredential_id, day=today)
    runs = await offerings.list_offerings(session, wanted, after=None, limit=MOST_OFFERINGS)
    stand = stand_of(versions, runs, known.organisation, microcredential_id=microcredential_id)
    if draft is not None:
        described = (*stand.versions, (today, draft))
        stand = Stand(
            microcredential_id=microcredential_id,
            delivery_id=delivery_id(microcredential_id),
            provider=known.organisation,
            versions=described,
            offerings=runs,
        )
    version = versions[-1].version if draft is None else None
    return RioDryRun(
        microcredential_id=microcredential_id, version=version, report=rio_report(stand)
    )


def stand_of(
    versions: Sequence[Microcredential],
    runs: Sequence[Offering],
    provider: Organisation,
    *,
    microcredential_id: UUID,
) -> Stand:
    """Return all that RIO is told; it ends when no version can be awarded any more."""
    archived = [one.archived_at for one in versions]
    ends = [dutch_day(moment) for moment in archived if moment is not None]
    is_over = bool(ends) and len(ends) == len(archived)
    return Stand(
        microcredential_id=microcredential_id,
        delivery_id=delivery_id(microcredential_id),
        provider=provider,
        versions=tuple((dutch_day(one.published_at), one.content) for one in versions),
        last_day=max(ends) if is_over else None,
        offerings=tuple(runs),
    )


async def list_rio_changes(
    session: AsyncSession, *, after: int, offerer_code: str | None, limit: int
) -> RioChanges:
    """Return the main objects that changed after a place in the list, each as a whole state."""
    head = await changes.number_changes(session)
    if after > head.change:
        raise CursorAheadError
    providers = None
    if offerer_code is not None:
        providers = await changes.providers_with_code(session, offerer_code)
    found = await changes.list_changes(
        session, after=after, upto=head.change, providers=providers, limit=limit
    )
    upto = found[-1].change if len(found) == limit else head.change
    left = await changes.count_changes(session, after=upto, upto=head.change, providers=providers)
    reports, known = await _reports(session, found)
    items = [
        _change(one, reports[one.microcredential_id], known[one.provider], after=after)
        for one in found
    ]
    return RioChanges(items=items, upto=upto, head=head.change, lag=left + head.waiting)


async def _reports(
    session: AsyncSession, found: Sequence[changes.ChangedObject]
) -> tuple[Mapping[UUID, RioReport], Mapping[str, Organisation]]:
    ids = list(dict.fromkeys(one.microcredential_id for one in found))
    known = await repository.name_providers(session, sorted({one.provider for one in found}))
    versions = await changes.versions_of(session, ids)
    runs: Mapping[UUID, Sequence[Offering]] = defaultdict(list)
    if ids:
        runs = await offerings.offerings_of(session, ids)
    reports = {}
    for one in found:
        of_it = one.microcredential_id
        if of_it not in reports:
            provider = known[one.provider]
            stand = stand_of(versions[of_it], runs[of_it], provider, microcredential_id=of_it)
            reports[of_it] = rio_report(stand)
    return reports, known


def _change(
    one: changes.ChangedObject, report: RioReport, provider: Organisation, *, after: int
) -> RioChange:
    is_unit = one.main_object == "opleidingseenheid"
    state = report.opleidingseenheid if is_unit else report.aangeboden_opleiding
    soort = SoortWijziging.GEWIJZIGD
    if "einddatum" in state:
        soort = SoortWijziging.BEEINDIGD
    elif one.added_change > after:
        soort = SoortWijziging.TOEGEVOEGD
    return RioChange(
        change=one.change,
        recorded_at=one.recorded_at,
        soort_wijziging=soort,
        main_object=one.main_object,
        microcredential_id=one.microcredential_id,
        provider=provider,
        report=report,
        state=state,
    )
