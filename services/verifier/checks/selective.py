"""Checks 2 and 3 of a credential in an SD-JWT (RFC 9901), with or without its holder's binding.

Apart from other tokens, because part of what it says was left out by its holder, and what is shown
belongs to it only when its digest does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.verifier.checks.reading import CONTAINER_READ, Reading, Window, profile_fault
from services.verifier.checks.token import FOLLOWED, PROFILE_CODES, READABLE, refused
from services.verifier.domain.findings import Check, Code, Finding, failed, unknown
from services.verifier.domain.handed import Form
from shared.errors import RuleError
from shared.proofs import ProofRefusedError, key_binding, sd_jwt, sd_jwt_vc
from shared.proofs.jws import SignatureRefusedError
from shared.proofs.public_keys import VerifyingKey
from shared.proofs.sd_jwt import SdJwt
from shared.proofs.sd_jwt_vc import SdJwtForm


@dataclass(frozen=True, slots=True)
class DisclosedSignature:
    """The issuer's signature of an SD-JWT, over the digests of all that may be shown."""

    token: SdJwt

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Return the one key it names."""
        return (self.token.jws.key_id,)

    def believe(self, keys: Mapping[str, VerifyingKey]) -> None:
        """Return when its key signed this token."""
        key = keys.get(self.token.jws.key_id)
        if key is None:
            raise SignatureRefusedError
        sd_jwt.verify(self.token, key=key)


def read_sd_jwt(text: str, *, now: datetime) -> Reading:
    """Read an SD-JWT: check 2, and check 3 when there is something to read."""
    try:
        credential = sd_jwt_vc.read(text)
    except ProofRefusedError as refusal:
        if refusal.code.startswith("sd-jwt"):
            return _refused(READABLE, failed(Check.PROFILE, Code.DISCLOSURES_BROKEN))
        findings = refused(refusal, text.partition("~")[0])
        if refusal.code not in PROFILE_CODES:
            findings = findings[:1]
        return _refused(*findings)
    fault = profile_fault(credential.claims) if credential.form is SdJwtForm.W3C else None
    if fault is not None:
        return _refused(READABLE, failed(Check.PROFILE, fault))
    return Reading(
        findings=(CONTAINER_READ, READABLE, FOLLOWED),
        claims=credential.claims,
        proof=DisclosedSignature(credential.token),
        form=Form.SD_JWT_VC,
        window=Window(begins=credential.begins, ends=credential.ends),
        binding=_binding(credential.token, now=now),
    )


def _binding(token: SdJwt, *, now: datetime) -> Finding | None:
    # Whatever the holder signed is worth nothing unless the token itself holds: that is check 6. It
    # is always for one reader, in answer to their question (RFC 9901 §7.3); nobody here asked it.
    try:
        bound = key_binding.believe(token, now=now)
    except RuleError:
        return failed(Check.HOLDER, Code.BINDING_BROKEN)
    return unknown(Check.HOLDER, Code.BINDING_FOR_ANOTHER) if bound else None


def _refused(*findings: Finding) -> Reading:
    return Reading(findings=(CONTAINER_READ, *findings), claims={}, form=Form.SD_JWT_VC)
