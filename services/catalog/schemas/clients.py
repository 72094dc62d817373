"""What an administrator says of a machine client, and what they are told of it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from services.catalog.access.clients import Binding, Client, ClientKey, WantedClient
from services.catalog.access.key_sets import MOST_KEYS
from shared.contracts.identifiers import Oin
from shared.contracts.plain_text import ONE_LINE
from shared.contracts.requests import fault
from shared.runtime.access import SCOPES
from shared.runtime.api_model import ApiAnswer, ApiModel


def _is_known(scope: str) -> str:
    if scope not in SCOPES:
        raise fault("scope-unknown", "There is no such scope.", "Deze scope bestaat niet.")
    return scope


Scope = Annotated[
    str,
    AfterValidator(_is_known),
    Field(json_schema_extra={"enum": sorted(SCOPES)}),
]
ClientName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    ONE_LINE,
    Field(description="what the system is called, never who works with it"),
]
_JWK = Field(
    description="public JWK (RFC 7517): RSA for RS256 or PS256, or P-256 for ES256",
    max_length=20,
)
_ENDS = Field(
    default=None, description="from this moment on nothing that is signed with it is taken"
)


class RegisteredKey(ApiModel):
    """A public key; to renew one, put the next beside it and say when the old one ends."""

    jwk: Annotated[dict[str, Any], _JWK]
    ends_at: Annotated[AwareDatetime | None, _ENDS] = None


class DescribeClient(ApiModel):
    """The whole state of a client: what it is called, what it may do, and its keys."""

    name: ClientName
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(SCOPES))]
    keys: Annotated[
        tuple[RegisteredKey, ...], Field(max_length=MOST_KEYS, description="or else jwksUrl")
    ] = ()
    jwks_url: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=2048,
            description="public https address of its JWK Set, read again every hour and whenever "
            "a key is new; the last good keys stay when it cannot be read",
        ),
    ] = None
    token_binding: Annotated[
        Binding,
        Field(description="what its tokens must be bound to: nothing, a DPoP key, a certificate"),
    ] = Binding.NONE
    blocked: Annotated[bool, Field(description="a blocked client gets no tokens")] = False

    def wanted(self, organisation: str) -> WantedClient:
        """Return what is wanted, for this organisation."""
        return WantedClient(
            organisation=organisation,
            name=self.name,
            scopes=frozenset(self.scopes),
            keys=tuple(ClientKey(one.jwk, one.ends_at) for one in self.keys),
            jwks_url=self.jwks_url,
            binding=self.token_binding,
            is_blocked=self.blocked,
        )


class RegisterClient(DescribeClient):
    """A new client, and which organisation it acts for."""

    organisation: Annotated[
        Oin | None, Field(description="yours when left out; the steward may name any")
    ] = None


class KeyAnswer(ApiAnswer):
    """A public key of a client."""

    jwk: dict[str, Any]
    ends_at: datetime | None = None


class ClientAnswer(ApiAnswer):
    """A registered client."""

    client_id: UUID
    organisation: Oin
    name: str
    scopes: list[str]
    keys: list[KeyAnswer]
    jwks_url: str | None = None
    token_binding: Binding
    blocked: bool
    registered_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, client: Client) -> "ClientAnswer":
        """Return a client as its administrators see it."""
        return cls(
            client_id=client.client_id,
            organisation=client.organisation,
            name=client.name,
            scopes=sorted(client.scopes),
            keys=[KeyAnswer(jwk=one.jwk, ends_at=one.ends_at) for one in client.keys],
            jwks_url=client.jwks_url,
            token_binding=client.binding,
            blocked=client.is_blocked,
            registered_at=client.registered_at,
            changed_at=client.changed_at,
        )
