"""Schema migrations by alembic, without its ini file: each service owns `<package>/migrations`.

Its `env.py` is two lines: import the service's metadata, call `run_env(metadata)`.
"""

from collections.abc import Callable
from io import StringIO

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.runtime.database import CONNECT_SECONDS, act_for_everybody

# One migration at a time per database: a second one waits here and then finds nothing to do.
MIGRATION_LOCK = 0x5741_4152_4D49_4752


async def upgrade(url: str, package: str, revision: str = "head") -> None:
    """Bring the database of a service such as `services.issuer` to a revision."""
    await _run(url, package, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, package: str, revision: str = "base") -> None:
    """Take the database of a service back to a revision."""
    await _run(url, package, lambda config: command.downgrade(config, revision))


async def check(url: str, package: str) -> None:
    """Raise when the tables in the code and the tables of the database have drifted apart."""
    await _run(url, package, command.check)


def run_env(metadata: MetaData) -> None:
    """Run what alembic was asked to, on the connection it was given; for `migrations/env.py`."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run(url: str, package: str, act: Callable[[Config], None]) -> None:
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", f"{package}:migrations")

    def on_connection(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        act_for_everybody(connection)
        config.attributes["connection"] = connection
        act(config)

    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        poolclass=NullPool,
        connect_args={"timeout": CONNECT_SECONDS},
    )
    async with engine.begin() as connection:
        await connection.run_sync(on_connection)
    await engine.dispose()
