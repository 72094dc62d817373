"""`waarmerk keys`: what an operator does with issuers' signing keys, and the drill for a lost one.

Apart from the other commands, because these open keys: they need the issuer's own settings.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.demo.console import a_table, open_console
from services.issuer.domain.keys import CompromiseReason, IssuingKey
from services.issuer.domain.reissues import Reissue
from services.issuer.operations import keys, reissues
from services.issuer.operations.desk import Desk
from services.issuer.operations.keys import Loss
from services.issuer.settings import Settings
from shared.errors import WaarmerkError
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.observability import configure_logging

NOT_WELL: Final = 1
NOT_CONFIGURED: Final = 2
# Comparing a log of millions is one statement, and nobody waits for it at a desk.
PATIENCE_SECONDS: Final = 600.0

command = typer.Typer(help="Signing keys of issuers: renew them, and what to do when one is lost.")
Answer = TypeVar("Answer")
Kid = Annotated[str, typer.Argument(help="The key's name: <did>#<thumbprint>.")]


@command.command("list")
def list_keys(
    organisation: Annotated[
        str | None, typer.Argument(help="OIN; everybody's if left out.")
    ] = None,
) -> None:
    """Show every key there ever was, and where it is in its life."""

    async def ask(desk: Desk) -> list[IssuingKey]:
        async with desk.database.transaction() as session:
            return await keys.list_keys(session, organisation)

    _show(_at_desk(ask))


@command.command()
def rotate(organisation: Annotated[str, typer.Argument(help="OIN of the organisation.")]) -> None:
    """Publish the keys that will follow; they sign once everybody can know them."""

    async def ask(desk: Desk) -> list[IssuingKey]:
        async with desk.database.transaction() as session:
            return await keys.begin_rotation(session, desk, organisation, now=clock.now())

    _show(_at_desk(ask))


@command.command()
def compromise(
    kid: Kid,
    reason: Annotated[CompromiseReason, typer.Option(help="How it came into wrong hands.")],
    since: Annotated[
        datetime | None, typer.Option(help="Since when, UTC, as far as known.")
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Mark a key as lost, let a new one sign, and sign anew whatever it signed.

    Stopped half-way, the worker goes on with it; so does the same command.
    """
    loss = Loss(kid=kid, reason=reason, since=since and since.replace(tzinfo=UTC))
    known, is_marked = _at_desk(lambda desk: _look(desk, kid))
    if not is_marked:
        _ask(known, yes=yes)
        replaced = _at_desk(lambda desk: _mark(desk, loss))
        typer.echo(f"Marked: {kid}")
        if replaced.replacement is not None:
            typer.echo(f"Signs from now on: {replaced.replacement.kid}")
            typer.echo(
                "It was not published beforehand: until they hear of it, verifiers say that they"
                " do not know it yet."
            )
    done = _at_desk(lambda desk: _reissue(desk, known))
    if done is None:
        typer.echo("This key signed no credentials as tokens: nothing is to be signed anew.")
        return
    typer.echo(f"{done.reissued} signed anew, {done.left_alone} left alone.")
    if done.finished_at is None:
        typer.echo("Some are under way elsewhere; the worker goes on with them.")
        raise typer.Exit(NOT_WELL)


@command.command()
def signatures(kid: Kid) -> None:
    """Compare what a key signed with what is stored; the exit code is 0 only when both agree."""
    told = _at_desk(lambda desk: keys.compare_signatures(desk, kid))
    table = a_table("", "Count")
    table.add_row("credentials signed", str(told.credentials))
    table.add_row("credentials stored", str(told.stored))
    table.add_row("forms of status lists signed", str(told.lists))
    table.add_row("first", told.first_at or "never")
    table.add_row("last", told.last_at or "never")
    open_console().print(table)
    for sentence, names in (
        ("Signed, and no such credential is stored", told.without_credential),
        ("Signed, and no such edition of a list was made", told.without_list),
        ("Stored, and never logged", told.unlogged),
    ):
        for name in names:
            typer.echo(f"{sentence}: {name}")
    if not told.is_sound:
        raise typer.Exit(NOT_WELL)
    typer.echo("Every signature belongs to something, and everything signed was logged.")


def _ask(known: tuple[IssuingKey, int], *, yes: bool) -> None:
    key, count = known
    typer.echo(f"{key.kid}, {key.public.algorithm}, {key.state}, of {key.public.organisation}.")
    typer.echo(
        f"Nothing it signed will count any more. {count} credentials are signed anew; their holders"
        " need the new ones. This cannot be undone."
    )
    if not yes and not typer.confirm("Is this key lost?"):
        raise typer.Exit(NOT_WELL)


async def _look(desk: Desk, kid: str) -> tuple[tuple[IssuingKey, int], bool]:
    async with desk.database.transaction() as session:
        key = await keys.find_by_name(session, kid)
    count = await reissues.count_left(desk, kid, organisation=key.public.organisation)
    return (key, count), key.public.compromised_at is not None


async def _mark(desk: Desk, loss: Loss) -> keys.Replaced:
    async with desk.database.transaction() as session:
        return await keys.compromise_key(session, desk, loss, now=clock.now())


async def _reissue(desk: Desk, known: tuple[IssuingKey, int]) -> Reissue | None:
    key, count = known
    columns = (TextColumn("Signing anew"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=open_console()) as progress:
        bar = progress.add_task("", total=count)

        def tell(so_far: Reissue) -> None:
            progress.update(bar, completed=min(so_far.reissued + so_far.left_alone, count))

        await reissues.reissue(desk, key.kid, tell=tell)
    return await reissues.read_reissue(desk, key.kid)


def _show(found: list[IssuingKey]) -> None:
    if not found:
        typer.echo("There are no keys under this OIN.")
        return
    table = a_table("", "Algorithm", "State", "Kept in", "Published", "Signs from", "Ended")
    for number, key in enumerate(found, start=1):
        public = key.public
        ended = public.compromised_at or public.retired_at
        table.add_row(
            str(number),
            public.algorithm,
            key.state,
            "token" if key.is_in_token else "database",
            _minute(public.published_at),
            _minute(key.signs_from),
            _minute(ended) if ended else "",
        )
    open_console().print(table)
    # By themselves and unbroken, because a name is there to be copied.
    for number, key in enumerate(found, start=1):
        typer.echo(f"{number:>3}  {key.kid}")


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _at_desk(act: Callable[[Desk], Awaitable[Answer]]) -> Answer:
    """Do something at the issuer's desk, or say why not."""

    async def open_and_act() -> Answer:
        async with _desk(_settings()) as desk:
            return await act(desk)

    try:
        return asyncio.run(open_and_act())
    except WaarmerkError as refusal:
        _refuse(refusal.detail)


@asynccontextmanager
async def _desk(settings: Settings) -> AsyncIterator[Desk]:
    database = Database(
        settings.database_url, source=settings.source, statement_seconds=PATIENCE_SECONDS
    )
    try:
        yield Desk.of(settings, database)
    finally:
        await database.dispose()


def _settings() -> Settings:
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"WAARMERK_{name}: {fault['msg']}", err=True)
        raise typer.Exit(NOT_CONFIGURED) from None
    configure_logging(level="WARNING")
    return settings


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_CONFIGURED)
