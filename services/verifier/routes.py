"""The verifier over HTTP: one question, no account, always a verdict."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from services.verifier import operations
from services.verifier.intake import JSON, RAW, NothingGivenError, read_body
from services.verifier.operations import Desk
from services.verifier.schemas.examples import ANSWER, CREDENTIAL
from services.verifier.schemas.verification import VerificationAnswer, WantedVerification
from shared.runtime.clock import read_clock
from shared.runtime.problems import TooLargeError, UnsupportedMediaTypeError, refusals

router = APIRouter(prefix="/verifications", tags=["verifications"])

_TEXT: Final[dict[str, Any]] = {"schema": {"type": "string"}, "example": CREDENTIAL}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The credential, as it was given to you.",
        "content": {
            JSON: {
                "schema": WantedVerification.model_json_schema(),
                "example": {"credential": CREDENTIAL},
            },
            **dict.fromkeys(RAW, _TEXT),
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
    openapi_extra=_BODY,
    responses={
        **refusals(NothingGivenError, TooLargeError, UnsupportedMediaTypeError),
        200: {"content": {JSON: {"example": ANSWER}}},
    },
)
async def verify_credential(request: Request) -> Response:
    """Judge a credential: always a verdict, also on what turns out not to be one."""
    # Takes the request and makes the answer itself, so that nothing stands between (`RouteTable`).
    token = read_body(await request.body(), media_type=request.headers.get("content-type", ""))
    desk, now = await find_desk(request), await read_clock(request)
    verification = await operations.verify(desk, token, now=now)
    return Response(VerificationAnswer.of(verification).as_json(), media_type=JSON)
