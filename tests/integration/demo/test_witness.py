"""The witness as others meet it: over HTTP, at the same moment as others, and after a kill."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from services.demo.commands import command
from services.demo.witness.app import Witness, create_witness
from services.demo.witness.key import FILE, WitnessKeyUnreadableError, open_signer
from services.demo.witness.memory import Memory
from services.demo.witness.sandbox import open_witnesses
from shared.proofs.checkpoints import Checkpoint
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.merkle import CompactRange, consistency_proof, leaf_hash
from shared.proofs.notes import (
    Note,
    NoteSigner,
    open_note,
    parse_vkey,
    read_signatures,
    sign_note,
)
from shared.proofs.tiles import hash_reader
from shared.proofs.witnessing import SIZE_MEDIA_TYPE, AddCheckpoint, SizeConflictError
from tests.support.cosigners import LOG, ORIGIN
from tests.support.forged_log import FiledLog, an_entry
from tests.support.kafka import free_ports
from tests.support.material import ROOT
from tests.support.registering import LOG_KEY

NAME = "witness.example.nl/w1"
NOW = 1_795_000_000.0


def a_log(size: int) -> FiledLog:
    log = FiledLog()
    log.add(an_entry(number) for number in range(size))
    return log


LOG_OF_700 = a_log(700)


def a_note(size: int, *, by: NoteSigner = LOG) -> Note:
    tree = CompactRange().extend([leaf_hash(one) for one in LOG_OF_700.entries[:size]])
    return sign_note(Checkpoint.of(ORIGIN, tree.head()).to_text(), by)


def a_request(old: int, size: int, *, by: NoteSigner = LOG) -> AddCheckpoint:
    tiles = LOG_OF_700.tiles
    read = hash_reader(lambda tile: tiles[tile.level, tile.index], 700)
    path = [] if old == 0 else consistency_proof(old, size, read) if old <= size else []
    return AddCheckpoint(old, tuple(path), a_note(size, by=by))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    signer = open_signer(NAME, tmp_path / FILE)
    return Witness(signer, Memory(tmp_path / "memory"), {ORIGIN: [LOG.key]}, lambda: NOW)


class Client:
    """What asks a witness over HTTP, one question after the other."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def ask(self, method: str, path: str, body: bytes = b"") -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="https://witness") as http:
                return await http.request(method, path, content=body)

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def add(self, body: AddCheckpoint | bytes) -> httpx.Response:
        raw = body.to_bytes() if isinstance(body, AddCheckpoint) else body
        return self.ask("POST", "/add-checkpoint", raw)


@pytest.fixture
def http(witness: Witness) -> Client:
    return Client(create_witness(witness))


def test_a_log_that_only_grows_is_cosigned(http: Client, witness: Witness) -> None:
    for old, size in ((0, 3), (3, 3), (3, 255), (255, 256), (256, 700)):
        answer = http.add(a_request(old, size))
        assert answer.status_code == 200
        note = a_note(size).with_signatures(read_signatures(answer.text))
        [signed] = open_note(note, [witness.signer.key])
        assert signed.at == int(NOW)


def test_every_refusal_has_the_status_of_the_protocol(http: Client) -> None:
    stranger = a_signer(ORIGIN)
    assert http.add(a_request(0, 5)).status_code == 200

    for body, status in (
        (b"", 400),
        (b"nonsense", 400),
        (a_request(5, 7).to_bytes().replace(b"old 5", b"old 05"), 400),
        (a_request(5, 7).to_bytes().replace(b"old 5", b"old 8"), 400),
        (a_request(5, 7, by=stranger).to_bytes(), 403),
        (a_request(5, 7).to_bytes().replace(ORIGIN.encode(), b"elsewhere.example"), 404),
        (a_request(3, 7).to_bytes(), 409),
        (a_request(0, 7).to_bytes(), 409),
        (AddCheckpoint(5, (), a_note(7)).to_bytes(), 422),
        (AddCheckpoint(5, (), forged_note(5)).to_bytes(), 422),
        (b"old 5\n" + b"x" * 2_000_000, 400),
    ):
        assert http.add(body).status_code == status, body[:60]
    conflict = http.add(a_request(3, 7))
    assert (conflict.text, conflict.headers["content-type"]) == ("5\n", SIZE_MEDIA_TYPE)
    assert http.get("/add-checkpoint").status_code == 405
    assert http.add(a_request(5, 7)).status_code == 200


def a_signer(name: str) -> NoteSigner:
    return NoteSigner.ed25519(name, Ed25519SigningKey.generate())


def forged_note(size: int) -> Note:
    tree = CompactRange().extend([leaf_hash(b"another")] * size)
    return sign_note(Checkpoint.of(ORIGIN, tree.head()).to_text(), LOG)


