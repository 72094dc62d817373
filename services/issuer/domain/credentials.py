"""A credential as it is stored: of use only under the learner's seal."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """The signatures over the two forms of one credential, and the key that made them."""

    kid: str
    jwt: bytes
    enveloped: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCredential:
    """What is stored of a credential: its payload under the learner's key, and its signatures."""

    credential_id: UUID
    award_id: UUID
    sealed_payload: bytes = field(repr=False)
    learner: str
    wrapped_key: bytes = field(repr=False)
    signatures: Signatures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCredential:
    """A signed credential out of its seal, for as long as it takes to hand it out."""

    credential_id: UUID
    payload: bytes = field(repr=False)
    signatures: Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedProof:
    """The signature of an embedded proof, by which key and when."""

    kid: str
    created_at: datetime
    signature: bytes
