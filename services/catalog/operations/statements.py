"""Statements: filed by who says them, accepted or declined by the provider, withdrawn by who said.

Everybody reads what was accepted; provider and author read theirs in every state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain import MicrocredentialUnknownError
from services.catalog.domain.statements import Said, Statement, decide_statement
from services.catalog.repository import statements
from services.catalog.repository.statements import WantedStatements
from shared.contracts.vocabulary import LocalText
from shared.runtime.database import act_for

__all__ = ["WantedStatements"]

NOBODY: Final = "nobody"
"""Whoever reads without an account: row-level security shows them what is accepted."""


@dataclass(frozen=True, slots=True)
class Named:
    """A statement with the name of who says it."""

    statement: Statement
    author_name: LocalText | None


async def file_statement(
    session: AsyncSession, microcredential_id: UUID, said: Said, *, author: str, now: datetime
) -> Named:
    """Say something of a published version; a provider's own panel needs no acceptance."""
    await act_for(session, author)
    about = await repository.find_version(session, microcredential_id, said.version)
    if about is None:
        raise MicrocredentialUnknownError
    known = await repository.find_organisation(session, author)
    filed = decide_statement(
        about,
        said,
        statement_id=uuid4(),
        author=author,
        organisation=known.organisation if known else None,
        now=now,
    )
    await statements.add_statement(session, filed)
    [named] = await _named(session, [filed])
    return named


async def accept_statement(
    session: AsyncSession, microcredential_id: UUID, statement_id: UUID, *, by: str, now: datetime
) -> Named:
    """Make what somebody offered public, as the provider it is about."""
    known = await _lock(session, microcredential_id, statement_id, by=by)
    return await _keep(session, known.accepted(by=by, now=now))


async def decline_statement(
    session: AsyncSession, microcredential_id: UUID, statement_id: UUID, *, by: str, now: datetime
) -> Named:
    """Leave out what somebody offered, or no longer show it, as the provider it is about."""
    known = await _lock(session, microcredential_id, statement_id, by=by)
    return await _keep(session, known.declined(by=by, now=now))


async def withdraw_statement(
    session: AsyncSession, microcredential_id: UUID, statement_id: UUID, *, by: str, now: datetime
) -> Named:
    """Take back what was said, as who said it."""
    known = await _lock(session, microcredential_id, statement_id, by=by)
    return await _keep(session, known.withdrawn(by=by, now=now))


async def _lock(
    session: AsyncSession, microcredential_id: UUID, statement_id: UUID, *, by: str
) -> Statement:
    await act_for(session, by)
    return await statements.get_statement(
        session, microcredential_id, statement_id, for_update=True
    )


async def _keep(session: AsyncSession, kept: Statement) -> Named:
    await statements.keep_state(session, kept)
    [named] = await _named(session, [kept])
    return named


async def read_statement(
    session: AsyncSession, microcredential_id: UUID, statement_id: UUID, *, reader: str | None
) -> Named:
    """Return a statement that is public, or the reader's own."""
    await act_for(session, reader or NOBODY)
    found = await statements.get_statement(session, microcredential_id, statement_id)
    [named] = await _named(session, [found])
    return named


async def list_statements(
    session: AsyncSession,
    wanted: WantedStatements,
    *,
    reader: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Named]:
    """Return what is said of a microcredential as its reader may see it, oldest first."""
    await act_for(session, reader or NOBODY)
    if await repository.find_version(session, wanted.microcredential_id) is None:
        raise MicrocredentialUnknownError
    found = await statements.list_statements(session, wanted, after=after, limit=limit)
    return await _named(session, found)


async def _named(session: AsyncSession, found: Sequence[Statement]) -> list[Named]:
    oins = sorted({one.author for one in found if one.said.panel is None})
    names = await repository.name_providers(session, oins) if oins else {}
    return [
        Named(one, one.said.panel or (names[one.author].name if one.author in names else None))
        for one in found
    ]
