"""Every sub-command of `waarmerk`: what it takes, and what it says."""

import asyncio
import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from services.catalog.settings import Settings as CatalogSettings
from services.demo import (
    checking,
    client_commands,
    key_commands,
    operating,
    register_commands,
)
from services.demo.award_command import award
from services.demo.console import a_table, open_console
from services.demo.operating import Condition, NoEndError, Service, TopicUnknownError
from services.demo.retention_command import retention
from services.demo.sandbox import CLIENT, NoSandboxError, SandboxUnreadableError, find_sandbox
from services.demo.verify_command import verify
from services.demo.witness_command import witness
from services.issuer.settings import Settings as IssuerSettings
from shared.runtime.access import SCOPES
from shared.runtime.command import service_command
from shared.runtime.kafka import TopicsNotMadeError, ensure_topics
from shared.runtime.settings import ServiceSettings

DATA = Path(".demo")
NOT_WELL, NOT_CONFIGURED = 1, 2
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
Data = Annotated[Path, typer.Option("--data", help="Folder of the demo's data.")]

command = typer.Typer(
    help="Waarmerk: publish, award, register and verify microcredentials.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
command.add_typer(client_commands.command, name="clients")
command.add_typer(key_commands.command, name="keys")
command.add_typer(register_commands.command, name="register")
command.command()(award)
command.command()(verify)
command.command()(witness)
command.command()(retention)


@command.command()
def demo(
    data: Data = DATA,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    *,
    once: Annotated[bool, typer.Option("--once", help="Play the story and stop.")] = False,
) -> None:
    """Start everything on one address, play the life of one microcredential, and keep serving."""
    # Not imported above: the other commands would wait for all four services.
    run: Any = importlib.import_module("services.demo.run")
    raise typer.Exit(run.run_demo(data, port=port, once=once))


@command.command()
def token(
    organisation: Annotated[str, typer.Option(help="OIN the token acts for.")],
    scope: Annotated[list[str], typer.Option(help="May be given more than once.")],
    data: Data = DATA,
    client: Annotated[str, typer.Option(help="Name of the calling system.")] = CLIENT,
    subject: Annotated[
        str | None, typer.Option(help="Who acts; the calling system itself when left out.")
    ] = None,
) -> None:
    """Print an access token of the sandbox, good for ten minutes."""
    unknown = sorted(set(scope) - set(SCOPES))
    if unknown:
        _refuse(f"Unknown scope: {', '.join(unknown)}. Known: {', '.join(SCOPES)}.")
    try:
        sandbox = find_sandbox(data)
    except (NoSandboxError, SandboxUnreadableError) as error:
        _refuse(str(error))
    typer.echo(sandbox.token(organisation, scope, client=client, subject=subject))


@command.command(context_settings=PASS_ON)
def serve(service: Service, context: typer.Context) -> None:
    """Answer HTTP requests of one service until told to stop."""
    _pass_on(service, "serve", context)


@command.command(context_settings=PASS_ON)
def work(service: Service, context: typer.Context) -> None:
    """Publish and hear events of one service until told to stop."""
    _pass_on(service, "work", context)


@command.command(context_settings=PASS_ON)
def migrate(service: Service, context: typer.Context) -> None:
    """Bring the database of one service to this version."""
    _pass_on(service, "migrate", context)


@command.command()
def seed() -> None:
    """Load organisations, policies and microcredentials of the pilot into the catalogue."""
    settings = _settings(Service.CATALOG)
    if isinstance(settings, CatalogSettings):
        new = asyncio.run(operating.seed(settings))
        typer.echo(
            f"New: {new.organisations} organisations, {new.policies} policies,"
            f" {new.microcredentials} microcredentials."
        )


@command.command()
def replay(
    service: Service,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    since: Annotated[datetime | None, typer.Option(help="From this moment, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before this moment, UTC.")] = None,
) -> None:
    """Send a service's events again; consumers do not notice, save those that missed them."""
    since, until = (moment and moment.replace(tzinfo=UTC) for moment in (since, until))
    settings = _settings(service)
    try:
        count = asyncio.run(operating.send_again(settings, topic=topic, since=since, until=until))
    except (TopicUnknownError, NoEndError) as error:
        _refuse(str(error))
    typer.echo(f"{count} events will be sent again.")


@command.command()
def openapi(service: Service) -> None:
    """Print the OpenAPI document of a service; no database is needed."""
    typer.echo(operating.write_openapi(service))


@command.command()
def topics(
    servers: Annotated[str, typer.Option("--servers", envvar="WAARMERK_KAFKA_SERVERS")],
    replication: Annotated[
        int, typer.Option(min=1, envvar="WAARMERK_KAFKA_REPLICATION", help="Copies of each.")
    ] = 1,
) -> None:
    """Make the topics that a Kafka does not have yet, each with its dead letters."""
    try:
        asyncio.run(ensure_topics(servers, replication=replication))
    except (TopicsNotMadeError, OSError) as error:
        _refuse(f"The topics were not made: {error}")
    typer.echo("Every topic is there.")


command.command()(checking.audit)


@command.command()
def doctor(
    service: Service,
    *,
    over_http: Annotated[
        bool, typer.Option("--over-http", help="Issuer: fetch its status lists as everybody does.")
    ] = False,
    registry: Annotated[
        str | None,
        typer.Option(help="Issuer: address of the register, to compare revocations with."),
    ] = None,
    token_file: checking.TokenFile = None,
    data: Data = DATA,
) -> None:
    """Look at a service through its database; the exit code is 0 only when all is well."""
    settings = _settings(service)
    condition = asyncio.run(operating.examine(settings))
    table = a_table("Service", "Database", "Unpublished", "Oldest", "Lag", "Beat", "Parked")
    table.add_row(service, *_cells(condition))
    open_console().print(table)
    is_well = condition.is_well
    if isinstance(settings, IssuerSettings) and condition.fault is None:
        is_well &= checking.tell_lists(
            settings, over_http=over_http, registry=registry, token_file=token_file, data=data
        )
    raise typer.Exit(0 if is_well else NOT_WELL)


def _cells(condition: Condition) -> tuple[str, ...]:
    if condition.fault is not None:
        return (condition.fault, "", "", "", "", "")
    silent = condition.silent_seconds
    return (
        "answers",
        str(condition.unpublished),
        f"{condition.oldest_seconds:.1f} s",
        "" if condition.lag is None else str(condition.lag),
        "none" if silent is None else f"{silent:.1f} s ago",
        str(condition.parked),
    )


def _pass_on(service: Service, duty: str, context: typer.Context) -> None:
    service_command(f"services.{service}")([duty, *context.args])


def _settings(service: Service) -> ServiceSettings:
    try:
        return operating.read_settings(service)
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"WAARMERK_{name}: {fault['msg']}", err=True)
        raise typer.Exit(NOT_CONFIGURED) from None


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_CONFIGURED)
