"""What a service is told by its surroundings: `WAARMERK_…` variables, all errors at once.

Separate from the services, because the demo builds the same settings with keyword arguments.
"""

from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

TEST_OIN = "00000099000000000000"
KeySet = dict[str, list[dict[str, str | list[str]]]]


def _without_trailing_slash(address: str) -> str:
    return str(AnyHttpUrl(address)).rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_without_trailing_slash)]


class TokenIssuer(BaseModel):
    """Somebody whose access tokens we take, and where their public keys are."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: str = Field(min_length=1)
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    jwks: KeySet | None = None
    jwks_file: Path | None = None
    jwks_url: AnyHttpUrl | None = None
    token_endpoint: AnyHttpUrl | None = None

    @model_validator(mode="after")
    def _has_one_key_set(self) -> Self:
        if sum(place is not None for place in (self.jwks, self.jwks_file, self.jwks_url)) != 1:
            raise ValueError("give exactly one of jwks, jwks_file and jwks_url")
        return self


class ServiceSettings(BaseSettings):
    """What every service needs to know; each service adds its own."""

    model_config = SettingsConfigDict(
        frozen=True, env_prefix="WAARMERK_", env_ignore_empty=True, hide_input_in_errors=True
    )

    service: ClassVar[str]

    database_url: str = Field(pattern=r"^postgresql://")
    database_pool_size: int = Field(default=10, ge=1)
    statement_timeout_seconds: float = Field(default=5, gt=0)
    kafka_servers: str = "127.0.0.1:9092"
    kafka_replication: int = Field(default=1, ge=1)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    work_port: int = Field(default=9000, ge=0, le=65535)
    public_url: BaseUrl = Field(description="base URL of this service as the world sees it")
    operator_oin: str = Field(default=TEST_OIN, pattern=r"^[0-9A-Z]{20}$")
    token_issuers: tuple[TokenIssuer, ...] = ()
    token_audience: str = "urn:waarmerk"  # noqa: S105 - an audience is no secret
    client_certificate_header: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9-]+$",
        description="header in which a trusted proxy hands in the caller's TLS certificate",
    )
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="networks of the proxies whose certificate header counts"
    )
    dpop_nonce_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="secret that all processes of this service make DPoP nonces with",
    )
    quota_of_address: int = Field(
        default=1200, ge=0, description="requests a minute without a token; 0 is no limit"
    )
    quota_of_client: int = Field(
        default=60_000, ge=0, description="requests a minute of one client; 0 is no limit"
    )
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    watchdog_seconds: float = Field(default=60, gt=0)

    @property
    def token_endpoint(self) -> str | None:
        """Return where clients get their access tokens: at the first issuer that says so."""
        for issuer in self.token_issuers:
            if issuer.token_endpoint is not None:
                return str(issuer.token_endpoint)
        first = self.token_issuers[0].issuer if self.token_issuers else ""
        return f"{first.rstrip('/')}/oauth/token" if first.startswith("http") else None

    @property
    def source(self) -> str:
        """Return the CloudEvents source of this service's events."""
        return f"urn:nld:oin:{self.operator_oin}:systeem:{self.service}"
