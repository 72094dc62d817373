"""Receipts over HTTP: verify and sign in one go, fetch what is kept, wipe it, read the keys.

Apart from the verifications, which keep nothing and sign nothing. Whoever has the address of a kept
receipt may read and wipe it: it ends in a secret, and stands in no log, for paths are logged as
their templates.
"""

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from pydantic_core import to_json

from services.verifier import operations
from services.verifier.domain.handed import SeveralFoundError
from services.verifier.domain.receipts import (
    MOST_DAYS,
    ReceiptsBusyError,
    ReceiptsClosedError,
    ReceiptsFullError,
    ReceiptUnknownError,
)
from services.verifier.intake import BODY, MOST_BYTES, NothingGivenError
from services.verifier.operations import Desk
from services.verifier.receipts import keeping
from services.verifier.receipts.answering import FORMS, JWT, PDF, hand_over, keep_receipt
from services.verifier.receipts.making import make_receipt
from services.verifier.receipts.uploads import FORM, read_handed
from services.verifier.schemas.receipts import ReceiptAnswer
from services.verifier.schemas.verification import VerificationAnswer
from services.verifier.shares.book import note_visitor
from services.verifier.signing import ReceiptSigner
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.runtime.negotiation import choose_form
from shared.runtime.problems import (
    NotAcceptableError,
    TooLargeError,
    UnsupportedMediaTypeError,
    refusals,
)

KEYS_MAX_AGE: Final = 300
_SHOWN: Final[dict[str, Any]] = {
    "content": {
        JWT: {"schema": {"type": "string"}, "example": "eyJhbGciOiJFUzI1NiJ9.e30.AA"},
        PDF: {"schema": {"type": "string", "format": "binary"}},
    }
}
"""A receipt in the forms besides JSON, for OpenAPI."""

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        **BODY["requestBody"],
        "content": {
            **BODY["requestBody"]["content"],
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}
"""What can be handed in, and a form with one file: the receipt then states that file."""

router = APIRouter(prefix="/verifications/receipts", tags=["receipts"])
keys_router = APIRouter()

Secret = Annotated[
    str,
    Path(pattern=r"^[A-Za-z0-9_-]{43}$", description="the secret end of the receipt's address"),
]


async def find_signer(request: Request) -> ReceiptSigner:
    """Return who signs receipts here; it may have no key."""
    signer: ReceiptSigner = request.app.state.receipts
    return signer


async def find_desk(request: Request) -> Desk:
    """Return what this process verifies with."""
    desk: Desk = request.app.state.desk
    return desk


OwnSigner = Annotated[ReceiptSigner, Depends(find_signer)]
OwnDesk = Annotated[Desk, Depends(find_desk)]


@router.post(
    "",
    response_model=ReceiptAnswer,
    max_body_size=MOST_BYTES,
    openapi_extra=_BODY,
    responses={
        **refusals(
            NothingGivenError,
            SeveralFoundError,
            NotAcceptableError,
            TooLargeError,
            UnsupportedMediaTypeError,
            ReceiptsClosedError,
            ReceiptsBusyError,
            ReceiptsFullError,
        ),
        status.HTTP_200_OK: _SHOWN,
        status.HTTP_201_CREATED: {"model": ReceiptAnswer, **_SHOWN},
    },
)
async def make_verification_receipt(
    request: Request,
    signer: OwnSigner,
    desk: OwnDesk,
    now: Now,
    *,
    with_person: Annotated[
        bool, Query(alias="withPerson", description="put name and result of the person in it")
    ] = False,
    keep_days: Annotated[
        int,
        Query(alias="keepDays", ge=0, le=MOST_DAYS, description="keep it for so many days; 0: not"),
    ] = 0,
) -> Response:
    """Verify a credential and give a signed receipt of that; nothing is kept unless asked."""
    form = choose_form(request.headers.get("accept"), FORMS)
    if not signer.is_open:
        raise ReceiptsClosedError
    note_visitor(request.scope)
    given, file = await read_handed(request)
    verified = await operations.verify_one(
        desk, given.content, asked=given.asked, log_proof=given.log_proof, now=now
    )
    signed = await make_receipt(
        signer,
        VerificationAnswer.of(verified.verification),
        handed=given.content,
        found=verified.found,
        file=file,
        with_person=with_person,
        now=now,
    )
    kept = None
    if keep_days:
        kept = await keep_receipt(request, signed, until=now + timedelta(days=keep_days))
    return await hand_over(request, signed, form=form, kept=kept)


@router.get(
    "/{secret}",
    response_model=ReceiptAnswer,
    responses={
        **refusals(ReceiptUnknownError, NotAcceptableError, ReceiptsClosedError, ReceiptsBusyError),
        status.HTTP_200_OK: _SHOWN,
    },
)
async def read_kept_receipt(
    request: Request, secret: Secret, signer: OwnSigner, now: Now
) -> Response:
    """Return a receipt that was asked to be kept, until its time is up."""
    form = choose_form(request.headers.get("accept"), FORMS)
    async with request.app.state.database.transaction() as session:
        found = await keeping.find(session, secret, now=now)
    return await hand_over(request, signer.read(found), form=form)


@router.delete(
    "/{secret}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ReceiptUnknownError),
)
async def wipe_kept_receipt(secret: Secret, session: Session, now: Now) -> None:
    """Wipe a kept receipt before its time is up."""
    await keeping.forget(session, secret, now=now)


@keys_router.get("/.well-known/jwks.json")
async def read_receipt_keys(signer: OwnSigner) -> Response:
    """Return the keys that receipts are and were signed with, for everybody to keep."""
    return Response(
        to_json(signer.key_set()),
        media_type="application/jwk-set+json",
        headers=public_headers(max_age=KEYS_MAX_AGE),
    )
