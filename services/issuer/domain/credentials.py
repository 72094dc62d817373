"""A credential and its key as they are stored: of use only to the signer and the learner's seal."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A signing key as it is stored: of use only to the signer."""

    kid: str
    organisation: str
    wrapped_key: bytes = field(repr=False)
    sealed_private: bytes = field(repr=False)


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
