"""Signing: the only code near a private key.

Separate, so that the third wall between organisations (after the token and row-level security)
stands where the key is. Before a key signs, these hold:

1. the key is the acting organisation's, and its id says so;
2. it opens only for that organisation and key id (AES-GCM authenticates `OIN|kid`);
3. the payload names that organisation's DID as its issuer;
4. the payload is the one that was linted: its SHA-256 is the intent's.

Signatures are made on the event loop: one takes 0.05 ms, less than handing it to a thread.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes

from pydantic_core import from_json, to_json

from services.issuer.credential import digest_of
from services.issuer.domain import SealedKey, Signatures
from services.issuer.status import OpenList, list_context
from shared.contracts.events import IssuerKey
from shared.contracts.identifiers import did_web
from shared.proofs import base64url, jws, vc_jwt
from shared.proofs.did_documents import key_id
from shared.proofs.keys import ALGORITHM, SigningKey
from shared.proofs.sealing import KeyEncryptionKey, open_sealed, seal
from shared.proofs.vc_jwt import Form

MOST_KEYS_OPEN = 1000


class SigningRefusedError(Exception):
    """The signer was asked for a signature it must not make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made: what the world may see, and what is stored."""

    public: IssuerKey
    sealed: SealedKey


class Signer:
    """Signs what was linted, with the key of the organisation it is for."""

    def __init__(self, *, key_encryption_key: KeyEncryptionKey, public_url: str) -> None:
        self._wrapping = key_encryption_key
        self.public_url = public_url
        self._open_keys: OrderedDict[str, SigningKey] = OrderedDict()
        self._open_list_keys: dict[str, bytes] = {}

    def issuer_of(self, organisation: str) -> str:
        """Return the DID under which an organisation issues here."""
        return did_web(self.public_url, organisation)

    def can_use(self, key: SealedKey) -> bool:
        """Tell whether the key was made for the address we issue from; a move asks for new keys."""
        return key.kid.startswith(f"{self.issuer_of(key.organisation)}#")

    def new_key(self, organisation: str, *, now: datetime) -> NewKey:
        """Make a signing key for an organisation, sealed to it."""
        key = SigningKey.generate()
        issuer = self.issuer_of(organisation)
        kid = key_id(issuer, key.public)
        context = _key_context(organisation, kid)
        data_key, wrapped = self._wrapping.new_data_key(context=context)
        sealed = SealedKey(
            kid=kid,
            organisation=organisation,
            wrapped_key=wrapped,
            sealed_private=seal(key.store(), key=data_key, context=context),
        )
        public = IssuerKey(
            kid=kid,
            issuer=issuer,
            organisation=organisation,
            public_jwk=key.public.jwk,
            published_at=now,
        )
        return NewKey(public=public, sealed=sealed)

    def sign_credential(
        self, key: SealedKey, *, organisation: str, payload: bytes, digest: str
    ) -> Signatures:
        """Sign both forms of a linted credential; signing it twice gives the same signatures."""
        if digest_of(payload) != digest:  # 4
            raise SigningRefusedError("the payload is not the one that was intended")
        private = self._key_for(key, organisation=organisation, payload=payload)
        return Signatures(
            kid=key.kid,
            jwt=_signature(private, payload, form=Form.OPEN_BADGES, kid=key.kid),
            enveloped=_signature(private, payload, form=Form.ENVELOPED, kid=key.kid),
        )

    def sign_list(
        self, key: SealedKey, *, organisation: str, unsigned: Mapping[str, object]
    ) -> str:
        """Sign an edition of a status list as `vc+jwt`."""
        payload: bytes = to_json(unsigned)
        private = self._key_for(key, organisation=organisation, payload=payload)
        return jws.sign(payload, key=private, header=vc_jwt.header(Form.ENVELOPED, key_id=key.kid))

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

    def _key_for(self, key: SealedKey, *, organisation: str, payload: bytes) -> SigningKey:
        issuer = self.issuer_of(organisation)
        if key.organisation != organisation or not self.can_use(key):  # 1
            raise SigningRefusedError("the key is another organisation's")
        if _issuer_in(payload) != issuer:  # 3
            raise SigningRefusedError("the payload speaks for another organisation")
        return self._opened(key)

    def _opened(self, key: SealedKey) -> SigningKey:
        known = self._open_keys.get(key.kid)
        if known is None:
            context = _key_context(key.organisation, key.kid)  # 2
            data_key = self._wrapping.unwrap(key.wrapped_key, context=context)
            known = SigningKey.load(open_sealed(key.sealed_private, key=data_key, context=context))
            self._open_keys[key.kid] = known
            if len(self._open_keys) > MOST_KEYS_OPEN:
                self._open_keys.popitem(last=False)
        return known


def token(payload: bytes, *, form: Form, signatures: Signatures) -> str:
    """Put a signed form together again: header, payload, signature."""
    signature = signatures.jwt if form is Form.OPEN_BADGES else signatures.enveloped
    unsigned = _signing_input(payload, form=form, kid=signatures.kid)
    return f"{unsigned}.{base64url.encode(signature).decode('ascii')}"


def _signature(private: SigningKey, payload: bytes, *, form: Form, kid: str) -> bytes:
    return private.sign(_signing_input(payload, form=form, kid=kid).encode("ascii"))


def _signing_input(payload: bytes, *, form: Form, kid: str) -> str:
    header = {"alg": ALGORITHM, **vc_jwt.header(form, key_id=kid)}
    return jws.signing_input(payload, header=header)


def _key_context(organisation: str, kid: str) -> bytes:
    return f"{organisation}|{kid}".encode()


def _issuer_in(payload: bytes) -> str | None:
    issuer = from_json(payload).get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer
