"""Handing over a receipt: as JSON, as token or as PDF, with where it is kept if it is.

Apart from the routes, because the page hands over the same; and from drawing, because here it is
decided how many wait for the drawing table.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response, status

from services.verifier.domain.receipts import MOST_WAITING, ReceiptsBusyError
from services.verifier.receipts import keeping
from services.verifier.receipts.paper import render_pdf
from services.verifier.schemas.receipts import ReceiptAnswer
from shared.proofs.receipts import SignedReceipt
from shared.runtime.language import Language, language_of

JSON: Final = "application/json"
PDF: Final = "application/pdf"
JWT: Final = "application/jwt"
FORMS: Final = {JSON: JSON, "application/*": JSON, "*/*": JSON, JWT: JWT, PDF: PDF}


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a receipt is kept, and until when."""

    address: str
    until: datetime


async def keep_receipt(request: Request, signed: SignedReceipt, *, until: datetime) -> Kept:
    """Keep a receipt until a moment; raises ReceiptsFullError."""
    async with request.app.state.database.transaction() as session:
        secret = await keeping.keep(session, signed.token, until=until)
    public_url: str = request.app.state.settings.public_url
    return Kept(f"{public_url}/v1/verifications/receipts/{secret}", until)


async def hand_over(
    request: Request,
    signed: SignedReceipt,
    *,
    form: str,
    kept: Kept | None = None,
    language: Language | None = None,
) -> Response:
    """Answer with a receipt as JSON, token or PDF; the PDF is in the reader's language."""
    headers = {"Vary": "Accept, Accept-Language"}
    code = status.HTTP_200_OK
    if kept is not None:
        headers["Location"], code = kept.address, status.HTTP_201_CREATED
    if form == JSON:
        answer = ReceiptAnswer(
            receipt=signed.token,
            content=signed.content,
            kept_until=kept.until if kept else None,
            address=kept.address if kept else None,
        )
        return Response(
            answer.model_dump_json(exclude_none=True), code, headers=headers, media_type=JSON
        )
    if form == JWT:
        return Response(signed.token, code, headers=headers, media_type=JWT)
    spoken = language or language_of(request.scope, otherwise=Language.NL)
    pdf = await _draw(request, signed, spoken)
    headers |= {
        "Content-Disposition": 'attachment; filename="receipt.pdf"',
        "Content-Language": spoken.value,
    }
    return Response(pdf, code, headers=headers, media_type=PDF)


async def _draw(request: Request, signed: SignedReceipt, language: Language) -> bytes:
    """Draw one paper at a time, for anybody may ask; raises ReceiptsBusyError."""
    state = request.app.state
    if getattr(state, "receipt_table", None) is None:
        state.receipt_table = CapacityLimiter(1)
    table: CapacityLimiter = state.receipt_table
    if table.statistics().tasks_waiting >= MOST_WAITING:
        raise ReceiptsBusyError
    return await to_thread.run_sync(partial(render_pdf, signed, language), limiter=table)
