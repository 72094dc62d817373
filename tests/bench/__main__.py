"""`make bench`: print this machine's floors, then what an award, a verification, a search cost.

BENCH_SECONDS (5) is the length of each measurement of the first two, BENCH_QUESTIONS (120) how many
questions of each kind are asked; the whole takes some five minutes. `make bench PART=search` is
searching alone, `PART=batch` a file of BENCH_ROWS (20000) awards on a real Kafka, `PART=register`
BENCH_EVENTS (60000) awards that wait there for the register, `PART=signing`
how many signatures a core makes, under seal and in a PKCS#11 token, `PART=files` a screenshot and
500 pictures at once. Only when it is named:
`PART=kill`, a file of BENCH_ROWS (100000) while the worker is killed every 10 seconds,
`PART=beside`, single awards beside a file of BENCH_ROWS (60000), `PART=visible`, from an award to
whoever asks after it, and `PART=tenmillion`, a register of BENCH_ENTRIES (10000000) facts, kept in
BENCH_KEPT for the next time.
"""

import base64
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.console import Console, Group
from rich.table import Table

from shared.runtime.embedded import EmbeddedPostgres
from tests.bench.batch import ROWS, Measured, measure_batch
from tests.bench.beside import RATE, measure_beside
from tests.bench.files import measure_files
from tests.bench.kill import KILL_SECONDS, measure_kill
from tests.bench.kill import ROWS as KILL_ROWS
from tests.bench.life import AWARD_RATE, VERIFICATION_RATE, measure_life
from tests.bench.load import Target
from tests.bench.measure import Figures, measure
from tests.bench.register import EVENTS, measure_register
from tests.bench.register_large import measure_large
from tests.bench.requests import get, post
from tests.bench.search import Waits, measure_search
from tests.bench.servers import floor
from tests.bench.signing import measure_signing
from tests.bench.visible import AWARDS, measure_visible
from tests.bench.visible import RATE as FOLLOWED

COLUMNS: Final = (
    "",
    "req/s full",
    "CPU ms/req",
    "at req/s",
    "p50 ms",
    "p99 ms",
    "refused",
    "peak MB",
)


def measure_floors(folder: Path) -> Iterator[Figures]:
    """Measure bare FastAPI, FastAPI with one durable row, and FastAPI with one signature."""
    log = folder / "floors.log"
    with floor("hello", log=log) as server:
        target = Target(server.port, get("/"))
        yield measure("FastAPI, hello", server, target, rate=VERIFICATION_RATE)

    with EmbeddedPostgres(folder / "postgres") as postgres:
        url = postgres.create_database("bench")
        with floor("insert", log=log, environment={"BENCH_DATABASE_URL": url}) as server:
            target = Target(server.port, post("/", {"text": "kept"}), status=201)
            yield measure("FastAPI, one INSERT and commit", server, target, rate=AWARD_RATE)

    key = ec.generate_private_key(ec.SECP256R1())
    text = "x" * 3000
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(SHA256())))
    seal = base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=")
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    environment = {"BENCH_PUBLIC_KEY": base64.b64encode(public).decode()}
    with floor("verify", log=log, environment=environment) as server:
        request = post("/", {"credential": f"{text}.{seal.decode()}"})
        target = Target(server.port, request)
        yield measure("FastAPI, one ES256 check", server, target, rate=VERIFICATION_RATE)


def as_row(figures: Figures) -> tuple[str, ...]:
    """Write the figures as a person reads them."""
    return (
        figures.name,
        f"{figures.per_second:,.0f}",
        f"{figures.cpu_milliseconds:.2f}",
        f"{figures.rate:.0f}",
        f"{figures.wait(0.50):.1f}",
        f"{figures.wait(0.99):.1f}",
        f"{figures.refused}",
        f"{figures.peak_megabytes:.0f}",
    )


def measure_services(folder: Path) -> Table:
    """Measure one award and one verification, beside their floors."""
    table = Table(*COLUMNS, title=f"{os.cpu_count()} cores, Python {platform.python_version()}")
    for column in table.columns[1:]:
        column.justify = "right"
    for figures in chain(measure_floors(folder), measure_life(folder)):
        print(f"measured: {figures.name}", file=sys.stderr)
        table.add_row(*as_row(figures))
    return table


