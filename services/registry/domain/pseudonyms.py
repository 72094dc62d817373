"""The names of learners in the register: one within it, one per consumer, one for its own log.

Behind an interface, because a scheme in which not even we could join them (polymorphic pseudonyms,
as BSNk has) may take its place one day.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.registry.domain.consultations import ConsumerName
from shared.contracts.award import Pseudonym
from shared.proofs import base64url
from shared.proofs.pseudonyms import pseudonym

KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ConsumerKey:
    """The key that names learners for one consumer, in one of its versions."""

    version: int
    secret: bytes = field(repr=False)


class Pseudonymiser(Protocol):
    """Gives learners their names; nobody else can tell that two are of one person."""

    def register_name(self, identifier: str) -> Pseudonym:
        """Return the name by which the register knows who has this identifier."""

    def consumer_name(self, learner: Pseudonym, key: ConsumerKey) -> ConsumerName:
        """Return the name by which one consumer knows a learner."""

    def log_name(self, learner: Pseudonym) -> str:
        """Return the name by which the log of consultations knows a learner."""


@dataclass(frozen=True, slots=True)
class HmacPseudonymiser:
    """HMAC-SHA256 of the identifier, and HMACs of that; each with a key of its own."""

    _key: bytes = field(repr=False)

    def register_name(self, identifier: str) -> Pseudonym:
        """Return the name that issuers give too, so that one learner is one name."""
        return pseudonym(self._key, identifier)

    def consumer_name(self, learner: Pseudonym, key: ConsumerKey) -> ConsumerName:
        """Return a name that says nothing to another consumer."""
        return ConsumerName(key.version, _name(key.secret, learner))

    def log_name(self, learner: Pseudonym) -> str:
        """Return a name that cannot be joined with a registration without the key."""
        return _name(hmac.digest(self._key, b"waarmerk consultation log", "sha256"), learner)


def _name(key: bytes, learner: Pseudonym) -> str:
    return base64url.encode(hmac.digest(key, learner.encode(), "sha256")).decode("ascii")
