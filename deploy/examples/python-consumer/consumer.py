"""A copy of the national register that is never wrong: start from a snapshot, follow the events.

    python consumer.py follow https://register.example copy.sqlite
    python consumer.py export copy.sqlite > copy.ndjson

It needs httpx and nothing else, and keeps what it knows in one SQLite file. With zstandard beside
it, a snapshot is fetched in its smallest form. Six rules do the work:

1. What is known and how far we are change in one transaction. Killed anywhere, we go on from there.
2. An event we had before is passed over: its `sequence` is not beyond ours.
3. An event that is not the next one means a hole: nothing of it is kept, and we ask again. When the
   hole is still there, we begin anew from a snapshot.
4. Of a registration the newest `recordVersion` counts, whatever comes first.
5. What was erased goes, and is never kept anywhere else; hearing it twice does no harm.
6. When the feed no longer goes so far back (410), we begin anew from a snapshot.
"""  # noqa: INP001 - a program by itself

import gzip
import hashlib
import io
import json
import logging
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import httpx

try:
    import zstandard
except ImportError:
    zstandard = None

GZIP, ZSTD = "application/gzip", "application/zstd"
ERASED = "nl.microcredentials.registration-erased.v1"
WAIT_MILLISECONDS = 20_000
AT_ONCE = 1000
LONGEST_PAUSE = 60.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS registration (
    registration_id TEXT PRIMARY KEY, record_version INTEGER NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS position (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1), sequence INTEGER NOT NULL, event_id TEXT
);
PRAGMA secure_delete = ON;
"""
KEEP = """
INSERT INTO registration (registration_id, record_version, state) VALUES (?, ?, ?)
ON CONFLICT (registration_id) DO UPDATE
SET record_version = excluded.record_version, state = excluded.state
WHERE excluded.record_version > record_version
"""
log = logging.getLogger("consumer")


class HoleError(Exception):
    """An event is missing between what we have and what we were given."""


class TooOldError(Exception):
    """The feed no longer goes back to where we are."""


class SpoiltError(Exception):
    """The file of a snapshot is not the one that was announced."""


class Copy:
    """What we know of the register, and how far we are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.executescript(SCHEMA)

    def position(self) -> tuple[int, str | None] | None:
        """Return the sequence and the id of the last event we processed; None at the beginning."""
        found: tuple[int, str | None] | None = self.database.execute(
            "SELECT sequence, event_id FROM position"
        ).fetchone()
        return found

    def begin(self, registrations: Iterator[str], sequence: int) -> None:
        """Forget everything, and know what a snapshot says (rule 1)."""
        with self.transaction() as database:
            database.execute("DELETE FROM registration")
            database.executemany(KEEP, (row_of(json.loads(line)) for line in registrations))
            self._move_to(sequence, None)

    def hear(self, events: list[dict]) -> int:
        """Do what these events say, all of them or nothing; return how many were new (rule 1)."""
        position = self.position()
        reached, last = position or (0, None)
        heard = 0
        with self.transaction() as database:
            for event in events:
                sequence = int(event["sequence"])
                if sequence <= reached:  # 2
                    continue
                if sequence != reached + 1:  # 3
                    raise HoleError(f"after {reached} came {sequence}")
                if event["type"] == ERASED:  # 5
                    gone = (event["data"]["registrationId"],)
                    database.execute("DELETE FROM registration WHERE registration_id = ?", gone)
                elif "registration" in event["data"]:  # 4
                    database.execute(KEEP, row_of(event["data"]["registration"]))
                reached, last, heard = sequence, event["id"], heard + 1
            if heard:
                self._move_to(reached, last)
        return heard

    def transaction(self) -> "Transaction":
        """Begin a transaction; it is committed at the end, or nothing happened."""
        return Transaction(self.database)

    def _move_to(self, sequence: int, event_id: str | None) -> None:
        self.database.execute(
            "INSERT OR REPLACE INTO position (only_one, sequence, event_id) VALUES (1, ?, ?)",
            (sequence, event_id),
        )


