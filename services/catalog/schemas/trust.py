"""The trust list as our own JSON: whom to believe, since when, and by which keys."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import AnyHttpUrl, Field

from services.catalog.trust.listing import Edition, Trusted
from shared.contracts.events import IssuerKey
from shared.contracts.identifiers import Oin
from shared.contracts.policy import Recognition
from shared.contracts.vocabulary import LocalText, ProviderKind, Sector
from shared.runtime.api_model import ApiAnswer

_DID = "did:web:issuer.waarmerk.example:issuers:00000099000000210000"


class TrustedKey(ApiAnswer):
    """A public key an issuer signs or signed with; it is never taken from the list."""

    kid: str = Field(examples=[f"{_DID}#NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"])
    did: str = Field(examples=[_DID])
    algorithm: Literal["ES256", "Ed25519"] = "ES256"
    public_jwk: dict[str, str] = Field(examples=[{"kty": "EC", "crv": "P-256"}])
    published_at: datetime
    retired_at: datetime | None = Field(
        default=None, description="what it signed before stays good"
    )
    compromised_at: datetime | None = Field(
        default=None, description="its signature alone proves nothing from then on"
    )

    @classmethod
    def of(cls, key: IssuerKey) -> Self:
        """Show a key."""
        return cls(
            kid=key.kid,
            did=key.issuer,
            algorithm=key.algorithm,
            public_jwk=key.public_jwk,
            published_at=key.published_at,
            retired_at=key.retired_at,
            compromised_at=key.compromised_at,
        )


class TrustedOrganisation(ApiAnswer):
    """An organisation that is or was recognised, and what it signs with."""

    oin: Oin
    name: LocalText
    sector: Sector
    kind: ProviderKind
    website: AnyHttpUrl | None = None
    country: str = Field(examples=["NL"])
    test: bool = Field(description="true: what it issues has no value")
    recognised: bool = Field(description="recognised on the `day` of this list")
    recognitions: tuple[Recognition, ...] = Field(
        description="judge a credential by the day it was awarded"
    )
    dids: tuple[str, ...] = Field(
        description="every DID it issued under, newest first", examples=[[_DID]]
    )
    keys: tuple[TrustedKey, ...]
    version: int = Field(description="of the organisation's record")
    recorded_at: datetime | None = None

    @classmethod
    def of(cls, trusted: Trusted, *, day: date) -> Self:
        """Show an organisation, judged on a day."""
        known = trusted.organisation
        return cls(
            oin=known.oin,
            name=known.name,
            sector=known.sector,
            kind=known.provider_kind,
            website=known.website,
            country=known.country,
            test=trusted.is_test,
            recognised=trusted.is_recognised(day),
            recognitions=known.recognitions,
            dids=trusted.dids,
            keys=tuple(TrustedKey.of(key) for key in trusted.keys),
            version=trusted.version,
            recorded_at=known.recorded_at,
        )


class TrustList(ApiAnswer):
    """A page of the trust list; pages of one `sequence` belong together."""

    sequence: int = Field(description="grows with every change to the list")
    as_of: datetime | None = Field(default=None, description="when the newest change was recorded")
    day: date = Field(description="the day, in the Netherlands, that `recognised` is about")
    items: list[TrustedOrganisation]
    next: str | None = Field(
        default=None, description="Give this as `cursor` for the next page.", examples=["WzQyXQ"]
    )

    @classmethod
    def of(
        cls, edition: Edition, items: list[TrustedOrganisation], *, day: date, after: str | None
    ) -> Self:
        """Show a page."""
        return cls(
            sequence=edition.sequence,
            as_of=edition.changed_at,
            day=day,
            items=items,
            next=after,
        )
