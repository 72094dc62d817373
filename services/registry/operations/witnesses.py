"""Asking witnesses to cosign the log, and keeping what they say.

Apart from the sequencer, which never waits for any of them. One question to one witness:

1. The log as it is signed now, and the proof that it is what the witness cosigned last, and more.
2. A witness that says to know another size is asked again from there, unless it is larger than
   ours even now: then it has seen more than we know of.
3. What it cosigned is believed for its signature alone, over just our checkpoint, at about now.
4. What it said is kept for everybody to see, and told to the guard that lets the sequencer sign.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import httpx
from prometheus_client import Gauge

from services.registry.domain.witnessing import Guard, Stand
from services.registry.repository import log as log_repository
from services.registry.repository import witnesses as repository
from services.registry.repository.log import LogState
from services.registry.repository.witnesses import Cosigned, Said
from services.registry.settings import Settings, WitnessPlace
from shared.proofs.lines import TextRefusedError
from shared.proofs.merkle import consistency_nodes, consistency_proof
from shared.proofs.notes import NoteKey, Signed, open_note, read_note, read_signatures
from shared.proofs.tiles import hash_reader, tiles_holding
from shared.proofs.witnessing import AddCheckpoint, read_known_size
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database

AGAIN_AFTER: Final = timedelta(seconds=60)
LATE_AFTER: Final = timedelta(seconds=10)
SKEW: Final = timedelta(minutes=5)
SECONDS: Final = 5.0
MOST_BYTES: Final = 65_536
_MOST_ASKED: Final = 4
_WELL = Gauge("waarmerk_witness_well", "The witness agrees with our log.", ("witness",))
_BEHIND = Gauge("waarmerk_witness_behind", "Entries it has not cosigned.", ("witness",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """What cosignatures are collected with, by one worker."""

    database: Database
    guard: Guard
    client: httpx.AsyncClient


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a witness said to one question: a stand with its reason, a size, or a cosignature."""

    stand: Stand | None = None
    fault: str | None = None
    size: int | None = None
    lines: str = ""


@dataclass(frozen=True, slots=True)
class WitnessView:
    """A witness as everybody may see it."""

    key: NoteKey
    said: Said | None

    def behind(self, size: int) -> int:
        """Return how many entries it has not cosigned."""
        return max(0, size - ((self.said and self.said.cosigned_size) or 0))

    def is_behind(self, size: int, *, now: datetime) -> bool:
        """Say whether it disagrees, or did not cosign all there is, nor anything lately."""
        said = self.said
        if said is None or said.stand is not Stand.AGREES:
            return True
        is_late = said.cosigned_at is None or now - said.cosigned_at > LATE_AFTER
        return is_late and self.behind(size) > 0


@dataclass(frozen=True, slots=True)
class LogView:
    """The log as everybody may see it: its keys, its size, and who watches it."""

    origin: str | None
    size: int
    vkeys: tuple[str, ...]
    witnesses: tuple[WitnessView, ...]


def open_client() -> httpx.AsyncClient:
    """Open what witnesses are asked with; they are who runs the register chose, wherever."""
    return httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False)


async def ask_witness(collector: Collector, place: WitnessPlace) -> None:
    """Have a witness cosign what the log is now, if it did not; keep what it said."""
    now = clock.now()
    async with collector.database.acting_for(EVERY_ORGANISATION) as straight:
        state = await log_repository.find_state(straight)
        said = (await repository.list_said(straight, [place.vkey])).get(place.vkey)
    if state is None or not _is_due(collector, place, state, said, now=now):
        return
    known = said.seen_size if said and said.seen_size is not None else 0
    state, answer = await _ask(collector, place, state, known=known)
    size = state.tree.size
    _tell_metrics(place, answer, behind=size - (size if answer.lines else known))
    new = Said(
        vkey=place.vkey,
        stand=answer.stand or Stand.UNTRUE,
        fault=answer.fault,
        seen_size=size if answer.lines else answer.size,
        cosigned_size=size if answer.lines else None,
        asked_at=now,
    )
    async with collector.database.acting_for(EVERY_ORGANISATION) as straight:
        await repository.keep_said(straight, new)
        if answer.lines:
            await repository.keep_cosignature(
                straight,
                Cosigned(size, state.checkpoint, answer.lines),
                vkey=place.vkey,
                signed_at=state.signed_at,
                now=now,
            )
    collector.guard.hear(place.vkey, new.stand)


