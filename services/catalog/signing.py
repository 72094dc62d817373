"""Signing for the trust anchor and the token endpoint: the only code near a private key.

Apart from the rooms that say what is stated, so that nothing else can sign. Statements carry `typ`
and the thumbprint of the key as `kid` (OpenID Federation 1.0, 3 and 8.7.2); the same claims give
the same signature (RFC 6979), so caches can keep what was signed. One takes 0.05 ms, less than
handing it to a thread.
"""

from datetime import datetime
from typing import Self

from pydantic_core import to_json

from services.catalog.access.granting import TYPE as TOKEN_TYPE
from services.catalog.access.rotation import TokenKey
from services.catalog.settings import OtherTrustKey, Settings
from services.catalog.trust.federation import Anchor, OldKey
from shared.proofs import jws
from shared.proofs.keys import SigningKey, parse_public_jwk
from shared.proofs.sealing import KeyEncryptionKey, open_sealed, seal
from shared.strict_json import JsonObject


class TrustAnchor:
    """The catalogue as trust anchor, with the key it signs with."""

    def __init__(
        self, key: SigningKey, *, entity: str, name: str, others: tuple[OtherTrustKey, ...] = ()
    ) -> None:
        self._key = key
        self._entity = entity
        self._name = name
        self._others = others

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return the anchor these settings make; None when they give no key."""
        if settings.trust_key is None:
            return None
        return cls(
            SigningKey.read_jwk(settings.trust_key.get_secret_value()),
            entity=settings.public_url,
            name=settings.operator_name,
            others=settings.trust_other_keys,
        )

    def at(self, now: datetime) -> Anchor:
        """Return the anchor as others see it: its present key, and others that hold now."""
        own: JsonObject = {**self._key.public.jwk}
        others = [_public(one) for one in self._others if _holds(one, now)]
        keys = {str(jwk["kid"]): jwk for jwk in (own, *others)}
        return Anchor(entity=self._entity, name=self._name, keys=tuple(keys.values()))

    def old_keys(self, now: datetime) -> list[OldKey]:
        """Return the keys with which nothing that is signed now is taken."""
        return [
            OldKey(
                jwk=_public(one),
                holds_until=one.until,
                revoked_at=one.revoked_at,
                reason=one.reason,
            )
            for one in self._others
            if one.until is not None and not _holds(one, now)
        ]

    def sign(self, claims: JsonObject, *, type_: str) -> str:
        """Sign claims as a compact JWS of this type."""
        header = {"typ": type_, "kid": self._key.public.thumbprint}
        return jws.sign(to_json(claims), key=self._key, header=header)


def _holds(other: OtherTrustKey, now: datetime) -> bool:
    return other.revoked_at is None and (other.until is None or now < other.until)


def _public(other: OtherTrustKey) -> JsonObject:
    return {**parse_public_jwk({**other.jwk}).jwk}


class TokenSigner:
    """Signs access tokens, and seals the keys it does so with."""

    def __init__(self, key_encryption_key: KeyEncryptionKey) -> None:
        self._wrapping = key_encryption_key
        self._open_keys: dict[str, SigningKey] = {}

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return the signer these settings make; None when they give no key to seal with."""
        if settings.token_sealing_key is None:
            return None
        return cls(KeyEncryptionKey.from_setting(settings.token_sealing_key.get_secret_value()))

    def new_key(self, *, signs_from: datetime) -> TokenKey:
        """Make a key, sealed."""
        key = SigningKey.generate()
        kid = key.public.thumbprint
        data_key, wrapped = self._wrapping.new_data_key(context=_context(kid))
        sealed = seal(key.store(), key=data_key, context=_context(kid))
        return TokenKey(
            kid=kid,
            public_jwk={**key.public.jwk},
            wrapped_key=wrapped,
            sealed_private=sealed,
            signs_from=signs_from,
        )

    def sign(self, claims: JsonObject, *, key: TokenKey) -> str:
        """Sign claims as an access token."""
        known = self._open_keys.get(key.kid)
        if known is None:
            data_key = self._wrapping.unwrap(key.wrapped_key, context=_context(key.kid))
            stored = open_sealed(key.sealed_private, key=data_key, context=_context(key.kid))
            known = SigningKey.load(stored)
            self._open_keys = {key.kid: known}
        header = {"typ": TOKEN_TYPE, "kid": key.kid}
        return jws.sign(to_json(claims), key=known, header=header)


def _context(kid: str) -> bytes:
    return f"access token key|{kid}".encode()
