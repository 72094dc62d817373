"""How many signatures one core makes: the bare library, our software store, and a PKCS#11 token.

Each in this one process, one after the other, over a credential of 4 kB. A "credential" is what an
award costs: the walls, and a signature for each of the two forms.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.table import Table

from services.issuer.credential import digest_of
from services.issuer.domain.keys import ED25519, ES256
from services.issuer.signing import Signer
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.keys import SigningKey
from shared.proofs.sealing import KeyEncryptionKey
from tests.support.issuing import UTWENTE
from tests.support.softhsm import token_in

SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "5")) / 2
PAYLOAD_BYTES: Final = 4000
AT_A_TIME: Final = 50
URL: Final = "https://issuer.example.nl"


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was done in a second of wall clock, and of processor time."""

    name: str
    per_second: float
    per_cpu_second: float


def measure_signing(folder: Path) -> Table:
    """Measure every way of signing there is here; the token only where SoftHSM is."""
    table = Table("", "a second", "a CPU second", title="Signatures of one process, payload 4 kB")
    for column in table.columns[1:]:
        column.justify = "right"
    for rate in _rates(folder):
        table.add_row(rate.name, f"{rate.per_second:,.0f}", f"{rate.per_cpu_second:,.0f}")
    return table


def _rates(folder: Path) -> Iterator[Rate]:
    message = b"x" * PAYLOAD_BYTES
    p256, edwards = SigningKey.generate(), Ed25519SigningKey.generate()
    yield _rate("floor: ES256 (RFC 6979), the bare key", lambda: p256.sign(message))
    yield _rate("floor: Ed25519, the bare key", lambda: edwards.sign(message[:64]))
    wrapping = KeyEncryptionKey(bytes(32))
    software = Signer(key_encryption_key=wrapping, public_url=URL)
    yield from _rates_of(software, "software")
    if shutil.which("softhsm2-util") is None:
        return
    with token_in(folder) as place:
        hardware = Signer(
            key_encryption_key=wrapping, public_url=URL, token=place, makes_in_token=True
        )
        yield from _rates_of(hardware, "PKCS#11, SoftHSM")


def _rates_of(signer: Signer, name: str) -> Iterator[Rate]:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    tokens = signer.new_key(UTWENTE, algorithm=ES256, now=now).sealed
    filling = "x" * PAYLOAD_BYTES
    payload = json.dumps({"issuer": signer.issuer_of(UTWENTE), "filling": filling}).encode()
    digest = digest_of(payload)

    def credential() -> object:
        return signer.sign_credential(tokens, organisation=UTWENTE, payload=payload, digest=digest)

    yield _rate(f"{name}: a credential, two ES256 signatures", credential)
    if ED25519 not in signer.algorithms:
        return
    proofs = signer.new_key(UTWENTE, algorithm=ED25519, now=now).sealed

    def proof() -> object:
        return signer.sign_hashes(
            proofs, organisation=UTWENTE, payload=payload, digest=digest, hashes=bytes(64)
        )

    yield _rate(f"{name}: an embedded proof, one Ed25519 signature", proof)


def _rate(name: str, act: Callable[[], object]) -> Rate:
    act()
    count, began, cpu = 0, time.perf_counter(), time.process_time()
    while (elapsed := time.perf_counter() - began) < SECONDS:
        for _ in range(AT_A_TIME):
            act()
        count += AT_A_TIME
    return Rate(name, count / elapsed, count / (time.process_time() - cpu))