async def read_view(database: Database, settings: Settings) -> LogView:
    """Return who watches the log, and what each said when it was asked last."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        state = await log_repository.find_state(straight)
        keys = await repository.list_keys(straight)
        said = await repository.list_said(straight, [one.vkey for one in settings.witnesses])
    return LogView(
        origin=state.origin if state else None,
        size=state.tree.size if state else 0,
        vkeys=tuple(keys),
        witnesses=tuple(WitnessView(one.key, said.get(one.vkey)) for one in settings.witnesses),
    )


async def find_hold(database: Database) -> str | None:
    """Return why the log is not signed; None while it is."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        return await repository.find_hold(straight)


def _is_due(
    collector: Collector, place: WitnessPlace, state: LogState, said: Said | None, *, now: datetime
) -> bool:
    if said is None or not collector.guard.has_heard(place.vkey):
        return True
    is_done = said.stand is Stand.AGREES and said.cosigned_size == state.tree.size
    return not is_done or now - said.asked_at > AGAIN_AFTER


async def _ask(
    collector: Collector, place: WitnessPlace, state: LogState, *, known: int
) -> tuple[LogState, _Answer]:
    """Ask until the witness cosigns or will not; return the checkpoint it is about."""
    for _ in range(_MOST_ASKED):
        old = min(known, state.tree.size)
        answer = await _send(collector, place, state, old=old)  # 1
        if answer.stand is not None or answer.size is None:
            return state, answer
        if answer.size > state.tree.size:  # 2
            state = await _read_again(collector, state)
            if answer.size > state.tree.size:
                return state, _Answer(Stand.AHEAD, "larger-tree", answer.size)
        known = answer.size
    return state, _Answer(Stand.UNTRUE, "answers-in-circles")


async def _read_again(collector: Collector, state: LogState) -> LogState:
    async with collector.database.acting_for(EVERY_ORGANISATION) as straight:
        return await log_repository.find_state(straight) or state


async def _send(collector: Collector, place: WitnessPlace, state: LogState, *, old: int) -> _Answer:
    request = await _request(collector.database, state, old=old)
    try:
        status, body = await _post(collector.client, place, request)
    except httpx.HTTPError as error:
        return _Answer(Stand.SILENT, type(error).__name__)
    match status:
        case HTTPStatus.OK:
            return _cosigned(place.key, request, body)
        case HTTPStatus.CONFLICT:
            return _other_size(body, old=old)
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return _Answer(Stand.DISPUTES, "other-history")
        case HTTPStatus.BAD_REQUEST | HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
            return _Answer(Stand.REFUSES, f"status-{status}")
        case _:
            return _Answer(Stand.SILENT, f"status-{status}")


async def _request(database: Database, state: LogState, *, old: int) -> AddCheckpoint:
    size = state.tree.size
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        wanted = tiles_holding(consistency_nodes(old, size), size)
        tiles = await log_repository.find_tiles(straight, wanted)
    path = consistency_proof(old, size, hash_reader(tiles.__getitem__, size))
    return AddCheckpoint(old, tuple(path), read_note(state.checkpoint))


async def _post(
    client: httpx.AsyncClient, place: WitnessPlace, request: AddCheckpoint
) -> tuple[int, bytes]:
    body = bytearray()
    async with client.stream(
        "POST", f"{place.url}/add-checkpoint", content=request.to_bytes()
    ) as answer:
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                raise httpx.RemoteProtocolError("an answer without end")
    return answer.status_code, bytes(body)


def _cosigned(key: NoteKey, request: AddCheckpoint, body: bytes) -> _Answer:
    """Take the signatures of this witness that hold, and none of anybody else (3)."""
    try:
        note = request.note.with_signatures(read_signatures(body.decode()))
        found = open_note(note, [key])
    except (TextRefusedError, UnicodeDecodeError):
        return _Answer(Stand.UNTRUE, "signature")
    if not all(_is_now(signed) for signed in found):
        return _Answer(Stand.UNTRUE, "clock")
    lines = "".join(signed.signature.line for signed in found)
    return _Answer(Stand.AGREES, lines=lines)


def _is_now(signed: Signed) -> bool:
    return signed.at is not None and abs(clock.now().timestamp() - signed.at) < SKEW.total_seconds()


def _other_size(body: bytes, *, old: int) -> _Answer:
    try:
        size = read_known_size(body)
    except TextRefusedError:
        return _Answer(Stand.UNTRUE, "conflict-without-size")
    # Who knows what we began from and has a conflict all the same, knows another tree of that size.
    return _Answer(Stand.DISPUTES, "other-history", size) if size == old else _Answer(size=size)


def _tell_metrics(place: WitnessPlace, answer: _Answer, *, behind: int) -> None:
    _WELL.labels(place.key.name).set(answer.stand is Stand.AGREES)
    _BEHIND.labels(place.key.name).set(max(0, behind))
