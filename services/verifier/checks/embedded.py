"""Checks 2 and 3 of a credential with an embedded proof (VC Data Integrity 1.0).

Apart from tokens, because here not bytes are signed but what they mean: a member without meaning, a
context we do not pin or one inside is refused before anything is looked up (credentials.md 8,
38-46), or a status could hide where the signature does not look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import ValidationError
from pydantic_core import to_json

from services.verifier.checks.reading import CONTAINER_READ, Reading, profile_fault
from services.verifier.checks.token import FOLLOWED, READABLE
from services.verifier.domain.findings import Check, Code, Finding, failed
from services.verifier.domain.handed import Form
from shared.contracts.credential import AchievementCredential, with_jwt_claims
from shared.errors import RuleError
from shared.proofs import data_integrity
from shared.proofs.data_integrity import ProvenDocument
from shared.proofs.json_ld import ContextRefusedError
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonRefusedError

# Of a token alone: in a document they could only say something else.
_CLAIMS_OF_TOKENS: Final = frozenset({"iss", "jti", "sub", "nbf", "exp", "aud", "vc", "vp"})


@dataclass(frozen=True, slots=True)
class EmbeddedSignature:
    """The proofs in a document."""

    proven: ProvenDocument

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Return the keys they name."""
        return self.proven.key_ids

    def believe(self, keys: Mapping[str, VerifyingKey]) -> None:
        """Return when every proof by one of these keys holds, and there is one."""
        data_integrity.believe(self.proven, keys)


def read_document(text: str, *, now: datetime) -> Reading:
    """Read a document: check 2, and check 3 when there is something to read."""
    try:
        document = data_integrity.parse(text)
    except JsonRefusedError:
        return _refused(failed(Check.PARSE, Code.CONTENT_UNREADABLE))
    if not _CLAIMS_OF_TOKENS.isdisjoint(document):
        return _refused(READABLE, failed(Check.PROFILE, Code.MEANINGLESS))
    fault = profile_fault(document)
    if fault is not None:
        return _refused(READABLE, failed(Check.PROFILE, fault))
    try:
        proven = data_integrity.read(document, now=now)
    except ContextRefusedError:
        return _refused(READABLE, failed(Check.PROFILE, Code.CONTEXT_REFUSED))
    except RuleError:
        return _refused(READABLE, failed(Check.PROFILE, Code.PROOF_REFUSED))
    return Reading(
        findings=(CONTAINER_READ, READABLE, FOLLOWED),
        claims=proven.document,
        proof=EmbeddedSignature(proven),
        form=Form.EMBEDDED,
        payload=payload_of(proven.document),
    )


def payload_of(document: JsonObject) -> bytes:
    """Return the payload of the same credential as a token, which is what the register knows.

    Empty when it does not follow the contract: then no token of ours says the same.
    """
    try:
        credential = AchievementCredential.model_validate_json(to_json(document))
    except ValidationError:
        return b""
    return to_json(with_jwt_claims(credential.to_wire(), credential))


def _refused(*findings: Finding) -> Reading:
    return Reading(findings=(CONTAINER_READ, *findings), claims={}, form=Form.EMBEDDED)
