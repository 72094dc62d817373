"""The two witnesses of a sandbox: inside its own process, each with its own folder and key.

They prove nothing, for who runs the sandbox runs them too; they show what real ones do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.applications import Starlette

from services.demo.witness.app import Witness, create_witness
from services.demo.witness.key import FILE, open_signer
from services.demo.witness.memory import Memory
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.notes import NoteKey, NoteSigner
from shared.proofs.sealing import read_secret

ORIGIN: Final = "register.sandbox.waarmerk.example/log"
"""The name of a sandbox's log: the same at whatever port it runs."""
NAMES: Final = ("witness-1", "witness-2")


@dataclass(frozen=True, slots=True)
class SandboxWitness:
    """A witness in the sandbox: where it answers below the address, and its key."""

    path: str
    vkey: str
    app: Starlette

    def place(self, address: str) -> dict[str, str]:
        """Return it as the register's setting names a witness."""
        return {"vkey": self.vkey, "url": f"{address}{self.path}"}


def log_key_of(seed: str) -> NoteKey:
    """Return the public key of the sandbox's log."""
    return NoteSigner.ed25519(ORIGIN, Ed25519SigningKey.from_seed(read_secret(seed))).key


def believed(log_key: str, witnesses: Sequence[SandboxWitness]) -> dict[str, object]:
    """Return whom the sandbox's verifier believes about the log, as its settings say it."""
    return {
        "log_keys": [log_key_of(log_key).vkey],
        "log_witnesses": [witness.vkey for witness in witnesses],
        "log_quorum": len(witnesses),
    }


def open_witnesses(folder: Path, log_key: str) -> tuple[SandboxWitness, ...]:
    """Return the witnesses of the sandbox in this folder, and make their keys if there are none."""
    log = log_key_of(log_key)
    return tuple(_open(folder / "witnesses" / name, name, {log.name: [log]}) for name in NAMES)


def _open(folder: Path, name: str, logs: dict[str, list[NoteKey]]) -> SandboxWitness:
    folder.mkdir(parents=True, exist_ok=True)
    signer = open_signer(f"{name}.sandbox.waarmerk.example", folder / FILE)
    app = create_witness(Witness(signer, Memory(folder / "witness.sqlite"), logs))
    return SandboxWitness(f"/witnesses/{name}", signer.key.vkey, app)
