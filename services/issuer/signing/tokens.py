"""Keys inside a PKCS#11 token: made there, used there, and never shown.

A key is found by its `CKA_ID`, which is its thumbprint (32 bytes), and by its label, which names
the organisation: a key whose label says another one is not found. ES256 is raw ECDSA over the
SHA-256 of the message (R||S, PKCS#11 v3.0 2.3.6); Ed25519 is made where the token has EdDSA.

A session is opened when it is first needed and again when the token was away. In a token one
signature takes its time, so a process pool opens its own: nothing of a session crosses a fork.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from services.issuer.domain.keys import ED25519, ES256, SealedKey
from services.issuer.signing.stores import MOST_KEYS_OPEN, KeyStoreError, MadeKey
from shared.proofs import base64url
from shared.proofs.did_documents import key_id
from shared.proofs.ed25519 import Ed25519VerificationKey
from shared.proofs.keys import VerificationKey
from shared.proofs.public_keys import PublicKey

_POINT_BYTES: Final = 65
_EDWARDS_BYTES: Final = 32
# The name of the curve as PKCS#11 v3.0 2.3.5 writes it: a DER PrintableString.
_EDWARDS_CURVE: Final = b"\x13\x0cedwards25519"
_SECRET: Final = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """Where a token is: the module that speaks to it, its label, and its PIN."""

    module: str
    label: str
    pin: str = field(repr=False)


class TokenStore:
    """Keys in one PKCS#11 token; one session per process, one signature at a time."""

    def __init__(self, place: TokenPlace) -> None:
        self._place = place
        self._guard = threading.RLock()
        self._session: Any = None
        self._found: OrderedDict[str, Any] = OrderedDict()

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Return what the token can do."""
        with self._guard:
            known = self._opened().token.slot.get_mechanisms()
        can_edwards = {Mechanism.EDDSA, Mechanism.EC_EDWARDS_KEY_PAIR_GEN} <= set(known)
        return (ES256, ED25519) if can_edwards else (ES256,)

    def make(self, algorithm: str, *, organisation: str, issuer: str) -> MadeKey:
        """Make a key inside the token; only its public half comes out."""
        with self._guard:
            try:
                shown, private = self._generate(algorithm, label=_label(organisation))
                public = _public_key(algorithm, shown[Attribute.EC_POINT])
                name = base64url.decode_text(public.thumbprint)
                shown[Attribute.ID] = name
                private[Attribute.ID] = name
            except pkcs11.PKCS11Error as error:
                self._forget()
                raise KeyStoreError("the token made no key") from error
        return MadeKey(public=public, kid=key_id(issuer, public))

    def sign(self, key: SealedKey, message: bytes) -> bytes:
        """Sign inside the token; when it was away meanwhile, once more in a new session."""
        with self._guard:
            try:
                return self._sign(key, message)
            except pkcs11.PKCS11Error:
                self._forget()
            try:
                return self._sign(key, message)
            except pkcs11.PKCS11Error as error:
                self._forget()
                raise KeyStoreError("the token does not sign") from error

    def close(self) -> None:
        """Close the session."""
        with self._guard:
            self._forget()

    def _sign(self, key: SealedKey, message: bytes) -> bytes:
        private = self._find(key)
        if key.algorithm == ES256:
            digest = hashlib.sha256(message).digest()
            return bytes(private.sign(digest, mechanism=Mechanism.ECDSA))
        return bytes(private.sign(message, mechanism=Mechanism.EDDSA))

    def _find(self, key: SealedKey) -> Any:  # noqa: ANN401 — the library's objects have no types
        known = self._found.get(key.kid)
        if known is None:
            wanted = {
                Attribute.CLASS: ObjectClass.PRIVATE_KEY,
                Attribute.ID: base64url.decode_text(key.thumbprint),
                Attribute.LABEL: _label(key.organisation),
            }
            known = next(iter(self._opened().get_objects(wanted)), None)
            if known is None:
                raise KeyStoreError("the token has no such key of this organisation")
            self._found[key.kid] = known
            if len(self._found) > MOST_KEYS_OPEN:
                self._found.popitem(last=False)
        return known

    def _generate(self, algorithm: str, *, label: str) -> tuple[Any, Any]:
        kind = KeyType.EC if algorithm == ES256 else KeyType.EC_EDWARDS
        curve = encode_named_curve_parameters("secp256r1") if kind is KeyType.EC else _EDWARDS_CURVE
        session = self._opened()
        parameters = session.create_domain_parameters(
            kind, {Attribute.EC_PARAMS: curve}, local=True
        )
        made = parameters.generate_keypair(
            store=True,
            label=label,
            mechanism=None if kind is KeyType.EC else Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            private_template=_SECRET,
        )
        return made[0], made[1]

    def _opened(self) -> Any:  # noqa: ANN401 — the library's objects have no types
        if self._session is None:
            try:
                library = pkcs11.lib(self._place.module)
                token = library.get_token(token_label=self._place.label)
                try:
                    self._session = token.open(rw=True, user_pin=self._place.pin)
                except pkcs11.UserAlreadyLoggedIn:  # who logs in does so for the whole process
                    self._session = token.open(rw=True)
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
                raise KeyStoreError("the token does not open") from error
        return self._session

    def _forget(self) -> None:
        session, self._session = self._session, None
        self._found.clear()
        if session is not None:
            try:
                session.close()
            except pkcs11.PKCS11Error:
                return


def _label(organisation: str) -> str:
    return f"waarmerk {organisation}"


def _public_key(algorithm: str, point: bytes) -> PublicKey:
    """Read a public key from `CKA_EC_POINT`: a DER string around the point."""
    if algorithm == ED25519:
        return Ed25519VerificationKey(point[-_EDWARDS_BYTES:])
    curve = ec.SECP256R1()
    public = ec.EllipticCurvePublicKey.from_encoded_point(curve, point[-_POINT_BYTES:])
    return VerificationKey(ECKey.import_key(public))
