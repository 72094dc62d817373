"""What the verifier is told by its surroundings."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shared.proofs import ProofRefusedError
from shared.proofs.certificate_paths import NO_ANCHORS, Anchors, read_anchors
from shared.proofs.keys import SigningKey, parse_public_jwk
from shared.proofs.lines import TextRefusedError
from shared.proofs.notes import NoteKey, SignatureType, parse_vkey
from shared.proofs.sealing import read_secret
from shared.runtime.settings import ServiceSettings


def _is_private_key(value: SecretStr) -> SecretStr:
    try:
        SigningKey.read_jwk(value.get_secret_value())
    except ProofRefusedError:
        raise ValueError("a private P-256 key is expected, as one JWK") from None
    return value


def _is_pepper(value: SecretStr) -> SecretStr:
    read_secret(value.get_secret_value())
    return value


def _is_file_of_certificates(value: Path) -> Path:
    try:
        read_anchors(value.read_bytes())
    except (OSError, ProofRefusedError):
        raise ValueError("a file of PEM certificates is expected") from None
    return value


def _is_public_key(value: dict[str, str]) -> dict[str, str]:
    try:
        return parse_public_jwk(value).jwk
    except ProofRefusedError as refused:
        raise ValueError(refused.detail) from None


def _is_of_log(vkey: str) -> str:
    return _of_kind(vkey, {SignatureType.ED25519, SignatureType.ML_DSA_COSIGNATURE})


def _is_of_witness(vkey: str) -> str:
    return _of_kind(vkey, {SignatureType.COSIGNATURE, SignatureType.ML_DSA_COSIGNATURE})


def _of_kind(vkey: str, kinds: Collection[SignatureType]) -> str:
    try:
        kind = parse_vkey(vkey).kind
    except TextRefusedError:
        kind = None
    if kind not in kinds:
        raise ValueError("give the key as its owner publishes it: name, number and key")
    return vkey


class Settings(ServiceSettings):
    """What every service has, and how old our knowledge may be before we stop saying "valid"."""

    service: ClassVar[str] = "verifier"

    knowledge_hours: float = Field(
        default=24,
        gt=0,
        description="knowledge older than this is never enough for a green verdict",
    )
    refresh_seconds: float = Field(
        default=0.25, ge=0, description="how often at most we ask whether something has changed"
    )
    batch_quota_of_address: int = Field(
        default=2_500, ge=0, description="files a minute in batches without a token; 0 is no limit"
    )
    batch_quota_of_client: int = Field(
        default=30_000, ge=0, description="files a minute in batches of one client; 0 is no limit"
    )
    receipt_key: Annotated[SecretStr, AfterValidator(_is_private_key)] | None = Field(
        default=None,
        description="private JWK (P-256) that signs receipts; without it none is given",
    )
    receipt_other_keys: tuple[Annotated[dict[str, str], AfterValidator(_is_public_key)], ...] = (
        Field(default=(), description="public keys that earlier receipts were signed with")
    )
    share_pepper: Annotated[SecretStr, AfterValidator(_is_pepper)] | None = Field(
        default=None,
        description="32 random bytes in base64url, without which short codes cannot be tried; "
        "without it none is given",
    )
    share_quota_of_address: int = Field(
        default=20, ge=0, description="links a minute that one address may make; 0 is no limit"
    )
    code_quota_of_address: int = Field(
        default=30, ge=0, description="short codes a minute that one address may look up"
    )
    foreign_issuers: bool = Field(
        default=False,
        description="whether keys of issuers outside the national list are looked up at their own "
        "address; they are never more than rightly signed by somebody who is not listed",
    )

    seal_anchors: Annotated[Path, AfterValidator(_is_file_of_certificates)] | None = Field(
        default=None,
        description="file of PEM certificates of those who may vouch for who sealed a PDF or a "
        "European credential; without it nobody does",
    )
    log_keys: tuple[Annotated[str, AfterValidator(_is_of_log)], ...] = Field(
        default=(),
        description="public keys (vkey) of the register's log, to believe a proof from it; without "
        "them none is",
    )
    log_witnesses: tuple[Annotated[str, AfterValidator(_is_of_witness)], ...] = Field(
        default=(), description="public keys (vkey) of the witnesses of that log that we believe"
    )
    log_quorum: int = Field(
        default=1, ge=1, description="of how many of these witnesses a proof must bear the word"
    )

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.log_keys and self.log_quorum > len({one.name for one in self.witness_keys}):
            raise ValueError("LOG_QUORUM asks for more witnesses than LOG_WITNESSES names")
        return self

    @property
    def anchors(self) -> Anchors:
        """Return the certificates of those who may vouch for who sealed something."""
        return read_anchors(self.seal_anchors.read_bytes()) if self.seal_anchors else NO_ANCHORS

    @property
    def own_log_keys(self) -> tuple[NoteKey, ...]:
        """Return the keys of the register's log."""
        return tuple(map(parse_vkey, self.log_keys))

    @property
    def witness_keys(self) -> tuple[NoteKey, ...]:
        """Return the keys of its witnesses."""
        return tuple(map(parse_vkey, self.log_witnesses))

    @property
    def patience(self) -> timedelta:
        """Return how old the newest knowledge may be."""
        return timedelta(hours=self.knowledge_hours)
