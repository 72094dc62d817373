"""Open Badges 3.0 section 8.2 and VC-JOSE-COSE: what makes a compact JWS a credential.

Separate from `jws` because other tokens share that form: only here does it matter that the payload
itself is the credential, and not an envelope or the first part of a selective disclosure.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from shared.proofs.jws import Jws, PayloadRefusedError, parse, read_claims
from shared.proofs.keys import ALGORITHM
from shared.strict_json import JsonObject

TYPES: Final = frozenset({None, "JWT", "vc+jwt", "application/vc+jwt"})
_ENVELOPE_CLAIMS: Final = frozenset({"vc", "vp"})
_DISCLOSURE_CLAIMS: Final = frozenset({"_sd", "_sd_alg"})


class Form(StrEnum):
    """The two forms we sign: Open Badges 3.0 by default, VC-JOSE-COSE when asked for by name."""

    OPEN_BADGES = "text/plain"
    ENVELOPED = "application/vc+jwt"


class EnvelopeClaimError(PayloadRefusedError):
    """The token has a `vc` or `vp` claim; the payload itself must be the credential."""

    code = "credential-envelope-claim"
    dutch = "Het token heeft een claim `vc` of `vp`; de inhoud zelf moet het bewijs zijn."


class DisclosureCutError(PayloadRefusedError):
    """The token is the first part of an SD-JWT, whose disclosures were cut off."""

    code = "credential-disclosure-cut"
    dutch = "Het token is het eerste deel van een SD-JWT, waarvan de onthullingen zijn afgeknipt."


def header(form: Form, *, key_id: str) -> Mapping[str, str]:
    """Give the JOSE header of a form (without `alg`), signed by the key of this id."""
    if form is Form.OPEN_BADGES:
        return {"kid": key_id, "typ": "JWT"}
    return {"kid": key_id, "typ": "vc+jwt", "cty": "vc"}


def read(
    token: str | bytes, *, algorithms: Collection[str] = (ALGORITHM,)
) -> tuple[Jws, JsonObject]:
    """Read a credential token, unverified, with its payload; raise ProofRefusedError."""
    jws = parse(token, types=TYPES, algorithms=algorithms)
    claims = read_claims(jws)
    if not _ENVELOPE_CLAIMS.isdisjoint(claims):
        raise EnvelopeClaimError
    if not _DISCLOSURE_CLAIMS.isdisjoint(claims):
        raise DisclosureCutError
    return jws, claims
