"""Making a receipt of a verification that was done just now.

Separate from what it says and how it looks: this is all that a route or a page has to call.
"""

from datetime import datetime
from uuid import uuid4

from anyio import to_thread

from services.verifier.receipts.claims import describe
from services.verifier.schemas.verification import VerificationAnswer
from services.verifier.signing import ReceiptSigner
from shared.contracts.receipt import SaidFile
from shared.proofs.receipts import SignedReceipt


async def make_receipt(
    signer: ReceiptSigner,
    answer: VerificationAnswer,
    *,
    handed: bytes,
    found: str | None,
    file: SaidFile | None = None,
    with_person: bool,
    now: datetime,
) -> SignedReceipt:
    """Sign a receipt off the event loop, or raise ReceiptsClosedError; nothing is kept of it.

    `handed` is what somebody handed in, `found` the credential that was found in it, if any, and
    `file` the file it all came in, if it was one.
    """

    def sign() -> SignedReceipt:
        content = describe(
            answer,
            verifier=signer.verifier,
            receipt_id=uuid4(),
            handed=handed,
            found=found,
            file=file,
            with_person=with_person,
            now=now,
        )
        return signer.sign(content)

    return await to_thread.run_sync(sign)
