"""`waarmerk register audit`: is the log what it said it was, and did it only grow.

Apart from `waarmerk register` itself, which others fill too.
"""

import asyncio
import time
from pathlib import Path
from typing import Annotated, Final, NoReturn

import httpx
import typer

from services.demo.console import a_table, open_console
from services.demo.log_audit import (
    AT_ONCE,
    AuditStoppedError,
    Found,
    LogLiesError,
    LogReader,
    audit_log,
)
from services.demo.log_audit_memory import (
    LastRun,
    MemoryUnreadableError,
    find_last_run,
    keep_evidence,
    keep_run,
)
from services.demo.log_policy import Policy, policy_of
from services.demo.verify_command import LogKeys, PolicyFile, Quorum, WitnessKeys, read_trust
from shared.proofs.checkpoints import read_checkpoint
from shared.proofs.notes import read_note

LIES, NOT_DONE = 1, 2
SECONDS: Final = 30.0


def audit(
    url: Annotated[str, typer.Argument(help="Address of the register, or of any copy of its log.")],
    *,
    state: Annotated[
        Path, typer.Option(dir_okay=False, help="What it remembers from run to run.")
    ] = Path(".log-audit.json"),
    policy: PolicyFile = None,
    log: LogKeys = None,
    witness: WitnessKeys = None,
    quorum: Quorum = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Read every entry again, not only the new ones.")
    ] = False,
) -> None:
    """Read the whole log of a register, make its tree anew, and compare it with the last run.

    The first run takes --log or --policy; later ones remember the keys. Exit code 0: all is well.
    1: the log lies, and it says where. 2: it could not be read, or asked.
    """
    try:
        last = find_last_run(state)
    except MemoryUnreadableError as error:
        _refuse(str(error))
    if last is not None and policy is None and log is None:
        trust = policy_of(last.vkeys, witness or [], quorum if witness else None)
    else:
        trust = read_trust(policy, log, witness, quorum)
    if last is not None:
        _check_same_log(last, trust)
    raise typer.Exit(_audit(url, state, trust, last, anew=anew))


def _audit(url: str, state: Path, trust: Policy, last: LastRun | None, *, anew: bool) -> int:
    began = time.monotonic()
    try:
        found = asyncio.run(_read(url, trust, last, anew=anew))
    except LogLiesError as lie:
        typer.echo(f"THE LOG LIES: {lie}")
        if last is not None and lie.note is not None:
            kept = keep_evidence(state, before=last.note, after=lie.note)
            typer.echo(f"Both signed checkpoints are kept as evidence: {kept}")
        return LIES
    except AuditStoppedError as stopped:
        _refuse(str(stopped))
    vkeys = tuple(key.vkey for key in trust.logs)
    keep_run(state, LastRun(vkeys=vkeys, note=found.note, growth=found.growth))
    _tell(found, seconds=time.monotonic() - began)
    return 0


async def _read(url: str, trust: Policy, last: LastRun | None, *, anew: bool) -> Found:
    prefix = url.rstrip("/")
    prefix = prefix if prefix.endswith("/log") else f"{prefix}/log"
    limits = httpx.Limits(max_connections=2 * AT_ONCE, max_keepalive_connections=2 * AT_ONCE)
    async with httpx.AsyncClient(timeout=SECONDS, limits=limits, trust_env=False) as client:
        return await audit_log(LogReader(client, prefix), trust, last, anew=anew)


def _tell(found: Found, *, seconds: float) -> None:
    console, size = open_console(), found.checkpoint.size
    table = a_table("New entries", "How many")
    for kind, count in sorted(found.kinds.items()):
        table.add_row(kind, str(count))
    console.print(table)
    names = ", ".join(sorted(found.cosigners)) or "none we know"
    new = size - found.first
    console.print(
        f"All is well: {found.checkpoint.origin} has {size} entries, {new} of them read now, in"
        f" {seconds:.1f} s. Cosigned by: {names}.",
        markup=False,
    )


def _check_same_log(last: LastRun, trust: Policy) -> None:
    origin = read_checkpoint(read_note(last.note).text).origin
    if origin not in {key.name for key in trust.logs}:
        _refuse(f"What is remembered is of another log: {origin}. Name another file with --state.")


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_DONE)
