"""Bodies about an organisation's own signing keys; never anything of a private half."""

from datetime import datetime
from typing import Self

from pydantic import Field

from services.issuer.domain.keys import CompromiseReason, IssuingKey, KeyState
from shared.runtime.api_model import ApiAnswer, ApiModel

_THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
_KID = f"did:web:issuer.waarmerk.example:issuers:00000099000000210000#{_THUMBPRINT}"


class KeyAnswer(ApiAnswer):
    """A signing key, where it is in its life, and what became of it."""

    kid: str = Field(examples=[_KID])
    thumbprint: str = Field(examples=[_THUMBPRINT], description="names the key in our addresses")
    algorithm: str = Field(examples=["ES256"])
    state: KeyState
    in_token: bool = Field(description="true: the private half never left a PKCS#11 token")
    published_at: datetime
    signs_from: datetime = Field(description="a next key signs from this moment on")
    retired_at: datetime | None = None
    compromised_at: datetime | None = None
    compromised_since: datetime | None = None
    reason: CompromiseReason | None = None

    @classmethod
    def of(cls, key: IssuingKey) -> Self:
        """Show a key to its organisation."""
        public = key.public
        return cls(
            kid=public.kid,
            thumbprint=public.kid.rpartition("#")[2],
            algorithm=public.algorithm,
            state=key.state,
            in_token=key.is_in_token,
            published_at=public.published_at,
            signs_from=key.signs_from,
            retired_at=public.retired_at,
            compromised_at=public.compromised_at,
            compromised_since=public.compromised_since,
            reason=key.reason,
        )


class KeysAnswer(ApiAnswer):
    """Keys of an organisation, oldest first."""

    items: list[KeyAnswer]

    def to_bytes(self) -> bytes:
        """Return the answer as it is sent and kept, so that a repeated request reads the same."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class CompromiseRequest(ApiModel):
    """That a key is in wrong hands, how, and since when as far as known."""

    reason: CompromiseReason = Field(examples=["stolen"])
    since: datetime | None = Field(default=None, examples=["2026-11-20T08:00:00Z"])


class CompromiseAnswer(ApiAnswer):
    """What was done at once; what the key signed is signed anew by itself from now on."""

    key: KeyAnswer
    replacement: KeyAnswer | None = Field(
        default=None,
        description="signs from now on, without having been published beforehand; absent when the"
        " key did not sign any more",
    )
    credentials_to_reissue: int

    def to_bytes(self) -> bytes:
        """Return the answer as it is sent and kept, so that a repeated request reads the same."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()
