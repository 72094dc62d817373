"""`waarmerk witness`: keep an eye on logs from a machine of one's own.

Apart from the other commands, because it is the one that somebody else runs than who runs Waarmerk.
"""

from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
import uvicorn

from services.demo.witness.app import Witness, create_witness
from services.demo.witness.key import FILE, WitnessKeyUnreadableError, open_signer
from services.demo.witness.memory import Memory
from shared.proofs.lines import TextRefusedError
from shared.proofs.notes import NoteKey, parse_vkey

NOT_CONFIGURED: Final = 2
MEMORY: Final = "witness.sqlite"


def witness(
    log: Annotated[
        list[str], typer.Option(help="Public key (vkey) of a log it watches; more than once.")
    ],
    name: Annotated[str, typer.Option(help="Name of the witness, for ever: a domain and a path.")],
    *,
    data: Annotated[Path, typer.Option(help="Folder of its memory and its key.")] = Path(
        ".witness"
    ),
    key: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File with its key, if not in the folder.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8100,
    show_key: Annotated[
        bool, typer.Option("--show-key", help="Print its public key (vkey) and stop.")
    ] = False,
) -> None:
    """Cosign what logs say they are, as long as each only grows; losing the memory loses trust."""
    logs = read_logs(log)
    try:
        data.mkdir(parents=True, exist_ok=True)
        signer = open_signer(name, key or data / FILE)
        memory = Memory(data / MEMORY)
    except (OSError, WitnessKeyUnreadableError, TextRefusedError) as error:
        _refuse(f"The witness cannot begin: {error}")
    typer.echo(signer.key.vkey)
    if not show_key:
        app = create_witness(Witness(signer, memory, logs))
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


def read_logs(vkeys: list[str]) -> dict[str, list[NoteKey]]:
    """Return the keys of logs by their origin, or stop with the reason."""
    logs: dict[str, list[NoteKey]] = {}
    for vkey in vkeys:
        try:
            key = parse_vkey(vkey)
        except TextRefusedError as error:
            _refuse(f"{error} ({vkey.partition('+')[0]})")
        logs.setdefault(key.name, []).append(key)
    return logs


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_CONFIGURED)
