"""What a witness answers: `add-checkpoint` to logs, and what it has seen to everybody.

1. Read the request; a larger one is refused unread.
2. Decide, with the memory of the log locked: is it the log, and did it only grow.
3. Remember, cosign, and only then answer; the memory is on the disk by then.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.demo.witness.memory import Memory
from shared.proofs.notes import NoteKey, NoteSigner
from shared.proofs.witnessing import (
    MAX_REQUEST_BYTES,
    SIZE_MEDIA_TYPE,
    AddCheckpoint,
    RequestRefusedError,
    SizeConflictError,
    WitnessRefusedError,
    decide_cosigning,
    read_request,
)

_FRESH = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Witness:
    """Who cosigns, what it remembers, and the keys of the logs it watches by their origin."""

    signer: NoteSigner
    memory: Memory
    logs: Mapping[str, Sequence[NoteKey]]
    read_clock: Callable[[], float] = time.time

    def cosign(self, request: AddCheckpoint) -> str:
        """Cosign the checkpoint of a request (a signature line), or raise WitnessRefusedError."""
        checkpoint = request.checkpoint
        with self.memory.turn(checkpoint.origin) as turn:  # 2
            allowed = decide_cosigning(request, known=turn.known(), log_keys=self.logs)
            at = int(self.read_clock())  # 3
            turn.keep(allowed.head, request.note.to_bytes(), at=at)
            return self.signer.cosign(request.note.text, at=at).line


def create_witness(witness: Witness) -> Starlette:
    """Return the witness as an HTTP application."""
    by_hash = {hashlib.sha256(origin.encode()).hexdigest(): origin for origin in witness.logs}

    async def add_checkpoint(request: Request) -> Response:
        try:
            asked = read_request(await _body(request))  # 1
            return _text(await asyncio.to_thread(witness.cosign, asked))
        except SizeConflictError as conflict:
            return Response(
                conflict.body, conflict.status, {**_FRESH, "Content-Type": SIZE_MEDIA_TYPE}
            )
        except WitnessRefusedError as refused:
            return _text(f"{refused}\n", refused.status)

    async def show_checkpoint(request: Request) -> Response:
        origin = by_hash.get(request.path_params["hashed"])
        seen = await asyncio.to_thread(witness.memory.find, origin) if origin else None
        return _text("", 404) if seen is None else _text(seen.note.decode())

    async def show_self(_request: Request) -> Response:
        lines = [witness.signer.key.vkey]
        for hashed, origin in by_hash.items():
            seen = await asyncio.to_thread(witness.memory.find, origin)
            lines.append(f"{hashed} {seen.head.size if seen else 0} {origin}")
        return _text("".join(f"{line}\n" for line in lines))

    return Starlette(
        routes=[
            Route("/", show_self),
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{hashed}/checkpoint", show_checkpoint),
        ]
    )


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REQUEST_BYTES:
            raise RequestRefusedError
    return bytes(body)


def _text(content: str, status: int = 200) -> Response:
    return PlainTextResponse(content, status, _FRESH)
