"""Who signs in tests of a log: the log itself, and witnesses with either kind of key."""

from typing import Final

from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.notes import NoteSigner, SignatureType

ORIGIN: Final = "register.example.nl/log"
LOG: Final = NoteSigner.ed25519(ORIGIN, Ed25519SigningKey.generate())
WITNESS: Final = NoteSigner.ed25519(
    "witness.example.nl/w1", Ed25519SigningKey.generate(), SignatureType.COSIGNATURE
)
QUANTUM_SEED: Final = bytes(range(32))
QUANTUM: Final = NoteSigner.ml_dsa("witness.example.nl/w2", QUANTUM_SEED)
