"""What the verifier knows of the outside world, as its checks take it: all looked up beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.verifier.domain.findings import Code
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation, Policy
from shared.contracts.registration import Registration
from shared.proofs.public_keys import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key an issuer published, and what became of it."""

    kid: str
    organisation: str
    key: PublicKey
    published_at: datetime
    retired_at: datetime | None = None
    compromised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssuer:
    """Who signs under one did: its keys, and the organisation the catalogue knows behind it."""

    did: str
    organisation_oin: str
    keys: Mapping[str, KnownKey]
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """A status list whose signature holds, unpacked; or the reason why it cannot be used."""

    issuer: str = ""
    purposes: frozenset[str] = frozenset()
    bits: bytes = field(default=b"", repr=False)
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    unusable: Code | None = None


@dataclass(frozen=True, slots=True)
class ErasedRegistration:
    """That the register once held a credential, and erased what it knew of it."""


Held = Registration | ErasedRegistration
"""What the register says of a credential we ask about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the checks after the signature need to know."""

    microcredential: Microcredential | None = None
    policy: Policy | None = None
    status_list: OpenList | None = None
    registration: Held | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How fresh our copies are: up to when we heard of everything; None before the first."""

    as_of: datetime | None = None

    def is_old(self, *, now: datetime, patience: timedelta) -> bool:
        """Say whether too much may have happened since."""
        return self.as_of is None or now - self.as_of > patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What the consumer last wrote about itself, and the newest things we heard."""

    lag: int
    progressed_at: datetime | None
    newest: datetime | None
    newest_registration: datetime | None


def decide_knowledge(pulse: Pulse) -> Knowledge:
    """Decide how fresh we are.

    A consumer that has read everything knows the present; one that is behind knows what it has come
    to in the register; without a consumer the newest thing we heard is all we can be sure of.
    """
    if pulse.progressed_at is None:
        return Knowledge(pulse.newest)
    if pulse.lag > 0 and pulse.newest_registration is not None:
        return Knowledge(min(pulse.progressed_at, pulse.newest_registration))
    return Knowledge(pulse.progressed_at)
