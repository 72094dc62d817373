"""Statements about published versions; row-level security shows what is public, or one's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.statements import (
    AlreadyStatedError,
    Said,
    Statement,
    StatementKind,
    StatementState,
    StatementUnknownError,
)
from services.catalog.tables import statement

_SAID: Final = TypeAdapter(Said)


@dataclass(frozen=True, slots=True)
class WantedStatements:
    """Which statements a reader looks for."""

    microcredential_id: UUID
    version: int | None = None
    kind: StatementKind | None = None


async def add_statement(session: AsyncSession, filed: Statement) -> None:
    """Add a statement, unless its author said the same of this version before."""
    added = await session.scalar(
        insert(statement)
        .values(
            statement_id=filed.statement_id,
            microcredential_id=filed.microcredential_id,
            version=filed.said.version,
            provider=filed.provider,
            author=filed.author,
            kind=filed.said.kind,
            state=filed.state,
            filed_at=filed.filed_at,
            settled_at=filed.settled_at,
            said=_SAID.dump_python(filed.said, mode="json", exclude_none=True),
        )
        .on_conflict_do_nothing()
        .returning(statement.c.statement_id)
    )
    if added is None:
        raise AlreadyStatedError


async def get_statement(
    session: AsyncSession, microcredential_id: UUID, statement_id: UUID, *, for_update: bool = False
) -> Statement:
    """Return a statement that the acting organisation may see."""
    query = select(statement).where(
        statement.c.statement_id == statement_id,
        statement.c.microcredential_id == microcredential_id,
    )
    if for_update:
        query = query.with_for_update()
    row = (await session.execute(query)).mappings().one_or_none()
    if row is None:
        raise StatementUnknownError
    return _statement_in(row)


def _statement_in(row: RowMapping) -> Statement:
    return Statement(
        statement_id=row["statement_id"],
        microcredential_id=row["microcredential_id"],
        provider=row["provider"],
        author=row["author"],
        said=_SAID.validate_python(row["said"]),
        state=StatementState(row["state"]),
        filed_at=row["filed_at"],
        settled_at=row["settled_at"],
    )


async def keep_state(session: AsyncSession, kept: Statement) -> None:
    """Keep what became of a statement."""
    await session.execute(
        update(statement)
        .where(statement.c.statement_id == kept.statement_id)
        .values(state=kept.state, settled_at=kept.settled_at)
    )


async def list_statements(
    session: AsyncSession,
    wanted: WantedStatements,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Statement]:
    """Return the statements that the acting organisation may see, oldest first."""
    order = (statement.c.filed_at, statement.c.statement_id)
    query = (
        select(statement)
        .where(statement.c.microcredential_id == wanted.microcredential_id)
        .order_by(*order)
        .limit(limit)
    )
    if wanted.version is not None:
        query = query.where(statement.c.version == wanted.version)
    if wanted.kind is not None:
        query = query.where(statement.c.kind == wanted.kind)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [_statement_in(row) for row in (await session.execute(query)).mappings()]
