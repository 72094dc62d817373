"""AES-256-GCM envelopes (NIST SP 800-38D): a data key per learner or signing key, itself wrapped.

Separate because erasing a person is destroying one wrapped key: whatever else was sealed under it,
in any table or back-up, is noise from then on.

An envelope is: version (1 byte) | nonce (12) | ciphertext and tag (n + 16). A wrapped data key has
the first 4 bytes of its wrapping key's fingerprint after the version, so that another key than the
right one is told apart from damage. The context is authenticated and not stored: an envelope moved
to another row does not open.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.proofs import base64url

_VERSION: Final = b"\x01"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_FINGERPRINT_BYTES: Final = 4


class KeySettingError(ValueError):
    """A key setting must be 32 random bytes in base64url: 43 characters, no padding."""

    code = "key-setting"

    def __init__(self) -> None:
        """Say what is expected, and never what was given."""
        super().__init__(type(self).__doc__)


class SealError(Exception):
    """What is stored does not open."""

    code = "seal"

    def __init__(self) -> None:
        """Say which of the reasons it was, without any of the bytes."""
        super().__init__(type(self).__doc__)


class SealFormatError(SealError):
    """What is stored is not an envelope of a version we know."""

    code = "seal-format"


class SealBrokenError(SealError):
    """The envelope was changed, or belongs to another key or another context."""

    code = "seal-broken"


class OtherWrappingKeyError(SealError):
    """The data key was wrapped under another key-encryption key than the one configured."""

    code = "seal-other-key"


@dataclass(frozen=True, slots=True, eq=False)
class DataKey:
    """The key that seals one learner's or one signing key's bytes; lives in memory only."""

    _secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key of another length, which could only be a mistake."""
        if len(self._secret) != _KEY_BYTES:
            raise SealFormatError

    def cipher(self) -> AESGCM:
        """Give the cipher under this key."""
        return AESGCM(self._secret)

    def wrapped_with(self, cipher: AESGCM, *, nonce: bytes, authenticated: bytes) -> bytes:
        """Encrypt this key under another one."""
        return cipher.encrypt(nonce, self._secret, authenticated)


@dataclass(frozen=True, slots=True, eq=False)
class KeyEncryptionKey:
    """The one key that wraps all data keys; comes from a setting, never shown, never stored."""

    _secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key that is not 32 bytes."""
        if len(self._secret) != _KEY_BYTES:
            raise KeySettingError

    @classmethod
    def from_setting(cls, setting: str) -> Self:
        """Read the key from its setting, base64url of 32 bytes, or raise KeySettingError."""
        return cls(read_secret(setting))

    @property
    def fingerprint(self) -> bytes:
        """The 4 bytes by which a wrapped key says under which key it was wrapped."""
        labelled = b"waarmerk key-encryption key\x00" + self._secret
        return hashlib.sha256(labelled).digest()[:_FINGERPRINT_BYTES]

    def new_data_key(self, *, context: bytes) -> tuple[DataKey, bytes]:
        """Make a data key, with its wrapped form to store; the context names whose key it is."""
        data_key = DataKey(secrets.token_bytes(_KEY_BYTES))
        return data_key, self.wrap(data_key, context=context)

    def wrap(self, data_key: DataKey, *, context: bytes) -> bytes:
        """Wrap a data key under this key, as when the key-encryption key is renewed."""
        head, nonce = _VERSION + self.fingerprint, secrets.token_bytes(_NONCE_BYTES)
        wrapped = data_key.wrapped_with(
            AESGCM(self._secret), nonce=nonce, authenticated=head + context
        )
        return head + nonce + wrapped

    def unwrap(self, wrapped: bytes, *, context: bytes) -> DataKey:
        """Give back the data key; raise SealError when it was not wrapped so."""
        start = 1 + _FINGERPRINT_BYTES
        head = wrapped[:start]
        if head[:1] != _VERSION or len(wrapped) != start + _NONCE_BYTES + _KEY_BYTES + _TAG_BYTES:
            raise SealFormatError
        if head[1:] != self.fingerprint:
            raise OtherWrappingKeyError
        return DataKey(_open(AESGCM(self._secret), wrapped[start:], authenticated=head + context))


def read_secret(setting: str) -> bytes:
    """Read a 32-byte secret from a setting in base64url; raise KeySettingError otherwise."""
    try:
        secret = base64url.decode_text(setting)
    except base64url.Base64UrlRefusedError:
        raise KeySettingError from None
    if len(secret) != _KEY_BYTES:
        raise KeySettingError
    return secret


def seal(plaintext: bytes, *, key: DataKey, context: bytes) -> bytes:
    """Seal bytes under a data key; only the same key and context open them again."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + key.cipher().encrypt(nonce, plaintext, _VERSION + context)


def open_sealed(sealed: bytes, *, key: DataKey, context: bytes) -> bytes:
    """Open what `seal` closed; raise SealFormatError or SealBrokenError."""
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
        raise SealFormatError
    return _open(key.cipher(), sealed[1:], authenticated=_VERSION + context)


def _open(cipher: AESGCM, envelope: bytes, *, authenticated: bytes) -> bytes:
    try:
        return cipher.decrypt(envelope[:_NONCE_BYTES], envelope[_NONCE_BYTES:], authenticated)
    except InvalidTag:
        raise SealBrokenError from None
