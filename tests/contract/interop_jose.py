"""npm `jose` as an independent reader; it can be asked to `verify` and to `sign`."""

from pathlib import Path
from typing import Final

from tests.support.npm import NodeProgram

JOSE: Final = NodeProgram(
    sources=Path(__file__).parent / "js",
    program="jose.mjs",
    integrity={
        "jose": (
            "sha512-wOuK9V1yujQFH5S0ZWmLcDZN7+IKh9bUCC2ZPCf2HDlol3WW"
            "Hy+PPyNjEI75FXRLMp3vDKQcupP59xhVU95hcg=="
        ),
    },
)
