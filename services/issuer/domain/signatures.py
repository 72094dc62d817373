"""What is remembered of a signature: over which payload, with which key, and what it belongs to.

Never the payload: its digest is enough to tell a signature of ours from one made with a stolen key.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID


class Purpose(StrEnum):
    """What was signed."""

    CREDENTIAL = "credential"
    STATUS_LIST = "status-list"


class Forms(StrEnum):
    """In which forms: a payload signed in two of them is one row."""

    OPEN_BADGES_AND_ENVELOPED = "jwt vc+jwt"
    ENVELOPED = "vc+jwt"
    STATUS_LIST_TOKEN = "statuslist+jwt"  # noqa: S105 — a media type, and no secret
    DATA_INTEGRITY = "eddsa-rdfc-2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSignature:
    """One payload that was signed; `reference` says which credential, or edition of a list."""

    kid: str
    digest: str
    purpose: Purpose
    forms: Forms
    reference: str

    @classmethod
    def of_credential(cls, credential_id: UUID, *, kid: str, digest: str) -> Self:
        """Return what is logged of a credential signed as tokens."""
        return cls(
            kid=kid,
            digest=digest,
            purpose=Purpose.CREDENTIAL,
            forms=Forms.OPEN_BADGES_AND_ENVELOPED,
            reference=str(credential_id),
        )

    @classmethod
    def of_list(cls, edition: str, *, kid: str, form: Forms, digest: str) -> Self:
        """Return what is logged of one form of an edition (`<url>#<number>`) of a status list."""
        return cls(
            kid=kid, digest=digest, purpose=Purpose.STATUS_LIST, forms=form, reference=edition
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The log of a key beside what is stored: every signature should belong to something.

    `without_credential` and `without_list` were signed and belong to nothing stored; `unlogged`
    credentials are stored and were never logged.
    """

    kid: str
    credentials: int
    lists: int
    first_at: str | None
    last_at: str | None
    stored: int
    without_credential: tuple[str, ...]
    without_list: tuple[str, ...]
    unlogged: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Say whether log and store tell the same."""
        return not (self.without_credential or self.without_list or self.unlogged)
