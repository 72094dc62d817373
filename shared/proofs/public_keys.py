"""The public keys of an issuer, of either kind: P-256 signs JWTs, Ed25519 embedded proofs.

Separate from both, because who publishes keys, or keeps them, asks only which one it is.
"""

from collections.abc import Mapping
from typing import TypeAlias

from shared.proofs.ed25519 import Ed25519VerificationKey, parse_ed25519_jwk
from shared.proofs.keys import VerificationKey, parse_public_jwk

PublicKey: TypeAlias = VerificationKey | Ed25519VerificationKey


def parse_issuer_jwk(jwk: object) -> PublicKey:
    """Read the public JWK of an issuer's key, of either kind, or raise KeyRefusedError."""
    if isinstance(jwk, Mapping) and jwk.get("kty") == "OKP":
        return parse_ed25519_jwk(jwk)
    return parse_public_jwk(jwk)
