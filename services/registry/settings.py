"""What the register is told by its surroundings."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from shared.proofs import ProofRefusedError
from shared.proofs.keys import SigningKey, parse_public_jwk
from shared.proofs.lines import TextRefusedError
from shared.proofs.notes import NoteKey, SignatureType, parse_vkey
from shared.proofs.sealing import read_secret
from shared.runtime.settings import BaseUrl, ServiceSettings


def _is_seed(secret: SecretStr) -> SecretStr:
    read_secret(secret.get_secret_value())
    return secret


def _is_private_key(value: SecretStr) -> SecretStr:
    try:
        SigningKey.read_jwk(value.get_secret_value())
    except ProofRefusedError:
        raise ValueError("a private P-256 key is expected, as one JWK") from None
    return value


def _is_public_key(value: dict[str, str]) -> dict[str, str]:
    try:
        return parse_public_jwk(value).jwk
    except ProofRefusedError as refused:
        raise ValueError(refused.detail) from None


def _is_of_witness(vkey: str) -> str:
    try:
        kind = parse_vkey(vkey).kind
    except TextRefusedError:
        kind = SignatureType.ED25519
    if kind is SignatureType.ED25519:
        raise ValueError("give the key of a witness as it prints it: name, number and key")
    return vkey


Seed = Annotated[SecretStr, AfterValidator(_is_seed)]


class WitnessPlace(BaseModel):
    """A witness that the log asks to cosign: its public key, and where it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    vkey: Annotated[str, AfterValidator(_is_of_witness)]
    url: BaseUrl

    @property
    def key(self) -> NoteKey:
        """Return the key that its cosignatures are checked with."""
        return parse_vkey(self.vkey)


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
    legal_profile: Literal["pilot", "statutory"] = Field(
        default="pilot", description="whether a request to erase is honoured, or restricts"
    )
    learner_key: Seed | None = Field(
        default=None,
        description="the issuer's pseudonym key; without it nobody can ask about a learner",
    )
    consumer_sealing_key: Seed | None = Field(
        default=None, description="seals the keys that name learners for each consumer"
    )
    export_key: Annotated[SecretStr, AfterValidator(_is_private_key)] | None = Field(
        default=None, description="private JWK (P-256) that signs access exports"
    )
    export_other_keys: tuple[Annotated[dict[str, str], AfterValidator(_is_public_key)], ...] = (
        Field(default=(), description="public keys that earlier access exports were signed with")
    )
    backup_days: float = Field(
        default=30, ge=1, description="after so many days no backup holds what was erased"
    )
    retention_hours: float = Field(
        default=24, gt=0, description="how often the worker lets go of what is old enough"
    )
    feed_retention_days: int | None = Field(
        default=None, ge=1, description="how far back the feed goes; for ever without it"
    )
    webhook_sealing_key: Seed | None = Field(
        default=None, description="seals what webhooks are signed with; none are sent without it"
    )
    fetch_anywhere: bool = Field(
        default=False,
        description="for a sandbox only: send webhooks by http and to addresses not public as well",
    )
    snapshot_hours: float = Field(
        default=24, ge=1, description="how old a snapshot may be; sooner when something was erased"
    )
    tally_seconds: float = Field(
        default=10, gt=0, description="how often is counted what changed, for who reconciles"
    )
    statistics_hours: float = Field(
        default=24, gt=0, description="how long an edition of the statistics lasts"
    )
    log_archive: Path | None = Field(
        default=None,
        description="folder on another disk for what the log is made of, to catch up from",
    )
    witnesses: tuple[WitnessPlace, ...] = Field(
        default=(), description="who cosigns the log, and stops a log restored to the past"
    )
    witness_seconds: float = Field(
        default=1, gt=0, le=60, description="how often each is offered what the log is now"
    )
    witness_patience_seconds: float = Field(
        default=300, ge=0, description="how long a start waits for more than half of them"
    )
