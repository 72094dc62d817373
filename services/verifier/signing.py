"""Signing receipts: the only code of the verifier near a private key.

Apart from the making of receipts, so that nothing else can sign, and so that keys of before stay
known for as long as somebody may show a receipt.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final, Self

from services.verifier.domain.receipts import ReceiptsClosedError
from services.verifier.settings import Settings
from shared.contracts.receipt import Receipt
from shared.proofs import ProofRefusedError, receipts
from shared.proofs.keys import SigningKey, VerificationKey, parse_public_jwk
from shared.proofs.receipts import SignedReceipt
from shared.strict_json import JsonObject

_WORD: Final = b"waarmerk receipt: word for what a page carries along"


@dataclass(frozen=True, slots=True)
class ReceiptSigner:
    """Signs receipts in the name of one verifier, if it has a key; knows its keys of before."""

    verifier: str
    _key: SigningKey | None = None
    _earlier: tuple[VerificationKey, ...] = ()
    _word: bytes | None = field(default=None, repr=False)
    """The key of our word, made of the other: every server of one verifier has the same."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the signer of these settings; without a key it signs nothing."""
        given = settings.receipt_key
        return cls(
            settings.public_url,
            None if given is None else SigningKey.read_jwk(given.get_secret_value()),
            tuple(map(parse_public_jwk, settings.receipt_other_keys)),
            None
            if given is None
            else hmac.digest(given.get_secret_value().encode(), _WORD, "sha256"),
        )

    @property
    def is_open(self) -> bool:
        """Say whether this verifier gives receipts."""
        return self._key is not None

    def key_set(self) -> JsonObject:
        """Return the keys that receipts of this verifier were ever signed with (RFC 7517)."""
        return receipts.key_set(self._known)

    def read(self, token: str) -> SignedReceipt:
        """Read back a receipt of ours, or raise ReceiptsClosedError: its key is known no more."""
        known = {key.thumbprint: key for key in self._known}
        try:
            return receipts.read_receipt(token, keys=known)
        except ProofRefusedError:
            raise ReceiptsClosedError from None

    def sign(self, content: Receipt) -> SignedReceipt:
        """Sign a receipt, or raise ReceiptsClosedError; some tenths of a millisecond."""
        if self._key is None:
            raise ReceiptsClosedError
        return receipts.sign_receipt(content, key=self._key)

    def word_for(self, statement: bytes) -> str:
        """Give our word for what a page carries along (RFC 2104); without a key there is none."""
        if self._word is None:
            raise ReceiptsClosedError
        return hmac.digest(self._word, statement, "sha256").hex()

    def is_own_word(self, word: str, statement: bytes) -> bool:
        """Tell whether we gave our word for this."""
        return self.is_open and hmac.compare_digest(
            self.word_for(statement).encode(), word.encode()
        )

    @property
    def _known(self) -> tuple[VerificationKey, ...]:
        present = () if self._key is None else (self._key.public,)
        return (*present, *self._earlier)
