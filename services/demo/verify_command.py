"""`waarmerk verify`: is this credential good, asked of a verifier or, years later, of nobody.

Apart from the other commands, because offline, or with a receipt, it opens no connection, whatever
the file says.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import httpx
import typer

from services.demo import operating
from services.demo.console import a_table, open_console
from services.demo.log_policy import Policy, PolicyRefusedError, policy_of, read_policy
from services.demo.log_proving import judge_proof
from services.demo.receipt_command import FileRefusedError, judge_receipt, plain
from shared.contracts.short_codes import normal_form

NOT_WELL, NOT_DONE = 1, 2
LARGEST: Final = 10_000_000
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        exists=True,
        dir_okay=False,
        help="File with the keys of the log and of witnesses, and the quorum (C2SP tlog-policy).",
    ),
]
LogKeys = Annotated[
    list[str] | None,
    typer.Option("--log", help="Or else the public key (vkey) of the log; more than once."),
]
WitnessKeys = Annotated[
    list[str] | None,
    typer.Option("--witness", help="The public key (vkey) of a witness; more than once."),
]
Quorum = Annotated[
    int | None,
    typer.Option("--quorum", min=0, help="How many of those witnesses; all when left out."),
]


def verify(  # noqa: PLR0913 - the options of a command
    given: Annotated[
        str, typer.Argument(metavar="FILE", help="A file; or a share link, or a short code.")
    ],
    verifier: Annotated[
        str, typer.Option(help="Address of a verifier; the running demo's when left out.")
    ] = "http://127.0.0.1:8000/verifier",
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody: FILE is a proof of the register's log.")
    ] = False,
    receipt: Annotated[
        bool, typer.Option("--receipt", help="Ask nobody: FILE is a receipt, signed or as a PDF.")
    ] = False,
    jwks: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Receipt: the verifier's keys, as a file."),
    ] = None,
    credential: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Asking nobody: the credential it should be about."
        ),
    ] = None,
    handed: Annotated[
        Path | None,
        typer.Option(
            "--file",
            exists=True,
            dir_okay=False,
            help="Receipt: the file that was handed in, such as the PDF around the credential.",
        ),
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="A proof of the register's log, kept beside the credential.",
        ),
    ] = None,
    policy: PolicyFile = None,
    log: LogKeys = None,
    witness: WitnessKeys = None,
    quorum: Quorum = None,
) -> None:
    """Verify what is in a file or behind a link; or a receipt or log proof, asking nobody.

    Exit code 0: valid, or proven, or a genuine receipt, whatever that says. 1: not. 2: the question
    could not be answered, because a verifier is silent or an option or a file cannot be read.
    """
    if _is_link_or_code(given):
        raise typer.Exit(_ask_about(given, verifier))
    file = Path(given)
    if not file.is_file():
        _refuse(f"There is no file {plain(given)}.")
    trust = (policy, log, witness, quorum)
    if proof is not None and (offline or receipt):
        _refuse("--proof goes with asking a verifier.")
    if receipt:
        if offline or any(one is not None for one in trust):
            _refuse("--receipt goes with --jwks, --credential and --file only.")
        raise typer.Exit(_verify_receipt(file, jwks, credential, handed))
    if jwks is not None or handed is not None:
        _refuse("--jwks and --file go with --receipt.")
    if offline:
        raise typer.Exit(_verify_offline(file, credential, read_trust(*trust)))
    if any(one is not None for one in (credential, *trust)):
        _refuse("--credential, --policy, --log, --witness and --quorum go with --offline.")
    raise typer.Exit(_ask(file, verifier, proof))


def read_trust(
    policy: Path | None, log: list[str] | None, witness: list[str] | None, quorum: int | None
) -> Policy:
    """Return whom to believe, from a file or from options, or stop with the reason."""
    given = (log, witness, quorum)
    if (policy is None) == (log is None) or (policy and any(one is not None for one in given)):
        _refuse("Give either --policy or --log, with --witness and --quorum as you like.")
    try:
        if policy is not None:
            found = read_policy(policy.read_bytes())
        else:
            found = policy_of(log or [], witness or [], quorum)
    except PolicyRefusedError as error:
        _refuse(f"The policy cannot be read: {error}.")
    if not found.logs:
        _refuse("The policy names no log.")
    return found


def _verify_offline(file: Path, credential: Path | None, policy: Policy) -> int:
    if max(one.stat().st_size for one in (file, credential) if one is not None) > LARGEST:
        _refuse("A proof or a credential is never that large.")
    token = None
    if credential is not None:
        token = credential.read_bytes().decode("utf-8", "replace").strip()
    judged = judge_proof(file.read_bytes(), policy, credential=token, now=datetime.now(UTC))
    typer.echo(f"{'PROVEN' if judged.is_proven else 'NOT PROVEN'}: {judged.title}")
    for sentence in judged.sentences:
        typer.echo(f"- {sentence}")
    return 0 if judged.is_proven else NOT_WELL


def _verify_receipt(
    file: Path, jwks: Path | None, credential: Path | None, handed: Path | None
) -> int:
    if jwks is None:
        _refuse("Give the verifier's keys with --jwks: its /.well-known/jwks.json, kept as a file.")
    try:
        judged = judge_receipt(file, jwks=jwks, credential=credential, handed=handed)
    except FileRefusedError as error:
        _refuse(str(error))
    typer.echo(f"{'GENUINE' if judged.holds else 'NOT GENUINE'}: {judged.title}")
    for sentence in judged.sentences:
        typer.echo(f"- {plain(sentence)}")
    return 0 if judged.holds else NOT_WELL


def _ask(file: Path, verifier: str, proof: Path | None) -> int:
    if proof is not None and not (_is_text(file) and _is_text(proof)):
        _refuse("With --proof the credential is given as text: the token or document itself.")
    try:
        told: Any = operating.ask_verdict(file, verifier=verifier, log_proof=proof)
    except httpx.HTTPStatusError as error:
        _refuse(f"{verifier} does not take this file: {plain(_said_in(error.response))}")
    except httpx.HTTPError as error:
        _refuse(f"No answer from {verifier} ({type(error).__name__}).")
    return _tell(told)


def _tell(told: Any) -> int:  # noqa: ANN401 - an answer in JSON
    verdict = told["verdict"]
    typer.echo(f"{verdict['state'].upper()}: {verdict['title']['nl']} / {verdict['title']['en']}")
    table = a_table("", "Check", "Outcome", "Code")
    for check in told["checks"]:
        table.add_row(str(check["number"]), check["title"]["en"], check["outcome"], check["code"])
    open_console().print(table)
    return 0 if verdict["state"] == "valid" else NOT_WELL


def _is_text(file: Path) -> bool:
    try:
        return file.stat().st_size <= LARGEST and bool(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return False


def _is_link_or_code(given: str) -> bool:
    is_meant = given.startswith(("https://", "http://")) or normal_form(given) is not None
    return is_meant and not Path(given).exists()


def _ask_about(text: str, verifier: str) -> int:
    """Ask about a link or a code: the verifier opens what is its own, and follows nothing else."""
    address = f"{verifier.rstrip('/')}/v1/verifications"
    try:
        answer = httpx.post(address, json={"credential": text}, timeout=15)
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        _refuse(f"{verifier} does not take this: {plain(_said_in(error.response))}")
    except httpx.HTTPError as error:
        _refuse(f"No answer from {verifier} ({type(error).__name__}).")
    return _tell(answer.json())


def _said_in(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_DONE)
