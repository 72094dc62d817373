"""Witnesses of a log in tests: honest ones in this process, and ones that answer what they like."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.demo.witness.app import Witness, create_witness
from services.demo.witness.memory import Memory
from services.registry.domain.witnessing import Guard
from services.registry.operations.log import Sequencer, begin_log, sequence
from services.registry.operations.witnesses import Collector, ask_witness
from services.registry.settings import WitnessPlace
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.notes import NoteSigner, SignatureType
from shared.runtime import clock
from shared.runtime.database import Database
from tests.support.registering import a_sequencer

PATIENCE: Final = 300.0
Lie = Callable[[bytes], Response]


def a_witness_signer(name: str) -> NoteSigner:
    """Make the key of a witness."""
    return NoteSigner.ed25519(name, Ed25519SigningKey.generate(), SignatureType.COSIGNATURE)


class Watch:
    """A register with its witnesses, each asked by hand; one can be down, or say anything."""

    def __init__(
        self, register: Database, folder: Path, *, names: tuple[str, ...] = ("w1", "w2")
    ) -> None:
        self.register = register
        self.signers = {name: a_witness_signer(f"{name}.example.nl") for name in names}
        keys = a_sequencer(register).signer.keys
        logs = {keys[0].name: list(keys)}
        self.witnesses = {
            name: Witness(
                signer, Memory(folder / f"{name}.sqlite"), logs, lambda: clock.now().timestamp()
            )
            for name, signer in self.signers.items()
        }
        self.answers: dict[str, Lie] = {}
        self.places = {
            name: WitnessPlace(vkey=signer.key.vkey, url=f"https://{name}.example.nl")
            for name, signer in self.signers.items()
        }
        self.restart()

    def restart(self, *, patience: float = PATIENCE) -> None:
        """Begin as a worker that has asked nobody yet."""
        vkeys = [place.vkey for place in self.places.values()]
        self.guard = Guard(vkeys, patience=patience, began=time.monotonic())
        self.sequencer = Sequencer(self.register, a_sequencer(self.register).signer, self.guard)

    async def sequence(self) -> int:
        """Log what is pending, as far as the guard allows."""
        await begin_log(self.sequencer)
        logged = 0
        while added := await sequence(self.sequencer):
            logged += added
        return logged

    async def ask(self, *names: str) -> None:
        """Ask these witnesses, or all of them."""
        await begin_log(self.sequencer)
        for name in names or tuple(self.places):
            transport = httpx.ASGITransport(self._app(name))
            async with httpx.AsyncClient(transport=transport) as client:
                collector = Collector(database=self.register, guard=self.guard, client=client)
                await ask_witness(collector, self.places[name])

    def _app(self, name: str) -> Starlette:
        lie = self.answers.get(name)
        if lie is None:
            return create_witness(self.witnesses[name])

        async def answer(request: Request) -> Response:
            return lie(await request.body())

        return Starlette(routes=[Route("/add-checkpoint", answer, methods=["POST"])])
