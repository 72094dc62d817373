"""What the catalogue is told by its surroundings, besides what every service is told."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from shared.proofs import ProofRefusedError
from shared.proofs.keys import SigningKey, parse_public_jwk
from shared.proofs.sealing import read_secret
from shared.runtime.settings import ServiceSettings

SEED_FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "seed"


def _is_private_key(value: SecretStr) -> SecretStr:
    try:
        SigningKey.read_jwk(value.get_secret_value())
    except ProofRefusedError:
        raise ValueError("a private P-256 key is expected, as one JWK") from None
    return value


def _is_secret_of_32_bytes(value: SecretStr) -> SecretStr:
    read_secret(value.get_secret_value())
    return value


def _is_public_key(value: dict[str, str]) -> dict[str, str]:
    try:
        parse_public_jwk(value)
    except ProofRefusedError as refused:
        raise ValueError(refused.detail) from None
    return value


class OtherTrustKey(BaseModel):
    """A public key of the trust anchor beside the one it signs with: the next one, or an old one.

    Without `until`, or before it, statements signed with it are taken; after it, it is history.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    jwk: Annotated[dict[str, str], AfterValidator(_is_public_key)]
    until: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    reason: Literal["unspecified", "compromised", "superseded"] | None = None

    @model_validator(mode="after")
    def _ends_when_revoked(self) -> Self:
        if self.until is None and (self.revoked_at is not None or self.reason is not None):
            raise ValueError("a revoked key needs the moment until which it would have held")
        return self


class Settings(ServiceSettings):
    """The settings of the catalogue."""

    service: ClassVar[str] = "catalog"

    seed_folder: Path = Field(
        default=SEED_FOLDER, description="the folder with what a new installation begins with"
    )
    fetch_anywhere: bool = Field(
        default=False,
        description="for a sandbox only: fetch an institution's OEAPI and the keys of clients also "
        "by http and from addresses that are not public",
    )
    operator_name: str = Field(
        default="Waarmerk", min_length=1, description="what the trust anchor is called"
    )
    trust_key: Annotated[SecretStr, AfterValidator(_is_private_key)] | None = Field(
        default=None, description="private JWK (P-256) that signs what the trust anchor states"
    )
    trust_other_keys: tuple[OtherTrustKey, ...] = Field(
        default=(), description="public keys of the trust anchor: the next one, and earlier ones"
    )
    token_sealing_key: Annotated[SecretStr, AfterValidator(_is_secret_of_32_bytes)] | None = Field(
        default=None, description="wraps the keys that sign access tokens; without it none is given"
    )
    token_endpoint_as_audience: bool = Field(
        default=False,
        description="also believe client assertions made out to the token endpoint, as the NL GOV "
        "profile has it, instead of to the issuer",
    )

    @property
    def issues_tokens(self) -> bool:
        """Say whether this catalogue gives access tokens."""
        return self.token_sealing_key is not None

    @property
    def token_endpoint(self) -> str | None:
        """Return where clients get their access tokens: here, if we give any."""
        return f"{self.public_url}/v1/oauth/token" if self.issues_tokens else super().token_endpoint
