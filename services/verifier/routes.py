"""The verifier over HTTP: one question, no account, always a verdict."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.verifier import operations
from services.verifier.domain.handed import SeveralFoundError
from services.verifier.intake import BODY, JSON, MOST_BYTES, NothingGivenError, read_body
from services.verifier.operations import Desk
from services.verifier.schemas.examples import ANSWER
from services.verifier.schemas.verification import VerificationAnswer
from services.verifier.schemas.written import write_answer
from services.verifier.shares.book import note_visitor
from shared.runtime.clock import read_clock
from shared.runtime.problems import TooLargeError, UnsupportedMediaTypeError, refusals

router = APIRouter(prefix="/verifications", tags=["verifications"])


async def find_desk(request: Request) -> Desk:
    """Return what this process verifies with."""
    desk: Desk = request.app.state.desk
    return desk


OwnDesk = Annotated[Desk, Depends(find_desk)]


@router.post(
    "",
    response_model=VerificationAnswer,
    max_body_size=MOST_BYTES,
    openapi_extra=BODY,
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
    note_visitor(request.scope)
    verified = await operations.verify_one(
        desk, given.content, asked=given.asked, log_proof=given.log_proof, now=now
    )
    request.app.state.counts.note(verified)
    return Response(write_answer(verified.verification), media_type=JSON)
