"""What the issuer is told besides what every service is told: two secrets, and its rhythm.

Separate from the code that uses them, so that every fault in them shows at the start.
"""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from shared.proofs.sealing import read_secret
from shared.runtime.settings import ServiceSettings


def _is_secret_of_32_bytes(value: SecretStr) -> SecretStr:
    read_secret(value.get_secret_value())
    return value


Secret = Annotated[SecretStr, AfterValidator(_is_secret_of_32_bytes)]
"""32 random bytes in base64url without padding."""


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