class Transaction:
    """One transaction of SQLite, taken at once so that no two programs follow into one file."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def __enter__(self) -> sqlite3.Connection:
        self.database.execute("BEGIN IMMEDIATE")
        return self.database

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.database.execute("COMMIT" if kind is None else "ROLLBACK")


def row_of(registration: dict) -> tuple[str, int, str]:
    """Return the row that holds a registration."""
    state = json.dumps(registration, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return registration["registrationId"], registration["recordVersion"], state


def start_from_snapshot(client: httpx.Client, copy: Copy) -> None:
    """Fetch the latest snapshot and know what it says; a register without one begins at 0."""
    answer = client.get("/v1/snapshots/latest")
    if answer.status_code == httpx.codes.NOT_FOUND:
        copy.begin(iter(()), 0)
        return
    snapshot = answer.raise_for_status().json()
    packed = smallest(snapshot)
    file = fetch(client, packed, copy.path)
    try:
        with (
            OPENERS[packed["mediaType"]](file) as octets,
            io.TextIOWrapper(octets, encoding="utf-8") as lines,
        ):
            copy.begin(iter(lines), int(snapshot["sequence"]))
    finally:
        file.unlink()
    log.info("began with snapshot %s", snapshot["sequence"])


def open_zstd(file: Path) -> BinaryIO:
    """Open a file in zstd to read what is in it."""
    return zstandard.open(file)  # type: ignore[no-any-return]


OPENERS: dict[str, Callable[[Path], BinaryIO]] = {GZIP: gzip.open}
if zstandard is not None:
    OPENERS[ZSTD] = open_zstd


def smallest(snapshot: dict) -> dict:
    """Return the first form of a snapshot that we can open: the smallest is named first."""
    forms = [one for one in snapshot.get("files", ()) if one["mediaType"] in OPENERS]
    return forms[0] if forms else snapshot  # a register of before knows gzip only


def fetch(client: httpx.Client, packed: dict, beside: Path) -> Path:
    """Fetch the file of a snapshot, from where an earlier attempt was cut off, and check it."""
    file = beside.with_name(f"{beside.name}.snapshot-{packed['digest'][:16]}")
    for left in beside.parent.glob(f"{beside.name}.snapshot-*"):
        if left != file:
            left.unlink(missing_ok=True)
    have = file.stat().st_size if file.exists() else 0
    if have < packed["size"]:
        headers = {"Range": f"bytes={have}-", "If-Range": f'"{packed["digest"]}"'}
        # The register may name itself otherwise than we reach it.
        place = packed["file"].rpartition("/v1/snapshots/")[2]
        with client.stream("GET", f"/v1/snapshots/{place}", headers=headers) as answer:
            answer.raise_for_status()
            is_rest = answer.status_code == httpx.codes.PARTIAL_CONTENT
            with file.open("ab" if is_rest else "wb") as written:
                for piece in answer.iter_raw():
                    written.write(piece)
    with file.open("rb") as read:
        digest = hashlib.file_digest(read, "sha256").hexdigest()
    if digest != packed["digest"]:
        file.unlink()
        raise SpoiltError
    return file


def read_events(client: httpx.Client, copy: Copy, *, wait: int) -> list[dict]:
    """Return the events after our position; wait for them when there are none yet."""
    sequence, event_id = copy.position() or (0, None)
    where = {"lastEventId": event_id} if event_id else {"afterSequence": str(sequence)}
    asked = {**where, "timeout": str(wait), "limit": str(AT_ONCE)}
    answer = client.get("/v1/events", params=asked, timeout=wait / 1000 + 10)
    if answer.status_code == httpx.codes.GONE:
        raise TooOldError
    events: list[dict] = answer.raise_for_status().json()
    return events


def step(client: httpx.Client, copy: Copy, *, wait: int = WAIT_MILLISECONDS) -> int:
    """Come closer to the register; return 0 when there was nothing new. Call it again and again."""
    if copy.position() is None:
        start_from_snapshot(client, copy)
    try:
        return copy.hear(read_events(client, copy, wait=wait))
    except HoleError as first:
        log.warning("hole: %s; asking again", first)
    except TooOldError:  # 6
        start_from_snapshot(client, copy)
        return 1
    try:
        return copy.hear(read_events(client, copy, wait=0))
    except HoleError:  # 3
        log.exception("the hole stays; beginning anew")
        start_from_snapshot(client, copy)
        return 1


def follow(register: str, path: Path, *, once: bool = False) -> None:
    """Follow the register for ever, or with `once` until there is nothing new."""
    pause = 1.0
    copy = Copy(path)
    with httpx.Client(base_url=register, timeout=60) as client:
        while True:
            try:
                heard = step(client, copy, wait=0 if once else WAIT_MILLISECONDS)
            except (httpx.HTTPError, SpoiltError) as error:
                log.warning("%s; again in %.0f s", type(error).__name__, pause)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = 1.0
            if once and not heard:
                return


def export(path: Path) -> Iterator[str]:
    """Return the copy as lines, for `waarmerk register reconcile`: first how far it is."""
    copy = Copy(path)
    sequence, _ = copy.position() or (0, None)
    yield json.dumps({"sequence": f"{sequence:016}"})
    for (state,) in copy.database.execute("SELECT state FROM registration"):
        yield state


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    match arguments:
        case ["follow", register, path, *options] if options in ([], ["--once"]):
            follow(register.rstrip("/"), Path(path), once=bool(options))
        case ["export", path]:
            for line in export(Path(path)):
                sys.stdout.write(f"{line}\n")
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
