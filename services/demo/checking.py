"""`waarmerk audit`, and what `waarmerk doctor` says of status lists: checks from outside.

Apart from the other commands, because these look through the eyes of who trusts nobody.
"""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from services.demo.audit import AuditPlan, AuditStoppedError, Progress
from services.demo.audit import audit as run_audit
from services.demo.console import a_table, open_console
from services.demo.examining import Register, RegisterSilentError, examine_lists
from services.demo.sandbox import NoSandboxError, SandboxUnreadableError
from services.demo.tokens import Tokens, tokens_from, tokens_of_sandbox
from services.issuer.settings import Settings

NOT_WELL, NOT_DONE = 1, 2
DATA: Final = Path(".demo")
MOST_SHOWN: Final = 50

TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        dir_okay=False,
        exists=True,
        help="File with an access token, read again and again; the sandbox's when left out.",
    ),
]


def audit(  # noqa: PLR0913 - the options of a command
    organisation: Annotated[str, typer.Option(help="OIN of whose credentials are audited.")],
    *,
    issuer: Annotated[str, typer.Option(help="Address of the issuer.")] = (
        "http://127.0.0.1:8000/issuer"
    ),
    verifier: Annotated[str, typer.Option(help="Address of the verifier.")] = (
        "http://127.0.0.1:8000/verifier"
    ),
    token_file: TokenFile = None,
    data: Annotated[Path, typer.Option("--data", help="Folder of the demo's data.")] = DATA,
    sample: Annotated[
        float, typer.Option(min=0.000_001, max=1, help="Part to audit; always the same awards.")
    ] = 1.0,
    since: Annotated[datetime | None, typer.Option(help="Recorded from this moment, UTC.")] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a line of JSON for each credential.")
    ] = None,
    progress: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Remember here how far it came, and go on from there."),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Credentials at once.")] = 8,
) -> None:
    """Verify every credential of an organisation; the exit code is 0 only when all are well."""
    plan = AuditPlan(
        organisation=organisation,
        issuer=issuer.rstrip("/"),
        verifier=verifier.rstrip("/"),
        tokens=find_tokens(token_file, data, organisation=organisation, scope="awards:audit"),
        part=sample,
        since=since and since.replace(tzinfo=UTC),
        report=report,
        progress=progress,
        at_once=concurrency,
    )
    began = time.monotonic()
    try:
        found = asyncio.run(run_audit(plan))
    except (AuditStoppedError, ValueError) as stopped:
        refuse(str(stopped))
    raise typer.Exit(_tell_audit(found, seconds=time.monotonic() - began))


def find_tokens(file: Path | None, data: Path, *, organisation: str, scope: str) -> Tokens:
    """Return where tokens come from, or stop with the reason."""
    if file is not None:
        return tokens_from(file)
    try:
        return tokens_of_sandbox(data, organisation=organisation, scope=scope)
    except (NoSandboxError, SandboxUnreadableError) as error:
        refuse(str(error))


def tell_lists(
    settings: Settings,
    *,
    over_http: bool,
    registry: str | None,
    token_file: Path | None,
    data: Path,
) -> bool:
    """Check the issuer's status lists and tell what was found; say whether all is well."""
    register = None
    if registry is not None:
        tokens = find_tokens(
            token_file,
            data,
            organisation=settings.operator_oin,
            scope="registrations:read",
        )
        register = Register(address=registry, tokens=tokens)
    try:
        told = asyncio.run(examine_lists(settings, over_http=over_http, register=register))
    except RegisterSilentError as error:
        refuse(f"The register at {registry} could not be compared: {error}.")
    console = open_console()
    table = a_table("Status lists", "Raised", "Waiting", "Compared with", "Findings")
    compared = ["record", *(["served"] if over_http else []), *(["register"] if registry else [])]
    table.add_row(
        str(told.lists),
        str(told.places_raised),
        str(told.waiting),
        ", ".join(compared),
        str(len(told.findings)),
    )
    console.print(table)
    if told.findings:
        table = a_table("Finding", "Where", "About")
        for finding in told.findings[:MOST_SHOWN]:
            table.add_row(finding.trouble, finding.where, finding.about)
        console.print(table)
    if len(told.findings) > MOST_SHOWN:
        console.print(f"… and {len(told.findings) - MOST_SHOWN} more.")
    return not told.findings


def refuse(sentence: str) -> NoReturn:
    """Stop, because the question could not be answered."""
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_DONE)


def _tell_audit(found: Progress, *, seconds: float) -> int:
    """Show what was found; return the exit code."""
    states = {name: count for name, count in found.counts.items() if not name.startswith("! ")}
    findings = {name[2:]: count for name, count in found.counts.items() if name.startswith("! ")}
    console = open_console()
    table = a_table("Awards", "Audited")
    for name, count in sorted(states.items()):
        if count:
            table.add_row(name, str(count))
    console.print(table)
    if findings:
        table = a_table("Finding (check:code)", "Credentials")
        for name, count in sorted(findings.items(), key=lambda one: -one[1]):
            table.add_row(name, str(count))
        console.print(table)
    audited = sum(states.values()) - states.get("too fresh", 0)
    verdict = "Something is wrong" if findings else "All is well"
    console.print(f"{verdict}: {audited} credentials, this run {seconds:.1f} s.")
    return NOT_WELL if findings else 0
