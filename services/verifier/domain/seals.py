"""The seal of a PDF: what its reader found, and what that turned out to be worth.

Apart from credentials, because a seal is of the paper and not of what is in it: it never makes a
credential better. That a paper changed after it was sealed is another matter: people read it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import Base64Bytes

from shared.proofs.certificate_paths import CertificateHolder, Standing


class SealState(StrEnum):
    """Whether a seal is still that of what it was set on."""

    INTACT = "intact"
    BROKEN = "broken"
    UNCHECKED = "unchecked"
    """It is of a kind, a size or a spelling that is not read here."""


class Since(StrEnum):
    """What happened to the file after it was sealed, as far as its seal tells."""

    NOTHING = "nothing"
    """Nothing anybody sees: at most what keeps the seal itself checkable (PAdES B-LT, B-LTA)."""
    ADDED = "added"
    """Fields filled in, notes, another signature: what a seal may allow, and people see."""
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A signature of a PDF (PAdES), as its reader found it: nobody has looked at who made it."""

    state: SealState
    since: Since = Since.UNKNOWN
    sealed_at: datetime | None = None
    """When it was sealed, in its own words."""
    certificates: tuple[Base64Bytes, ...] = ()
    """DER, the signer's first; none where the seal was not read."""

    @property
    def is_sound(self) -> bool:
        """Say whether the paper is, to the last letter, what was sealed."""
        return self.state is SealState.INTACT and self.since is Since.NOTHING


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF in which something stood; most have no seal."""

    seals: tuple[Seal, ...] = ()

    def without_praise(self) -> "Paper":
        """Return what of this may be believed of somebody who only says so: nothing good."""
        kept = (one for one in self.seals if not one.is_sound)
        return Paper(tuple(Seal(state=one.state, since=one.since) for one in kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSeal:
    """A seal, and whose it is: in the words of its certificate, worth what its standing says."""

    seal: Seal
    signer: CertificateHolder | None = None
    standing: Standing | None = None
    """None where there is no certificate to judge, or the seal is not intact."""

    @property
    def is_vouched(self) -> bool:
        """Say whether somebody the operator trusts says who sealed it."""
        return self.standing is Standing.ANCHORED
