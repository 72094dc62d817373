"""`make bench`: print the floors of this machine, then what one award and one verification cost.

BENCH_SECONDS (5) is the length of each measurement; the whole takes less than three minutes.
"""

import base64
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.console import Console
from rich.table import Table

from shared.runtime.embedded import EmbeddedPostgres
from tests.bench.life import AWARD_RATE, VERIFICATION_RATE, measure_life
from tests.bench.load import Target
from tests.bench.measure import Figures, measure
from tests.bench.requests import get, post
from tests.bench.servers import floor

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


def main() -> None:
    """Measure everything, a line at a time, and print the table."""
    table = Table(*COLUMNS, title=f"{os.cpu_count()} cores, Python {platform.python_version()}")
    for column in table.columns[1:]:
        column.justify = "right"
    with tempfile.TemporaryDirectory(prefix="waarmerk-bench-") as folder:
        lines = chain(measure_floors(Path(folder)), measure_life(Path(folder)))
        for figures in lines:
            print(f"measured: {figures.name}", file=sys.stderr)
            table.add_row(*as_row(figures))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
