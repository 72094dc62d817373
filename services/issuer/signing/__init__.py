"""Signing: the only code near a private key.

`Signer` is the wall that every signature passes; beneath it a `KeyStore` keeps the private halves,
sealed in our database (`SoftwareStore`) or inside a PKCS#11 token (`TokenStore`). The wall is one,
so that no store can be reached around it.
"""

from services.issuer.signing.forms import digest_in, token
from services.issuer.signing.signer import NewKey, Signer, SigningRefusedError
from services.issuer.signing.stores import KeyStore, KeyStoreError, SoftwareStore
from services.issuer.signing.tokens import TokenPlace, TokenStore

__all__ = [
    "KeyStore",
    "KeyStoreError",
    "NewKey",
    "Signer",
    "SigningRefusedError",
    "SoftwareStore",
    "TokenPlace",
    "TokenStore",
    "digest_in",
    "token",
]