def test_an_insider_who_rewrites_the_log_is_refused(http: Client) -> None:
    http.add(a_request(0, 300))
    forged = LOG_OF_700.rewritten({0: an_entry(9999)})
    assert forged.note is not None
    read = hash_reader(lambda tile: forged.tiles[tile.level, tile.index], 700)
    path = tuple(consistency_proof(300, 700, read))

    assert http.add(AddCheckpoint(300, path, forged.note)).status_code == 422
    assert http.add(a_request(300, 700)).status_code == 200


def test_of_requests_at_once_each_is_decided_on_what_the_other_left(witness: Witness) -> None:
    """The race of tlog-witness: a smaller tree must never be kept after a larger one."""
    request = {size: a_request(0, size) for size in range(1, 25)}

    def cosign(size: int) -> int | None:
        try:
            witness.cosign(request[size])
        except SizeConflictError:
            return None
        return size

    with ThreadPoolExecutor(max_workers=8) as threads:
        cosigned = [size for size in threads.map(cosign, request) if size is not None]

    seen = witness.memory.find(ORIGIN)
    assert seen is not None
    assert cosigned == [seen.head.size]


def test_who_asks_while_another_is_decided_waits_and_goes_by_what_that_left(
    witness: Witness,
) -> None:
    smaller, larger = a_request(0, 3), a_request(0, 5)

    with ThreadPoolExecutor(max_workers=1) as threads:
        with witness.memory.turn(ORIGIN) as turn:
            assert turn.known().size == 0
            asked = threads.submit(witness.cosign, smaller)
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.3)
            turn.keep(larger.checkpoint.head, larger.note.to_bytes(), at=int(NOW))
        with pytest.raises(SizeConflictError) as refused:
            asked.result(timeout=30)

    assert refused.value.size == 5


def test_what_it_has_seen_is_there_for_everybody(http: Client, witness: Witness) -> None:
    vkey = witness.signer.key.vkey
    assert http.get("/").text.splitlines()[0] == vkey
    hashed = http.get("/").text.splitlines()[1].split()[0]
    assert http.get(f"/{hashed}/checkpoint").status_code == 404
    http.add(a_request(0, 5))
    assert http.get("/").text.splitlines()[1] == f"{hashed} 5 {ORIGIN}"
    assert http.get(f"/{hashed}/checkpoint").content == a_note(5).to_bytes()
    assert http.get("/nothing/checkpoint").status_code == 404


def test_the_key_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    first = open_signer(NAME, tmp_path / FILE)
    assert open_signer(NAME, tmp_path / FILE).key == first.key
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / FILE).write_text("half a key")
    with pytest.raises(WitnessKeyUnreadableError):
        open_signer(NAME, tmp_path / FILE)


def test_the_witnesses_of_a_sandbox_stay_who_they_are(tmp_path: Path) -> None:
    secret = LOG_KEY.get_secret_value()
    vkeys = [one.vkey for one in open_witnesses(tmp_path, secret)]

    assert [one.vkey for one in open_witnesses(tmp_path, secret)] == vkeys
    assert len(set(vkeys)) == 2


def test_the_command_prints_its_key_and_names_what_is_wrong(tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        told = ["witness", "--data", str(tmp_path), "--show-key", *words]
        result = CliRunner().invoke(command, told)
        return result.exit_code, result.output

    code, printed = run("--name", NAME, "--log", LOG.key.vkey)
    assert code == 0
    assert parse_vkey(printed.strip()).name == NAME
    assert run("--name", NAME, "--log", "nonsense")[0] == 2
    assert run("--name", "a name", "--log", LOG.key.vkey)[0] == 2


def test_what_was_answered_is_remembered_through_a_kill(tmp_path: Path) -> None:
    """Kill it in the middle of requests, again and again: no answer is ever forgotten."""
    port, _ = free_ports()
    address = f"http://127.0.0.1:{port}/add-checkpoint"
    words = ["--name", NAME, "--log", LOG.key.vkey, "--data", str(tmp_path), "--port", str(port)]

    def start() -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-m", "services", "witness", *words],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"]},
        )
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=2)
            except httpx.TransportError:
                assert child.poll() is None
                time.sleep(0.05)
            else:
                return child
        pytest.fail("the witness does not answer")

    async def grow(known: int, child: subprocess.Popen[bytes]) -> int:
        """Let the log grow until the witness is killed; return the last size that was answered."""
        async with httpx.AsyncClient(timeout=5) as client:
            asyncio.get_running_loop().call_later(0.3, child.send_signal, signal.SIGKILL)
            while known < 700:
                body = a_request(known, known + 1).to_bytes()
                try:
                    answer = await client.post(address, content=body)
                except httpx.TransportError:
                    return known
                assert answer.status_code == 200, answer.text
                known += 1
        return known

    known = 0
    for _ in range(3):
        child = start()
        # What was asked last may have been kept without an answer; what was answered was kept.
        said = httpx.post(address, content=a_request(700, 700).to_bytes()).text
        assert int(said) in {known, known + 1}
        known = asyncio.run(grow(int(said), child))
        child.kill()
        child.wait()
    assert known > 0