def measure_searching(folder: Path) -> Table:
    """Measure searches, one at a time."""
    table = Table(
        "", "p50 ms", "p95 ms", "p99 ms", "CPU ms", title="Searching 20,000 microcredentials"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for waits in measure_search(folder):
        print(f"measured: {waits.name}", file=sys.stderr)
        table.add_row(waits.name, *waits_of(waits))
    return table


def measure_batches(folder: Path) -> Group:
    """Measure a file of awards, from its upload to the verifier."""
    title = f"A file of {ROWS:,} awards, {os.cpu_count()} cores"
    return tables_of(measure_batch(folder), title=title, rows=ROWS)


def measure_registering(folder: Path) -> Group:
    """Measure the register alone, from the bus to its log."""
    title = f"{EVENTS:,} awards that wait for the register, {os.cpu_count()} cores"
    return tables_of(measure_register(folder), title=title, rows=EVENTS)


def tables_of(measured: Measured, *, title: str, rows: int) -> Group:
    """Write stages, what they used, and the floors, as tables."""
    stages = Table("", "s", "rows/s", title=title)
    for stage in measured.stages:
        stages.add_row(stage.name, f"{stage.seconds:.1f}", f"{stage.per_second:,.0f}")
    used = Table("", "CPU s", "CPU ms/row", "peak MB of each process")
    for usage in measured.usages:
        peaks = " ".join(f"{peak:.0f}" for peak in usage.peak_megabytes[:6])
        each = usage.cpu_seconds * 1000 / rows
        used.add_row(usage.name, f"{usage.cpu_seconds:.1f}", f"{each:.3f}", peaks)
    floors = Table("floors, each alone", "rows/s")
    for alone in measured.floors:
        floors.add_row(alone.name, f"{alone.per_second:,.0f}")
    for table in (stages, used, floors):
        for column in table.columns[1:]:
            column.justify = "right"
    return Group(stages, used, floors)


def measure_pictures(folder: Path) -> Table:
    """Measure what is handed in as pictures, and what every process holds meanwhile."""
    columns = ("", "files", "MB", "s", "CPU s", "server MB", "each decoder MB", "together MB")
    table = Table(*columns, title=f"Files for the verifier, {os.cpu_count()} cores")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in measure_files(folder):
        print(f"measured: {one.name}", file=sys.stderr)
        figures = (f"{one.megabytes:.1f}", f"{one.seconds:.2f}", f"{one.cpu_seconds:.2f}")
        decoders = " ".join(f"{peak:.0f}" for peak in one.decoder_megabytes)
        held = (f"{one.server_megabytes:.0f}", decoders, f"{one.together:.0f}")
        table.add_row(one.name, f"{one.files}", *figures, *held)
    return table


def measure_killing(folder: Path) -> Table:
    """Measure a file of awards while the worker is killed again and again, beside one in peace."""
    runs = measure_kill(folder)
    table = Table(
        *("", "killed", "signed s", "registered s", "seen by issuer s", "awards", "doubles"),
        title=f"{KILL_ROWS:,} awards, kill -9 of the issuer's worker every {KILL_SECONDS:.0f} s",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for run in runs:
        times = (f"{one:.1f}" for one in (run.signed, run.registered, run.seen))
        table.add_row(run.name, f"{run.kills}", *times, f"{run.awards:,}", f"{run.doubles}")
    return table


def measure_single(folder: Path) -> Table:
    """Measure single awards alone, and beside a file."""
    table = Table("", "p50 ms", "p99 ms", "refused", "lasted", title=f"{RATE:.0f} single awards/s")
    for waited in measure_beside(folder):
        waits = waited.counted.waits
        shares = (f"{waits[int(share * (len(waits) - 1))]:.1f}" for share in (0.50, 0.99))
        lasted = "yes" if waited.is_under_way else ""
        table.add_row(waited.name, *shares, f"{waited.counted.refused}", lasted)
    return table


def measure_seen(folder: Path) -> Table:
    """Measure how soon an award, and its revocation, is seen by whoever asks."""
    table = Table("", "p50 ms", "p99 ms", "longest ms", title=f"{AWARDS} awards, {FOLLOWED:.0f}/s")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, waits in measure_visible(folder).shares().items():
        table.add_row(name, *(f"{wait:.0f}" for wait in waits))
    return table


def measure_ten_million(folder: Path) -> Group:
    """Measure a register that is as long as a nation's of ten years."""
    large = measure_large(folder)
    asked = Table("", "p50 ms", "p95 ms", "p99 ms", "CPU ms", title=f"{large.entries:,} facts")
    for waits in large.waits:
        asked.add_row(waits.name, *waits_of(waits))
    once = Table("", "s", "CPU s", "peak MB")
    for one in large.once:
        used = (one.cpu_seconds, one.peak_megabytes)
        once.add_row(
            one.name, f"{one.seconds:.1f}", *("" if x is None else f"{x:.1f}" for x in used)
        )
    for table in (asked, once):
        for column in table.columns[1:]:
            column.justify = "right"
    return Group(asked, once)


def waits_of(waits: Waits) -> tuple[str, ...]:
    """Write waiting times as a person reads them."""
    cpu = "" if waits.cpu_milliseconds is None else f"{waits.cpu_milliseconds:.1f}"
    return (*(f"{waits.share(share):.1f}" for share in (0.50, 0.95, 0.99)), cpu)


def main() -> None:
    """Measure everything, or the part that is named, and print a table of each."""
    parts: dict[str, Callable[[Path], Table | Group]] = {
        "services": measure_services,
        "search": measure_searching,
        "batch": measure_batches,
        "register": measure_registering,
        "signing": measure_signing,
        "files": measure_pictures,
        "kill": measure_killing,
        "beside": measure_single,
        "tenmillion": measure_ten_million,
        "visible": measure_seen,
    }
    only_named = {"kill", "beside", "tenmillion", "visible"}
    wanted = sys.argv[1:] or [part for part in parts if part not in only_named]
    for part in wanted:
        with tempfile.TemporaryDirectory(prefix="waarmerk-bench-") as folder:
            Console(width=120).print(parts[part](Path(folder)))


if __name__ == "__main__":
    main()
