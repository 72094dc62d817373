"""The verifier's page: one box, one answer, for people without an account and without JavaScript.

The answer is the same object a program gets; the page only arranges it (people.md 2a).
"""

from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from services.verifier import operations
from services.verifier.intake import NothingGivenError, read_pasted
from services.verifier.routes import OwnDesk
from services.verifier.schemas.verification import TEST_BANNER, VerificationAnswer
from shared.runtime.clock import Now
from shared.runtime.pages import page

router = APIRouter()

_REFUSED: Final = 400


@router.get("/")
async def show_box(request: Request) -> Response:
    """Show the box."""
    return page(request, "box.html", missing=False)


@router.post("/")
async def show_verdict(
    request: Request,
    desk: OwnDesk,
    now: Now,
    credential: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Show the verdict on what was pasted or chosen; nothing of it is kept."""
    try:
        token = read_pasted(credential, await file.read() if file else b"")
    except NothingGivenError:
        return page(request, "box.html", status_code=_REFUSED, missing=True)
    answer = VerificationAnswer.of(await operations.verify(desk, token, now=now))
    return page(request, "verdict.html", answer=answer, token=token, banner=TEST_BANNER)
