"""Every question the register asks its database; entries and registrations come out.

Writing is by sets, because awards arrive by the hundreds: a statement per table, not per award.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.facts import Fact
from services.registry.domain.registrations import (
    Entry,
    NotKnownYetError,
    RegistrationErasedError,
    RegistrationRestrictedError,
    RegistrationUnknownError,
    VersionUnknownError,
)
from services.registry.repository.retention import is_restricted
from services.registry.tables import (
    ErasedRegistrationRow,
    FactRow,
    RegistrationRow,
)
from shared.contracts.registration import Registration
from shared.proofs.log_entries import EntryKind
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.rows import add_new_rows


async def see_everything(session: AsyncSession) -> None:
    """Let this transaction read and write every organisation's rows, as the register itself may."""
    await act_for(session, EVERY_ORGANISATION)


async def see_own(session: AsyncSession, organisation: str) -> None:
    """Let this transaction read one organisation's rows only, whatever it asks for."""
    await act_for(session, organisation)


async def add_entries(session: AsyncSession, entries: Sequence[Entry]) -> frozenset[UUID]:
    """Add entries; return the ids that were not there yet."""
    # No index is named: two workers meet on either of the unique ones, and neither may fail.
    return frozenset(
        await add_new_rows(
            session,
            RegistrationRow.table(),
            [RegistrationRow.values_of(entry) for entry in entries],
            returning="registration_id",
            alike=_ALIKE_WHEN_NEW,
        )
    )


async def lock_entries(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """Return the entries of these ids; nobody else can change them before our commit."""
    if not ids:
        return {}
    rows = await session.scalars(
        select(RegistrationRow)
        .where(RegistrationRow.registration_id.in_(ids))
        .order_by(RegistrationRow.registration_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.registration_id: row.as_entry() for row in rows}


async def keep_entries(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Write the next version of entries that are locked."""
    if entries:
        await session.execute(
            update(RegistrationRow), [RegistrationRow.values_of(entry) for entry in entries]
        )


async def add_facts(session: AsyncSession, facts: Sequence[Fact]) -> None:
    """Remember for ever what happened, and that it is to be logged."""
    if facts:
        connection = await session.connection()
        await connection.exec_driver_sql(_ADD_FACTS, _arrays_of(facts))


async def list_erased(session: AsyncSession, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return which of these registrations were erased."""
    connection = await session.connection()
    return frozenset((await connection.exec_driver_sql(_ERASED, (list(ids),))).scalars())


async def list_known(session: AsyncSession, subjects: Collection[str]) -> frozenset[str]:
    """Return which of these are ids of registrations, also of those that were erased."""
    ids = [subject for subject in subjects if _ID.fullmatch(subject)]
    connection = await session.connection()
    known = (await connection.exec_driver_sql(_KNOWN, (ids,))).scalars()
    return frozenset(map(str, known))


async def erase_entry(
    session: AsyncSession, entry: Entry, *, record_version: int, erased_at: datetime
) -> None:
    """Delete an entry that is locked, and what every fact about it said."""
    registration = entry.registration
    about = registration.registration_id
    await session.execute(
        update(FactRow)
        .where(FactRow.registration_id == about, FactRow.kind != EntryKind.ERASED)
        .values(salt=None, content=None)
    )
    await session.execute(delete(RegistrationRow).where(RegistrationRow.registration_id == about))
    await session.execute(
        insert(ErasedRegistrationRow).values(
            registration_id=about,
            organisation=registration.organisation,
            record_version=record_version,
            erased_at=erased_at,
        )
    )


async def get_registration(session: AsyncSession, registration_id: UUID) -> Registration:
    """Return what the register says of an award now."""
    row = await session.get(RegistrationRow, registration_id)
    if row is None:
        await _refuse_gone(session, registration_id)
        raise RegistrationUnknownError
    return row.as_registration()


async def get_version(
    session: AsyncSession, registration_id: UUID, record_version: int
) -> Registration:
    """Return what the register said of an award at one version."""
    return await _said(session, registration_id, FactRow.record_version == record_version)


async def get_state_on(
    session: AsyncSession, registration_id: UUID, moment: datetime
) -> Registration:
    """Return what the register said of an award at a moment."""
    try:
        return await _said(session, registration_id, FactRow.recorded_at <= moment)
    except VersionUnknownError:
        if await session.get(RegistrationRow, registration_id) is None:
            raise RegistrationUnknownError from None
        raise NotKnownYetError from None


async def list_registrations(
    session: AsyncSession, *, organisation: str | None, after: UUID | None, limit: int
) -> list[Registration]:
    """Return registrations in the order of their ids, of one organisation or of all."""
    query = select(RegistrationRow).order_by(RegistrationRow.registration_id).limit(limit)
    if organisation is not None:
        query = query.where(RegistrationRow.organisation == organisation)
    if after is not None:
        query = query.where(RegistrationRow.registration_id > after)
    return [row.as_registration() for row in await session.scalars(query)]


async def _said(
    session: AsyncSession, registration_id: UUID, then: ColumnElement[bool]
) -> Registration:
    content = await session.scalar(
        select(FactRow.content)
        .where(FactRow.registration_id == registration_id, then)
        .order_by(FactRow.record_version.desc())
        .limit(1)
    )
    await _refuse_gone(session, registration_id)
    if content is None:
        raise VersionUnknownError
    return Registration.model_validate_json(content)


async def _refuse_gone(session: AsyncSession, registration_id: UUID) -> None:
    """Raise when a registration was erased, also of the one fact that says so."""
    if await session.get(ErasedRegistrationRow, registration_id):
        if await is_restricted(session, registration_id):
            raise RegistrationRestrictedError
        raise RegistrationErasedError


def _arrays_of(facts: Sequence[Fact]) -> tuple[list[object], ...]:
    return (
        [fact.event_id for fact in facts],
        [fact.kind.value for fact in facts],
        [fact.organisation for fact in facts],
        [fact.registration_id for fact in facts],
        [fact.record_version for fact in facts],
        [fact.recorded_at for fact in facts],
        [fact.commitment for fact in facts],
        [fact.salt for fact in facts],
        [fact.content for fact in facts],
    )


# Unless it is recovered from the archive, with its own moments.
_ALIKE_WHEN_NEW = (
    "record_version",
    "status",
    "recorded_at",
    "changed_at",
    "revocation_reason",
    "revoked_at",
    "expired_at",
    "history",
)
_ADD_FACTS = """
    WITH added AS (
        INSERT INTO fact (event_id, kind, organisation, registration_id, record_version,
            recorded_at, commitment, salt, content)
        SELECT unnest(CAST($1 AS uuid[])), unnest(CAST($2 AS text[])), unnest(CAST($3 AS text[])),
            unnest(CAST($4 AS uuid[])), unnest(CAST($5 AS integer[])),
            unnest(CAST($6 AS timestamptz[])), unnest(CAST($7 AS bytea[])),
            unnest(CAST($8 AS bytea[])), unnest(CAST($9 AS text[]))
        RETURNING number
    )
    INSERT INTO log_pending (number) SELECT number FROM added
    """
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KNOWN = """
    SELECT registration_id FROM registration WHERE registration_id = ANY($1::uuid[])
    UNION ALL
    SELECT registration_id FROM erased_registration WHERE registration_id = ANY($1::uuid[])
    """
_ERASED = """
    SELECT registration_id FROM erased_registration WHERE registration_id = ANY($1::uuid[])
    """
