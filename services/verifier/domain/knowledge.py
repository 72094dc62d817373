"""What the verifier knows of the outside world, as its checks take it: all looked up beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.verifier.domain.findings import Code
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation, Policy
from shared.contracts.registration import Registration
from shared.proofs.public_keys import VerifyingKey
from shared.proofs.token_status_lists import OpenTokenList


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key an issuer published, and what became of it."""

    kid: str
    organisation: str
    key: VerifyingKey
    published_at: datetime
    retired_at: datetime | None = None
    compromised_at: datetime | None = None
    compromised_since: datetime | None = None

    @property
    def lost_at(self) -> datetime | None:
        """Return since when others may have signed with it, as far as anybody knows."""
        return (self.compromised_since or self.compromised_at) if self.compromised_at else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class KnownIssuer:
    """Who signs under one did: its keys, and the organisation the catalogue knows behind it."""

    did: str
    organisation_oin: str
    keys: Mapping[str, KnownKey]
    organisation: Organisation | None = None

    @property
    def is_listed(self) -> bool:
        """Say whether it is one of ours at all, recognised or not."""
        return bool(self.organisation_oin)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """A status list whose signature holds, unpacked; or the reason why it cannot be used."""

    issuer: str = ""
    purposes: frozenset[str] = frozenset()
    bits: bytes = field(default=b"", repr=False)
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    unusable: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTokenList:
    """A Token Status List whose signature holds and when we got it; or why it cannot be used."""

    opened: OpenTokenList | None = None
    looked_up_at: datetime | None = None
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
    token_list: HeldTokenList | None = None
    registration: Held | None = None
    endorsers: Mapping[str, KnownIssuer] = field(default_factory=dict)
    endorsers_lists: Mapping[tuple[str, str], OpenList] = field(default_factory=dict)
    """By who endorses, and the address."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How fresh our copies are: up to when we heard of everything; None before the first time.

    Not the newest thing we heard: of what is still unread in another partition it says nothing.
    """

    as_of: datetime | None = None

    def is_old(self, *, now: datetime, patience: timedelta) -> bool:
        """Say whether too much may have happened since."""
        return self.as_of is None or now - self.as_of > patience
