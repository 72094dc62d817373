"""`waarmerk retention`: let the register go of what was kept long enough, or say what it would.

The worker does the same once a day; the command is for who wants to see it, or to count first.
"""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from services.demo.console import a_table, open_console
from services.registry.domain.retention import RetentionReport
from services.registry.operations.retention import Retention, keep_terms
from services.registry.settings import Settings
from shared.runtime import clock
from shared.runtime.database import Database

NOT_WELL, NOT_CONFIGURED = 1, 2


def retention(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what is old enough to go.")
    ] = False,
) -> None:
    """Let the register go of what has been kept long enough; its settings say where it is."""
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"WAARMERK_{name}: {fault['msg']}", err=True)
        raise typer.Exit(NOT_CONFIGURED) from None
    try:
        report = asyncio.run(_run(settings, dry=dry_run))
    except (SQLAlchemyError, OSError) as error:
        typer.echo(f"The register's database does not answer ({type(error).__name__}).", err=True)
        raise typer.Exit(NOT_WELL) from None
    table = a_table("What", "Would go" if report.is_dry else "Gone")
    for kept, count in report.gone.items():
        table.add_row(kept.value, str(count))
    open_console().print(table)


async def _run(settings: Settings, *, dry: bool) -> RetentionReport:
    database = Database(settings.database_url, source=settings.source, pool_size=1)
    try:
        kept = Retention(database=database, backups_kept=timedelta(days=settings.backup_days))
        return await keep_terms(kept, now=clock.now(), dry=dry)
    finally:
        await database.dispose()
