"""The verifier over HTTP: one question, no account, always a verdict."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from services.verifier import operations
from services.verifier.domain.handed import SeveralFoundError
from services.verifier.intake import JSON, MOST_BYTES, RAW, NothingGivenError, read_body
from services.verifier.operations import Desk
from services.verifier.schemas.examples import ANSWER, CREDENTIAL
from services.verifier.schemas.verification import VerificationAnswer, WantedVerification
from shared.runtime.clock import read_clock
from shared.runtime.openapi import schema_of
from shared.runtime.problems import TooLargeError, UnsupportedMediaTypeError, refusals

router = APIRouter(prefix="/verifications", tags=["verifications"])

_TEXT: Final[dict[str, Any]] = {"schema": {"type": "string"}, "example": CREDENTIAL}
_FILE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_TEXTS: Final = ("text/plain", "application/jwt", "application/vc+jwt")
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": (
            "The credential, as it was given to you: a token, a document with its proof, a "
            "presentation, a picture or PDF that holds it, or a photo of its QR code. What it is, "
            "is told by its content and not by its media type."
        ),
        "content": {
            JSON: {
                "schema": schema_of(WantedVerification),
                "example": {"credential": CREDENTIAL},
            },
            **{kind: _TEXT if kind in _TEXTS else _FILE for kind in RAW},
        },
    }
}


async def find_desk(request: Request) -> Desk:
    """Return what this process verifies with."""
    desk: Desk = request.app.state.desk
    return desk


OwnDesk = Annotated[Desk, Depends(find_desk)]


@router.post(
    "",
    response_model=VerificationAnswer,
    max_body_size=MOST_BYTES,
    openapi_extra=_BODY,
    responses={
        **refusals(NothingGivenError, SeveralFoundError, TooLargeError, UnsupportedMediaTypeError),
        200: {"content": {JSON: {"example": ANSWER}}},
    },
)
async def verify_credential(request: Request) -> Response:
    """Judge a credential: always a verdict, also on what turns out not to be one."""
    # Takes the request and makes the answer itself, so that nothing stands between (`RouteTable`).
    given = read_body(await request.body(), media_type=request.headers.get("content-type", ""))
    desk, now = await find_desk(request), await read_clock(request)
    verified = await operations.verify_one(desk, given.content, asked=given.asked, now=now)
    request.app.state.counts.note(verified)
    return Response(VerificationAnswer.of(verified.verification).as_json(), media_type=JSON)
