"""What an issuing desk has at hand: the database, the signer, the seals, the names of learners."""

import asyncio
import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Self
from uuid import UUID

from services.issuer.credential import Templates
from services.issuer.domain import Signatures
from services.issuer.domain.keys import Rhythm, SealedKey
from services.issuer.settings import KeyStoreKind, Settings
from services.issuer.signing import Signer, TokenPlace
from shared.proofs.pseudonyms import pseudonym
from shared.proofs.sealing import DataKey, KeyEncryptionKey, read_secret
from shared.proofs.status_lists import LIST_TTL
from shared.runtime.database import Database
from shared.runtime.fetching import NORMAL, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything the operations work with; made once per process."""

    database: Database
    signer: Signer
    public_url: str
    lease: timedelta
    list_max_age: int
    open_lists: int
    backups_kept: timedelta
    rhythm: Rhythm
    reach: Reach = NORMAL
    is_sandbox: bool = False
    _wrapping: KeyEncryptionKey = field(repr=False)
    _pseudonym_key: bytes = field(repr=False)
    templates: Templates = field(default_factory=Templates, repr=False)

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self:
        """Set up a desk as the settings say."""
        wrapping = KeyEncryptionKey.from_setting(settings.key_encryption_key.get_secret_value())
        return cls(
            database=database,
            signer=_signer(settings, wrapping),
            public_url=settings.public_url,
            lease=timedelta(seconds=settings.lease_seconds),
            list_max_age=max(1, int(min(settings.status_list_seconds, LIST_TTL.total_seconds()))),
            open_lists=settings.status_lists_open,
            backups_kept=timedelta(days=settings.backup_days),
            rhythm=Rhythm(
                lifetime=timedelta(days=settings.key_lifetime_days),
                publication=timedelta(hours=settings.key_publication_hours),
            ),
            reach=Reach(anywhere=settings.fetch_anywhere),
            is_sandbox=settings.sandbox,
            _wrapping=wrapping,
            _pseudonym_key=read_secret(settings.pseudonym_key.get_secret_value()),
        )

    async def sign_credential(
        self, key: SealedKey, *, organisation: str, payload: bytes, digest: str
    ) -> Signatures:
        """Sign a credential; away from the event loop when a token does it, for that takes long."""
        sign = partial(
            self.signer.sign_credential,
            key,
            organisation=organisation,
            payload=payload,
            digest=digest,
        )
        return await asyncio.to_thread(sign) if key.is_in_token else sign()

    def pseudonym_of(self, identifier: str) -> str:
        """Return the name by which everybody but the issuer knows a learner."""
        return pseudonym(self._pseudonym_key, identifier)

    def blind(self, fingerprint: bytes) -> bytes:
        """Key a fingerprint of a request: a bare hash of one could be tried out, name by name."""
        return hmac.digest(self._pseudonym_key, b"request|" + fingerprint, "sha256")

    def new_learner_key(self, *, organisation: str, learner: str) -> tuple[DataKey, bytes]:
        """Make the data key of a learner, with its wrapped form to store."""
        return self._wrapping.new_data_key(context=_learner_context(organisation, learner))

    def learner_key(self, wrapped: bytes, *, organisation: str, learner: str) -> DataKey:
        """Unwrap the data key of a learner."""
        return self._wrapping.unwrap(wrapped, context=_learner_context(organisation, learner))

    def new_batch_key(self, batch_id: UUID) -> bytes:
        """Make the data key of a batch, in its wrapped form to store."""
        return self._wrapping.new_data_key(context=_batch_context(batch_id))[1]

    def batch_key(self, wrapped: bytes, *, batch_id: UUID) -> DataKey:
        """Unwrap the data key of a batch."""
        return self._wrapping.unwrap(wrapped, context=_batch_context(batch_id))

    def new_key_of(self, thing: str) -> tuple[DataKey, bytes]:
        """Make the data key of one thing we are told, with its wrapped form to store."""
        return self._wrapping.new_data_key(context=thing.encode())

    def key_of(self, thing: str, wrapped: bytes) -> DataKey:
        """Unwrap the data key of one thing we were told."""
        return self._wrapping.unwrap(wrapped, context=thing.encode())


def _signer(settings: Settings, wrapping: KeyEncryptionKey) -> Signer:
    """Return the signer; a token that is named is used for its keys also when new ones are not."""
    pin = settings.hsm_pin
    place = (
        TokenPlace(module=settings.hsm_module, label=settings.hsm_token, pin=pin.get_secret_value())
        if settings.hsm_module and settings.hsm_token and pin
        else None
    )
    return Signer(
        key_encryption_key=wrapping,
        public_url=settings.public_url,
        token=place,
        makes_in_token=settings.key_store is KeyStoreKind.PKCS11,
    )


def _learner_context(organisation: str, learner: str) -> bytes:
    return f"learner|{organisation}|{learner}".encode()


def _batch_context(batch_id: UUID) -> bytes:
    return f"batch|{batch_id}".encode()
