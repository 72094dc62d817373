"""The wall before every private key, the third between organisations.

After the token and row-level security this one stands where the key is. Before a key signs, these
hold:

1. the key is the acting organisation's, and its name says so;
2. it opens only for that organisation and key name: AES-GCM authenticates `OIN|kid`, and in a
   token it is found by both;
3. the payload names that organisation's DID as its issuer;
4. the payload is the one that was linted: its SHA-256 is the intent's;
5. the key is for this use: ES256 signs JWTs, Ed25519 embedded proofs.

Signatures are made on the event loop: in software one takes 0.05 ms, less than handing it to a
thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import token_bytes
from typing import Final

from pydantic_core import from_json, to_json

from services.issuer.credential import digest_of
from services.issuer.domain import SealedKey, Signatures
from services.issuer.domain.keys import ED25519, ES256
from services.issuer.signing.forms import signing_inputs
from services.issuer.signing.stores import KeyStore, KeyStoreError, SoftwareStore
from services.issuer.signing.tokens import TokenPlace, TokenStore
from services.issuer.status import OpenList, list_context
from shared.contracts.events import IssuerKey
from shared.contracts.identifiers import did_web
from shared.proofs import base64url, jws, token_status_lists, vc_jwt
from shared.proofs.sealing import KeyEncryptionKey, open_sealed, seal
from shared.proofs.vc_jwt import Form

HASH_BYTES: Final = 64


class SigningRefusedError(Exception):
    """The signer was asked for a signature it must not make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made: what the world may see, and what is stored."""

    public: IssuerKey
    sealed: SealedKey


class Signer:
    """Signs what was linted, with the key of the organisation it is for.

    It may be sent to another process, which then opens keys, and a session with the token, itself.
    """

    def __init__(
        self,
        *,
        key_encryption_key: KeyEncryptionKey,
        public_url: str,
        token: TokenPlace | None = None,
        makes_in_token: bool = False,
    ) -> None:
        self._wrapping = key_encryption_key
        self.public_url = public_url
        self._token = token
        self._software = SoftwareStore(key_encryption_key)
        self._hardware = None if token is None else TokenStore(token)
        self._makes_in_token = makes_in_token
        self._open_list_keys: dict[str, bytes] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without anything that is open."""
        again = partial(
            Signer,
            key_encryption_key=self._wrapping,
            public_url=self.public_url,
            token=self._token,
            makes_in_token=self._makes_in_token,
        )
        return again, ()

    def issuer_of(self, organisation: str) -> str:
        """Return the DID under which an organisation issues here."""
        return did_web(self.public_url, organisation)

    def can_use(self, key: SealedKey) -> bool:
        """Tell whether the key was made for the address we issue from; a move asks for new keys."""
        return key.kid.startswith(f"{self.issuer_of(key.organisation)}#")

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Return for which algorithms keys are made here."""
        return self._making.algorithms

    def new_key(
        self,
        organisation: str,
        *,
        now: datetime,
        algorithm: str = ES256,
        signs_from: datetime | None = None,
    ) -> NewKey:
        """Make a signing key for an organisation, and see that it signs before anybody hears."""
        issuer = self.issuer_of(organisation)
        made = self._making.make(algorithm, organisation=organisation, issuer=issuer)
        sealed = SealedKey(
            kid=made.kid,
            organisation=organisation,
            algorithm=algorithm,
            wrapped_key=made.wrapped_key,
            sealed_private=made.sealed_private,
        )
        trial = f"a first signature with {made.kid}".encode()
        if not made.public.holds(self._store_of(sealed).sign(sealed, trial), trial):
            raise KeyStoreError("the key just made does not sign")
        public = IssuerKey.model_validate(
            {
                "kid": made.kid,
                "issuer": issuer,
                "organisation": organisation,
                "algorithm": algorithm,
                "public_jwk": made.public.jwk,
                "published_at": now,
                "signs_from": signs_from,
            }
        )
        return NewKey(public=public, sealed=sealed)

    def sign_credential(
        self, key: SealedKey, *, organisation: str, payload: bytes, digest: str
    ) -> Signatures:
        """Sign both forms of a linted credential."""
        self._check(key, organisation=organisation, payload=payload, digest=digest)
        store = self._store_of(key)
        open_badges, enveloped = signing_inputs(payload, kid=key.kid)
        return Signatures(
            kid=key.kid, jwt=store.sign(key, open_badges), enveloped=store.sign(key, enveloped)
        )

    def sign_hashes(
        self, key: SealedKey, *, organisation: str, payload: bytes, digest: str, hashes: bytes
    ) -> bytes:
        """Sign the two hashes an embedded proof of a linted credential stands on.

        They are of the proof's options and of the document, 64 bytes (`eddsa-rdfc-2022`, 3.3.4).
        """
        if len(hashes) != HASH_BYTES:
            raise SigningRefusedError("an embedded proof stands on two hashes")
        self._check(
            key, organisation=organisation, payload=payload, digest=digest, algorithm=ED25519
        )
        return self._store_of(key).sign(key, hashes)

    def sign_list(
        self, key: SealedKey, *, organisation: str, unsigned: Mapping[str, object]
    ) -> str:
        """Sign an edition of a status list as `vc+jwt`."""
        header = vc_jwt.header(Form.ENVELOPED, key_id=key.kid)
        return self._sign_token(key, to_json(unsigned), organisation=organisation, header=header)

    def sign_token_list(
        self, key: SealedKey, *, organisation: str, claims: Mapping[str, object]
    ) -> str:
        """Sign an edition of a status list as a Status List Token."""
        header = {"kid": key.kid, "typ": token_status_lists.TYPE}
        return self._sign_token(key, to_json(claims), organisation=organisation, header=header)

    def new_list_key(self, url: str) -> tuple[bytes, bytes]:
        """Make the key of a list's permutation: wrapped data key, and the sealed key itself."""
        context = list_context(url)
        data_key, wrapped = self._wrapping.new_data_key(context=context)
        return wrapped, seal(token_bytes(32), key=data_key, context=context)

    def list_key(self, opened: OpenList) -> bytes:
        """Return the key of a list's permutation."""
        known = self._open_list_keys.get(opened.url)
        if known is None:
            context = list_context(opened.url)
            data_key = self._wrapping.unwrap(opened.wrapped_key, context=context)
            known = open_sealed(opened.sealed_key, key=data_key, context=context)
            self._open_list_keys[opened.url] = known
        return known

    def _sign_token(
        self, key: SealedKey, payload: bytes, *, organisation: str, header: Mapping[str, str]
    ) -> str:
        self._check(key, organisation=organisation, payload=payload)
        unsigned = jws.signing_input(payload, header=header)
        signature = self._store_of(key).sign(key, unsigned.encode("ascii"))
        return f"{unsigned}.{base64url.encode(signature).decode('ascii')}"

    @property
    def _making(self) -> KeyStore:
        if not self._makes_in_token:
            return self._software
        if self._hardware is None:
            raise KeyStoreError("no token is configured")
        return self._hardware

    def _store_of(self, key: SealedKey) -> KeyStore:
        if not key.is_in_token:
            return self._software
        if self._hardware is None:
            raise KeyStoreError("a token keeps this key, and none is configured")
        return self._hardware

    def _check(
        self,
        key: SealedKey,
        *,
        organisation: str,
        payload: bytes,
        digest: str | None = None,
        algorithm: str = ES256,
    ) -> None:
        if digest is not None and digest_of(payload) != digest:  # 4
            raise SigningRefusedError("the payload is not the one that was intended")
        if key.organisation != organisation or not self.can_use(key):  # 1
            raise SigningRefusedError("the key is another organisation's")
        if key.algorithm != algorithm:  # 5
            raise SigningRefusedError("the key is not for this use")
        if _issuer_in(payload) != self.issuer_of(organisation):  # 3
            raise SigningRefusedError("the payload speaks for another organisation")


def _issuer_in(payload: bytes) -> str | None:
    """Return who speaks in a credential (`issuer`) or in another token (`iss`)."""
    claims = from_json(payload)
    issuer = claims["issuer"] if "issuer" in claims else claims.get("iss")
    return issuer.get("id") if isinstance(issuer, dict) else issuer
