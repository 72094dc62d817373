"""Placing what an import found on its organisation's own desk: one thing is one transaction.

Nothing is published by it, and nothing a person wrote is overwritten; the rules are in
`oeapi.importing`. What cannot be placed is reported with the reason.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain.reviews import Actor, Stage
from services.catalog.oeapi import NotReadableError, read_course, read_programme
from services.catalog.oeapi.importing import Basis, Kind, Verdict, decide_placing
from services.catalog.oeapi.owner import OF_ANOTHER, is_of_another
from services.catalog.oeapi.reading import own_id_in
from services.catalog.oeapi.report import Import, Item
from services.catalog.operations import microcredentials
from services.catalog.operations.oeapi_pull import Found
from services.catalog.repository import oeapi_imports
from services.catalog.repository.oeapi_imports import RIO_CODE, Link
from shared.contracts.microcredential import Description
from shared.errors import Fault, RuleError, WaarmerkError
from shared.runtime.database import act_for

_NAME_LENGTH: Final = 200
_ABSENT: Final = Fault(
    "",
    "not-at-source",
    "The source does not have what was named, or does not show it.",
    "De bron heeft niet wat werd genoemd, of laat het niet zien.",
)


@dataclass(frozen=True, slots=True)
class Match:
    """Which of ours a thing is, as far as it is known, and by what."""

    targets: tuple[UUID, ...] = ()
    basis: Basis | None = None
    link: Link | None = None


async def place_found(
    session: AsyncSession, of: Import, found: Found, *, also: Collection[UUID], now: datetime
) -> Item | None:
    """Place one programme or course, and report it; None when this import did so before.

    `also` are the other things the source has now: two of them never lead to one of ours.
    """
    await act_for(session, of.organisation)
    await repository.lock(session, f"oeapi:{of.organisation}:{found.kind}:{found.source_id}")
    if await oeapi_imports.has_item(session, of.import_id, found.kind, found.source_id):
        return None
    item = Item(kind=found.kind, source_id=found.source_id, verdict=Verdict.REFUSED)
    try:
        read = read_programme if found.kind is Kind.PROGRAMME else read_course
        wanted, lost = read(found.members)
    except NotReadableError as error:
        item = replace(item, reasons=reasons_of(error))
    else:
        item = replace(
            item,
            primary_code=wanted.primary_code,
            name=wanted.title.best()[:_NAME_LENGTH],
            lost=lost,
        )
        if await _is_of_another(session, of, found):
            item = replace(item, lost=(), reasons=(OF_ANOTHER,))
        else:
            item = await _place(session, of, found, item, wanted=wanted, also=also, now=now)
    await oeapi_imports.add_item(session, of, item)
    return item


async def _is_of_another(session: AsyncSession, of: Import, found: Found) -> bool:
    known = await repository.find_organisation(session, of.organisation)
    return is_of_another(found.owners, of.organisation, known.organisation if known else None)


async def report_absent(session: AsyncSession, of: Import, kind: Kind, source_id: UUID) -> None:
    """Report that what was asked for by name is not there."""
    await act_for(session, of.organisation)
    if not await oeapi_imports.has_item(session, of.import_id, kind, source_id):
        item = Item(kind=kind, source_id=source_id, verdict=Verdict.REFUSED, reasons=(_ABSENT,))
        await oeapi_imports.add_item(session, of, item)


async def _place(
    session: AsyncSession,
    of: Import,
    found: Found,
    item: Item,
    *,
    wanted: Description,
    also: Collection[UUID],
    now: datetime,
) -> Item:
    match = await _match(session, of, found, wanted)
    if len(match.targets) > 1:
        return replace(item, verdict=Verdict.AMBIGUOUS, candidates=match.targets)
    try:
        async with session.begin_nested():
            if not match.targets:
                return await _create(session, of, found, item, wanted=wanted, now=now)
            target = match.targets[0]
            others = set(await oeapi_imports.linked_to(session, target)) - {found.source_id}
            if others & set(also):
                return replace(item, verdict=Verdict.AMBIGUOUS, candidates=match.targets)
            item = replace(item, target_id=target, matched_by=match.basis)
            return await _put(session, of, found, item, wanted=wanted, link=match.link, now=now)
    except WaarmerkError as error:
        return replace(item, verdict=Verdict.REFUSED, reasons=reasons_of(error))


async def _match(session: AsyncSession, of: Import, found: Found, wanted: Description) -> Match:
    """Find which of ours this is: surest first, and never by guessing."""
    link = await oeapi_imports.find_link(session, of.organisation, found.kind, found.source_id)
    if link is not None and await oeapi_imports.desks_by_id(session, link.target_id):
        return Match((link.target_id,), Basis.EARLIER_IMPORT, link)
    for own in _own_ids(found):
        if targets := await oeapi_imports.desks_by_id(session, own):
            return Match(tuple(targets), Basis.OWN_ID)
    if wanted.primary_code is not None:
        targets = await oeapi_imports.desks_by_primary_code(session, wanted.primary_code)
        if targets:
            return Match(tuple(targets), Basis.PRIMARY_CODE)
    codes = [one.code for one in wanted.other_codes if one.code_type == RIO_CODE]
    if codes and (targets := await oeapi_imports.desks_by_rio_code(session, codes)):
        return Match(tuple(targets), Basis.RIO_CODE)
    return Match()


def _own_ids(found: Found) -> list[UUID]:
    """Return the id that we may have given: the source keeps it as a code, or is ourselves."""
    ids = [found.source_id]
    try:
        ids.insert(0, UUID(own_id_in(found.members) or ""))
    except ValueError:
        return ids
    return ids


async def _create(
    session: AsyncSession,
    of: Import,
    found: Found,
    item: Item,
    *,
    wanted: Description,
    now: datetime,
) -> Item:
    target = uuid4()
    await microcredentials.draft_microcredential(
        session,
        wanted,
        provider=of.organisation,
        by=Actor(client=of.client, subject=of.subject),
        microcredential_id=target,
        now=now,
    )
    await _keep_link(session, of, found, target, taken=wanted, now=now)
    return replace(item, verdict=Verdict.CREATED, target_id=target)


async def _put(
    session: AsyncSession,
    of: Import,
    found: Found,
    item: Item,
    *,
    wanted: Description,
    link: Link | None,
    now: datetime,
) -> Item:
    target = item.target_id or found.source_id
    desk = await repository.lock_desk(session, target)
    present = desk.draft
    if present is None:
        latest = await microcredentials.read_version(session, target)
        present = latest.content
    taken = None if link is None or link.taken is None else Description.model_validate(link.taken)
    placing = decide_placing(
        present,
        wanted,
        taken=taken,
        is_known=link is not None,
        is_busy=desk.stage in {Stage.SUBMITTED, Stage.APPROVED},
    )
    if placing.is_written:
        await microcredentials.put_draft(
            session,
            target,
            wanted,
            provider=of.organisation,
            by=Actor(client=of.client, subject=of.subject),
            on_behalf_of=desk.on_behalf_of,
            now=now,
        )
    if placing.verdict is not Verdict.KEPT:
        taken = wanted
    await _keep_link(session, of, found, target, taken=taken, now=now)
    return replace(item, verdict=placing.verdict, differences=placing.differences)


async def _keep_link(
    session: AsyncSession,
    of: Import,
    found: Found,
    target: UUID,
    *,
    taken: Description | None,
    now: datetime,
) -> None:
    kept = None if taken is None else taken.model_dump(mode="json", exclude_none=True)
    await oeapi_imports.keep_link(
        session,
        of.organisation,
        found.kind,
        found.source_id,
        link=Link(target, kept),
        now=now,
    )


def reasons_of(error: WaarmerkError) -> tuple[Fault, ...]:
    """Return every reason an error names, or the error itself as the only one."""
    faults = error.faults if isinstance(error, RuleError) else ()
    return faults or (Fault("", error.code, error.detail, type(error).dutch),)


async def is_published(session: AsyncSession, of: Import, target: UUID) -> bool:
    """Say whether offerings can be recorded of a microcredential."""
    await act_for(session, of.organisation)
    published = await repository.find_version(session, target)
    return published is not None and published.archived_at is None
