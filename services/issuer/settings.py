"""What the issuer is told besides what every service is told: secrets, keys, and its rhythm.

Separate from the code that uses them, so that every fault in them shows at the start.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shared.proofs.sealing import read_secret
from shared.runtime.settings import ServiceSettings


def _is_secret_of_32_bytes(value: SecretStr) -> SecretStr:
    read_secret(value.get_secret_value())
    return value


Secret = Annotated[SecretStr, AfterValidator(_is_secret_of_32_bytes)]
"""32 random bytes in base64url without padding."""


class KeyStoreKind(StrEnum):
    """Where new signing keys are made and kept."""

    SOFTWARE = "software"
    PKCS11 = "pkcs11"


class Settings(ServiceSettings):
    """Settings of the issuer."""

    service: ClassVar[str] = "issuer"

    key_encryption_key: Secret = Field(
        description="wraps the data keys of learners, signing keys and status lists"
    )
    pseudonym_key: Secret = Field(description="names learners in the national register")
    status_list_seconds: float = Field(
        default=240, gt=0, description="how often changed status lists are signed anew"
    )
    status_lists_open: int = Field(
        default=2,
        ge=1,
        le=16,
        description="how many status lists of an organisation give out places, one at random each",
    )
    sweep_seconds: float = Field(
        default=30, gt=0, description="age at which an unfinished award is finished by the sweeper"
    )
    lease_seconds: float = Field(
        default=10, gt=0, description="how long a request may work before its twin takes over"
    )
    backup_days: float = Field(
        default=30, ge=1, description="after so many days no backup holds what was erased"
    )
    fetch_anywhere: bool = Field(
        default=False,
        description="for a sandbox only: pull results also by http and from addresses that are "
        "not public",
    )
    sandbox: bool = Field(
        default=False,
        description="for a sandbox only: act on fixed magic values, and say so in every answer",
    )
    key_store: KeyStoreKind = Field(
        default=KeyStoreKind.SOFTWARE,
        description="where new signing keys are made: here under seal, or inside a PKCS#11 token",
    )
    hsm_module: str | None = Field(
        default=None, description="library that speaks to the PKCS#11 token"
    )
    hsm_token: str | None = Field(default=None, description="label of the PKCS#11 token")
    hsm_pin: SecretStr | None = Field(default=None, description="user PIN of the PKCS#11 token")
    key_lifetime_days: float = Field(
        default=365, ge=30, description="how long a signing key signs before the next one does"
    )
    key_publication_hours: float = Field(
        default=48, ge=24, description="how long a signing key is published before it signs"
    )

    @model_validator(mode="after")
    def _names_its_token(self) -> Self:
        named = (self.hsm_module, self.hsm_token, self.hsm_pin)
        if self.key_store is KeyStoreKind.PKCS11 and not all(named):
            raise ValueError("key_store pkcs11 needs hsm_module, hsm_token and hsm_pin")
        return self
