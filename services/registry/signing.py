"""The log's key, in the one process that signs checkpoints."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from services.registry.settings import Settings
from shared.proofs.checkpoints import Checkpoint
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.merkle import TreeHead
from shared.proofs.notes import Note, NoteKey, NoteSigner, sign_note
from shared.proofs.sealing import read_secret


class LogKeyMissingError(ValueError):
    """The process that works for the register has no key to sign its log with."""


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Signs checkpoints of one log: with Ed25519 always, with ML-DSA-44 beside it when it can."""

    origin: str
    _plain: NoteSigner
    _lasting: NoteSigner | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the signer of these settings, or raise LogKeyMissingError."""
        if settings.log_key is None:
            raise LogKeyMissingError("WAARMERK_LOG_KEY is not set")
        origin = origin_of(settings)
        key = Ed25519SigningKey.from_seed(read_secret(settings.log_key.get_secret_value()))
        lasting = None
        if settings.log_lasting_key is not None:
            seed = read_secret(settings.log_lasting_key.get_secret_value())
            lasting = NoteSigner.ml_dsa(origin, seed)
        return cls(origin, NoteSigner.ed25519(origin, key), lasting)

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """The public keys by which everybody knows this log."""
        return tuple(one.key for one in (self._plain, self._lasting) if one is not None)

    def sign(self, head: TreeHead, *, now: datetime) -> Note:
        """Sign that the tree was this at this moment."""
        text = Checkpoint.of(self.origin, head).to_text()
        note = sign_note(text, self._plain)
        if self._lasting is None:
            return note
        return note.with_signatures([self._lasting.cosign(text, at=int(now.timestamp()))])


def origin_of(settings: Settings) -> str:
    """Return the name of the log: its address without a scheme (C2SP tlog-checkpoint)."""
    if settings.log_origin:
        return settings.log_origin
    address = urlsplit(settings.public_url)
    return f"{address.netloc}{address.path}/log"
