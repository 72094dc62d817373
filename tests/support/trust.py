"""A trust anchor and issuers for tests: keys made here, announced as issuers announce them."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from joserfc.jwk import ECKey

from shared.contracts.events import (
    IssuerKey,
    IssuerKeyCompromised,
    IssuerKeyPublished,
    IssuerKeyRetired,
)
from shared.contracts.identifiers import did_web
from shared.proofs.did_documents import key_id
from shared.proofs.keys import SigningKey

ISSUER_URL = "https://issuer.example.nl"
PUBLISHED_AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def a_private_jwk() -> str:
    """Return a new private key as the settings take it."""
    return json.dumps(ECKey.generate_key("P-256").as_dict(private=True))


def a_public_jwk() -> dict[str, str]:
    """Return the public half of a new key."""
    return SigningKey.generate().public.jwk


@dataclass(frozen=True)
class AnIssuer:
    """An issuer with one key, and what it announces of it."""

    organisation: str
    url: str = ISSUER_URL
    key: SigningKey = field(default_factory=SigningKey.generate)
    published_at: datetime = PUBLISHED_AT

    @property
    def did(self) -> str:
        """Return its DID."""
        return did_web(self.url, self.organisation)

    @property
    def kid(self) -> str:
        """Return the name of its key."""
        return key_id(self.did, self.key.public)

    def with_another_key(self, published_at: datetime) -> "AnIssuer":
        """Return the same issuer with a key that came later."""
        return replace(self, key=SigningKey.generate(), published_at=published_at)

    def published(self) -> IssuerKeyPublished:
        """Announce the key."""
        return IssuerKeyPublished(record_version=1, key=self._key())

    def retired(self, at: datetime) -> IssuerKeyRetired:
        """Announce that it signs with the key no more."""
        return IssuerKeyRetired(
            record_version=2, key=self._key().model_copy(update={"retired_at": at})
        )

    def compromised(self, at: datetime) -> IssuerKeyCompromised:
        """Announce that the key is in wrong hands."""
        return IssuerKeyCompromised(
            record_version=2, key=self._key().model_copy(update={"compromised_at": at})
        )

    def _key(self) -> IssuerKey:
        return IssuerKey(
            kid=self.kid,
            issuer=self.did,
            organisation=self.organisation,
            public_jwk=self.key.public.jwk,
            published_at=self.published_at,
        )
