"""From what somebody hands in to the proofs inside it, whatever it came in.

`bodies` reads a request that says it holds one credential; `taking` takes anything at all.
"""

from services.verifier.intake.bodies import (
    BODY,
    JSON,
    MOST_BYTES,
    RAW,
    HandedIn,
    NothingGivenError,
    read_body,
)
from services.verifier.intake.decoders import Decoders
from services.verifier.intake.taking import Intake

__all__ = [
    "BODY",
    "JSON",
    "MOST_BYTES",
    "RAW",
    "Decoders",
    "HandedIn",
    "Intake",
    "NothingGivenError",
    "read_body",
]
