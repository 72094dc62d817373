"""Checks 2 and 3 of a VC-JWT: is this a credential in a form we read, before any of it is believed.

Separate, because it needs no knowledge at all: it decides whether there is anything to look up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from services.verifier.checks.reading import CONTAINER_READ, Reading, profile_fault
from services.verifier.domain.findings import Check, Code, Finding, failed, ok
from shared.proofs import ProofRefusedError, jws, vc_jwt
from shared.proofs.jws import Jws, SignatureRefusedError
from shared.proofs.keys import ALGORITHM
from shared.proofs.public_keys import VerifyingKey

NATIONAL: Final = (ALGORITHM,)
"""What issuers of the national list sign with."""
FOREIGN: Final = (ALGORITHM, "RS256", "EdDSA", "Ed25519")
"""What those of Open Badges elsewhere sign with (OB 3.0 §8.2.2)."""
PROFILE_CODES: Final = {
    "jws-alg": Code.ALGORITHM_REFUSED,
    "jws-key-in-header": Code.KEY_IN_HEADER,
    "jws-crit": Code.HEADER_REFUSED,
    "jws-b64": Code.HEADER_REFUSED,
    "jws-header-member": Code.HEADER_REFUSED,
    "jws-kid": Code.KEY_ID_MISSING,
    "jws-typ": Code.TYP_REFUSED,
    "credential-envelope-claim": Code.ENVELOPE_CLAIM,
    "credential-disclosure-cut": Code.DISCLOSURE_CUT,
}
_PARSE_CODES: Final = {
    "jws-too-large": Code.TOO_LARGE,
    "jws-segments": Code.NOT_A_JWS,
    "jws-header": Code.HEADER_UNREADABLE,
    "jws-header-duplicate": Code.HEADER_UNREADABLE,
    "jws-payload": Code.CONTENT_UNREADABLE,
}
_SEPARATORS: Final = 2
READABLE: Final = ok(Check.PARSE, Code.READABLE)
FOLLOWED: Final = ok(Check.PROFILE, Code.PROFILE_FOLLOWED)


@dataclass(frozen=True, slots=True)
class TokenProof:
    """The signature of a compact JWS."""

    jws: Jws

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Return the one key it names."""
        return (self.jws.key_id,)

    def believe(self, keys: Mapping[str, VerifyingKey]) -> None:
        """Return when its key signed exactly this."""
        key = keys.get(self.jws.key_id)
        if key is None:
            raise SignatureRefusedError
        jws.verify(self.jws, key=key)


def read_token(token: str, *, algorithms: Collection[str] = NATIONAL) -> Reading:
    """Read a token: check 2, and check 3 when there is something to read."""
    try:
        parsed, claims = vc_jwt.read(token, algorithms=algorithms)
    except ProofRefusedError as refusal:
        return Reading(findings=(CONTAINER_READ, *refused(refusal, token)), claims={})
    fault = profile_fault(claims)
    if fault is not None:
        findings = (CONTAINER_READ, READABLE, failed(Check.PROFILE, fault))
        return Reading(findings=findings, claims={})
    return Reading(
        findings=(CONTAINER_READ, READABLE, FOLLOWED),
        claims=claims,
        proof=TokenProof(parsed),
        payload=parsed.payload,
    )


def refused(refusal: ProofRefusedError, token: str) -> tuple[Finding, ...]:
    """Say which of the checks a token did not pass, and why."""
    if refusal.code in PROFILE_CODES:
        return READABLE, failed(Check.PROFILE, PROFILE_CODES[refusal.code])
    # Text with another number of dots was no attempt at a token; say so rather than "spelling".
    code = _PARSE_CODES.get(refusal.code, Code.NOT_CANONICAL)
    if code is Code.NOT_CANONICAL and token.count(".") != _SEPARATORS:
        code = Code.NOT_A_JWS
    return (failed(Check.PARSE, code),)
