"""The key of a witness: made the first time in its folder, readable by its owner only."""

import os
import secrets
from pathlib import Path
from typing import Final

from shared.proofs import base64url
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.notes import NoteSigner, SignatureType
from shared.proofs.sealing import KeySettingError, read_secret

FILE: Final = "witness.key"
_SEED_BYTES: Final = 32


class WitnessKeyUnreadableError(ValueError):
    """The file does not hold the key of a witness: 32 random bytes in base64url."""


def open_signer(name: str, file: Path) -> NoteSigner:
    """Return who cosigns under this name with the key in this file, made when it is not there."""
    try:
        seed = read_secret(file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        seed = _make(file)
    except (KeySettingError, UnicodeDecodeError):
        raise WitnessKeyUnreadableError(WitnessKeyUnreadableError.__doc__) from None
    return NoteSigner.ed25519(name, Ed25519SigningKey.from_seed(seed), SignatureType.COSIGNATURE)


def _make(file: Path) -> bytes:
    seed = secrets.token_bytes(_SEED_BYTES)
    # Whole or not at all: half a key would be another witness, or none.
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(base64url.encode(seed) + b"\n")
        written.flush()
        os.fsync(written.fileno())
    half.rename(file)
    return seed
