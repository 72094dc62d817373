"""What an access token says: RFC 9068, with the organisation it is for and what it is bound to.

Apart from signing it, because this is all that anybody will ever believe of a client. A token holds
for ten minutes (reliability.md 5), and names one organisation by its OIN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shared.strict_json import JsonObject

LIFETIME: Final = timedelta(minutes=10)
TYPE: Final = "at+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token that will be signed."""

    token_id: UUID
    client_id: UUID
    organisation: str
    scopes: Sequence[str]
    bound_to: Mapping[str, str] | None

    @property
    def kind(self) -> str:
        """Return the token type of RFC 6749 7.1: by what the Authorization header must begin."""
        return "DPoP" if self.bound_to is not None and "jkt" in self.bound_to else "Bearer"

    def claims(self, *, issuer: str, audience: str, now: datetime) -> JsonObject:
        """Return the claims of the token (RFC 9068 2.2)."""
        claims: JsonObject = {
            "iss": issuer,
            "sub": str(self.client_id),
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "jti": str(self.token_id),
            "client_id": str(self.client_id),
            "organisation": self.organisation,
            "scope": " ".join(self.scopes),
        }
        return claims if self.bound_to is None else {**claims, "cnf": {**self.bound_to}}
