"""The W3C and IETF vectors, from the reference material beside the repository."""

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vectors(shared_material: Path) -> Path:
    """Give the folder of credential vectors."""
    return shared_material / "data" / "ob3" / "vectors"


@pytest.fixture(scope="session")
def w3c_p256_jwk(vectors: Path) -> dict[str, str]:
    """Give the P-256 public key of the vc-jose-cose suite."""
    method = json.loads((vectors / "vc-jose-cose" / "vm-p256.json").read_text())
    jwk: dict[str, str] = method["publicKeyJwk"]
    return jwk
