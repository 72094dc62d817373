"""A receipt over HTTP: signed, readable, and where it is kept if it is.

Apart from the receipt itself, which says nothing of where anybody keeps it.
"""

from datetime import datetime

from pydantic import Field

from shared.contracts.receipt import Receipt
from shared.runtime.api_model import ApiAnswer


class ReceiptAnswer(ApiAnswer):
    """A signed receipt, and the same content for who cannot read one."""

    receipt: str = Field(
        description="compact JWS (ES256), `typ` verification-receipt+jwt; the key is at "
        "/.well-known/jwks.json",
        examples=["eyJhbGciOiJFUzI1NiIsInR5cCI6InZlcmlmaWNhdGlvbi1yZWNlaXB0K2p3dCJ9.e30.AA"],
    )
    content: Receipt
    kept_until: datetime | None = Field(
        default=None, description="absent unless it was asked to be kept"
    )
    address: str | None = Field(
        default=None,
        description="where it is kept; whoever has this address has the receipt",
        examples=["https://verifier.example.nl/v1/verifications/receipts/8FyN…"],
    )
