"""`waarmerk register reconcile`: does a consumer have everything, and if not, what exactly."""

import json
from pathlib import Path
from typing import Annotated, Final, NoReturn

import httpx
import typer

from services.demo.comparing import (
    Comparison,
    Copy,
    CopyUnreadableError,
    RegisterClient,
    RegisterSilentError,
    compare,
)
from services.demo.console import a_table, open_console

DIFFERS, NOT_DONE = 1, 2
MOST_SHOWN: Final = 50
SECONDS: Final = 30.0


def reconcile(
    register: Annotated[str, typer.Argument(help="Address of the register.")],
    copy: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            help="What you have: a registration on each line (NDJSON), perhaps in gzip or zstd.",
        ),
    ],
    *,
    sequence: Annotated[
        int | None,
        typer.Option(min=0, help="The last event you processed; else what the first line says."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a line of JSON for each difference.")
    ] = None,
) -> None:
    """Say whether a copy has everything the register has, and if not, what is missing or wrong.

    The exit code is 0 when it has everything up to its position, 1 when it has not, 2 when that
    could not be found out.
    """
    kept = Copy(copy)
    try:
        position = kept.find_position() if sequence is None else sequence
        with httpx.Client(base_url=register.rstrip("/"), timeout=SECONDS) as client:
            outcome = compare(kept, RegisterClient(client), position=position)
    except (CopyUnreadableError, RegisterSilentError) as error:
        _refuse(f"{register}: {error}" if isinstance(error, RegisterSilentError) else str(error))
    if report is not None:
        _write(report, outcome)
    _tell(outcome, position=position)
    raise typer.Exit(DIFFERS if outcome.differences else 0)


def _tell(outcome: Comparison, *, position: int | None) -> None:
    place = outcome.sequence if position is None else position
    if not outcome.differences:
        typer.echo(f"Complete: {outcome.registrations} registrations, up to event {place}.")
    else:
        counts: dict[str, int] = {}
        for one in outcome.differences:
            counts[one.kind] = counts.get(one.kind, 0) + 1
        found = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        typer.echo(f"Not complete, up to event {place}: {found}.")
        table = a_table("", "Registration", "Organisation", "Day", "You have", "Register")
        for one in outcome.differences[:MOST_SHOWN]:
            table.add_row(
                one.kind,
                str(one.registration_id),
                one.organisation,
                one.day.isoformat(),
                "-" if one.ours is None else f"version {one.ours}",
                "-" if one.theirs is None else f"version {one.theirs}",
            )
        open_console().print(table)
        if len(outcome.differences) > MOST_SHOWN:
            typer.echo(f"And {len(outcome.differences) - MOST_SHOWN} more; --report has them all.")
    if outcome.later:
        typer.echo(f"{outcome.later} changed after that; follow the events to hear of them.")


def _write(report: Path, outcome: Comparison) -> None:
    with report.open("w", encoding="utf-8") as lines:
        for one in outcome.differences:
            said = {
                "kind": one.kind,
                "registrationId": str(one.registration_id),
                "organisation": one.organisation,
                "day": one.day.isoformat(),
                "yourVersion": one.ours,
                "registerVersion": one.theirs,
            }
            lines.write(f"{json.dumps(said)}\n")


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_DONE)
