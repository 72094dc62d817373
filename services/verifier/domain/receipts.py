"""What a receipt can be refused for, and how long and how many are kept.

Separate from the making of them, because routes, pages and the record of kept ones speak of these.
"""

from datetime import timedelta
from typing import Final

from shared.errors import NotFoundError, UnavailableError

MOST_DAYS: Final = 30
"""As long as anybody needs to save a receipt; it is theirs to keep, not ours."""
MOST_KEPT: Final = 100_000
"""So many at once: some 700 MB of what strangers asked us to keep."""
MOST_WAITING: Final = 8
"""So many papers wait for the drawing table; who comes then is told to come back."""
SWEEP: Final = timedelta(minutes=10)
"""How often what has been kept long enough is wiped; it is shown to nobody before that."""


class ReceiptsClosedError(UnavailableError):
    """This verifier gives no receipts: it was given no key to sign them with."""

    code = "receipts-closed"
    dutch = (
        "Deze controleur geeft geen bevestigingen: hij heeft geen sleutel om ze te ondertekenen."
    )


class ReceiptsBusyError(UnavailableError):
    """Too many receipts are being drawn at this moment; come back, or take one without a PDF."""

    code = "receipts-busy"
    dutch = (
        "Er worden nu te veel bevestigingen opgemaakt; kom terug, of neem er een die geen PDF is."
    )


class ReceiptsFullError(UnavailableError):
    """No more receipts are kept at this moment; take this one along instead (keepDays=0)."""

    code = "receipts-full"
    dutch = "Er worden nu niet meer bevestigingen bewaard; neem deze zelf mee (keepDays=0)."


class ReceiptUnknownError(NotFoundError):
    """There is no receipt at this address, or no longer."""

    code = "receipt-unknown"
    dutch = "Op dit adres is geen bevestiging, of niet meer."
