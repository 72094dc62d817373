"""PostgreSQL for one service: time-outs, transactions, and row-level security by caller.

Separate, because the rules about time-outs and who sees which row must be the same everywhere.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import ColumnElement, Connection, MetaData, event, func, or_, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

CONNECT_SECONDS = 3.0
EVERY_ORGANISATION = "*"
Value = str | int | bytes | UUID | datetime | Sequence[str] | Sequence[bytes] | None
_OIN = re.compile(r"[0-9A-Za-z]{1,64}")
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata() -> MetaData:
    """Return fresh metadata with our naming of constraints; each service has its own."""
    return MetaData(naming_convention=NAMING)


def server_settings(*, name: str, statement_seconds: float) -> dict[str, str]:
    """Return what every connection asks of the server; a silent peer is given up in 30 s."""
    milliseconds = str(int(statement_seconds * 1000))
    return {
        "application_name": name,
        "timezone": "UTC",
        "jit": "off",
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": "30000",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "4",
    }


@dataclass(frozen=True, slots=True)
class Straight:
    """A transaction put to asyncpg itself, for who asks so much that SQLAlchemy's share shows.

    There a statement costs as much in SQLAlchemy as PostgreSQL takes to answer it, and a session
    as much as four statements.
    """

    connection: asyncpg.Connection
    info: Mapping[str, str]

    async def ask(self, question: str, *values: Value) -> asyncpg.Record:
        """Return the first row of the answer, or None; each question is prepared once."""
        return await self.connection.fetchrow(question, *values)


class Database:
    """One service's database, as one process sees it; `source` names the service in its events."""

    def __init__(
        self, url: str, *, source: str, pool_size: int = 10, statement_seconds: float = 5.0
    ) -> None:
        self.url = url
        self.source = source
        self.engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_use_lifo=True,  # the one used last has its plans and caches still
            pool_timeout=CONNECT_SECONDS,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": statement_seconds + CONNECT_SECONDS,
                "server_settings": server_settings(
                    name=source.rpartition(":")[2], statement_seconds=statement_seconds
                ),
            },
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self.sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, info={"source": source}
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session with one transaction: committed at the end, or nothing happened."""
        async with self.sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def acting_for(self, organisation: str) -> AsyncIterator[Straight]:
        """Open one transaction straight on a connection of the pool, for one organisation."""
        begin = _begin_for(organisation)
        borrowed = await self.engine.raw_connection()
        connection: asyncpg.Connection = borrowed.driver_connection
        is_clean = False
        try:
            await connection.execute(begin)
            yield Straight(connection, {"source": self.source})
            await connection.execute("COMMIT")
            is_clean = True
        except Exception as error:
            is_clean = await _roll_back(connection)
            if isinstance(error, asyncpg.InterfaceError) and connection.is_closed():
                raise ConnectionResetError("PostgreSQL hung up.") from error
            raise
        finally:
            # SQLAlchemy did not see our BEGIN, so it would not see either that it has no end.
            if is_clean:
                borrowed.close()
            else:
                borrowed.invalidate()

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _begin_for(organisation: str) -> str:
    """Return one question that begins a transaction and says for whom; it takes no parameters."""
    if organisation != EVERY_ORGANISATION and not _OIN.fullmatch(organisation):
        raise ValueError("An organisation is named by letters and digits.")
    return f"BEGIN; SET LOCAL waarmerk.organisation = '{organisation}'"


async def _roll_back(connection: asyncpg.Connection) -> bool:
    """Roll back whatever was begun; say whether the connection can be used again."""
    try:
        await connection.execute("ROLLBACK")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        return False
    return True


def _refuse_closed(
    connection: object, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    # The event loop saw the server hang up, so this costs no round trip, as a ping would.
    if connection.driver_connection.is_closed():  # type: ignore[attr-defined] # asyncpg's
        raise DisconnectionError


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a request its one transaction, committed before the answer is sent."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


Session = Annotated[AsyncSession, Depends(open_session, scope="function")]


async def ask(
    within: AsyncSession | Straight, question: str, *values: Value
) -> Mapping[str, Any] | None:
    """Return the first row of the answer, or None; for constant questions in SQL."""
    if isinstance(within, Straight):
        row: Mapping[str, Any] | None = await within.ask(question, *values)
        return row
    connection = await within.connection()
    result = await connection.exec_driver_sql(question, values)
    found = result.first() if result.returns_rows else None
    return None if found is None else found._asdict()


async def act_for(session: AsyncSession, organisation: str) -> None:
    """See and write only this organisation's rows (or `EVERY_ORGANISATION`) until the commit."""
    await ask(session, "SELECT set_config('waarmerk.organisation', $1, true)", organisation)


async def straight_within(session: AsyncSession) -> Straight:
    """Put questions to asyncpg itself within the transaction of a session that has begun."""
    pooled = await (await session.connection()).get_raw_connection()
    connection: asyncpg.Connection = pooled.driver_connection
    return Straight(connection, {"source": session.info["source"]})


def of_caller(organisation: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a question itself names whose rows it asks for.

    The same as row-level security says, and apart from it: each holds when the other is gone.
    """
    acting = select(func.acting_organisation()).scalar_subquery()
    return or_(organisation == acting, acting == EVERY_ORGANISATION)


def tenant_policy_sql(table: str, column: str = "organisation") -> list[str]:
    """Return the DDL that shows rows to their own organisation only, and fails a forgotten caller.

    Once a connection has used it, the setting reads as '' between transactions instead of being
    absent; hence the function, which refuses both. Tables must not be owned by a superuser.
    """
    seen = (
        f"{column} = (SELECT acting_organisation())"
        f" OR (SELECT acting_organisation()) = '{EVERY_ORGANISATION}'"
    )
    return [
        _ACTING_ORGANISATION,
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_of_organisation ON {table} USING ({seen}) WITH CHECK ({seen})",
    ]


_ACTING_ORGANISATION = """
CREATE OR REPLACE FUNCTION acting_organisation() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE organisation text := current_setting('waarmerk.organisation');
BEGIN
    IF organisation = '' THEN
        RAISE EXCEPTION 'waarmerk.organisation is not set in this transaction'
        USING ERRCODE = 'undefined_object';
    END IF;
    RETURN organisation;
END $$
"""


def act_for_everybody(connection: Connection) -> None:
    """Let a migration see every row of its transaction."""
    connection.execute(
        text("SELECT set_config('waarmerk.organisation', :organisation, true)"),
        {"organisation": EVERY_ORGANISATION},
    )
