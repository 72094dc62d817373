"""What the register is told by its surroundings."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from shared.proofs.sealing import read_secret
from shared.runtime.settings import ServiceSettings


def _is_seed(secret: SecretStr) -> SecretStr:
    read_secret(secret.get_secret_value())
    return secret


Seed = Annotated[SecretStr, AfterValidator(_is_seed)]


class Settings(ServiceSettings):
    """The settings every service has, and the log's own."""

    service: ClassVar[str] = "registry"

    log_key: Seed | None = Field(
        default=None,
        description="seed of the Ed25519 key that signs the log; for the worker only",
    )
    log_lasting_key: Seed | None = Field(
        default=None,
        description="seed of an ML-DSA-44 key that signs the log as well, for when Ed25519 falls",
    )
    log_origin: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9.:/_-]{2,200}$",
        description="name of the log, for ever; else the public address without its scheme",
    )
    sequencer_seconds: float = Field(
        default=0.2, gt=0, le=10, description="how often what was recorded is put in the log"
    )
