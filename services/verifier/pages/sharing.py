"""Sharing for people: make a link on the page of a verdict, open one, and end one.

Apart from checking, which keeps nothing. No page here has a key in its address: the result stands
in the answer to a form, and what a link has after # is brought to the box by the reader's own
browser, with our script or by pasting.
"""

from typing import Annotated, Final

import segno
from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from services.verifier import operations
from services.verifier.domain.shares import LEAST_DAYS, MOST_DAYS, USUAL_DAYS, ShareNotFoundError
from services.verifier.intake import MOST_BYTES, NothingGivenError
from services.verifier.operations import WantedShare
from services.verifier.pages.checking import find_one
from services.verifier.pages.handing import HandedIn
from services.verifier.routes import OwnDesk
from services.verifier.share_routes import show_share
from shared.runtime.clock import Now
from shared.runtime.pages import page, read_language, root_of

router = APIRouter()

_REFUSED: Final = 400
_SEE_OTHER: Final = 303
_QR_SCALE: Final = 4


@router.post("/shares", max_body_size=MOST_BYTES)
async def show_new_share(
    request: Request,
    given: HandedIn,
    desk: OwnDesk,
    now: Now,
    *,
    days: Annotated[int, Form(ge=LEAST_DAYS, le=MOST_DAYS)] = USUAL_DAYS,
    with_code: Annotated[bool, Form(alias="withCode")] = False,
) -> Response:
    """Share the credential of a verdict, and show its link once."""
    one = await find_one(given, desk, now)
    if one.handed is None:
        raise NothingGivenError
    wanted = WantedShare(days=days, with_code=with_code)
    shared = await operations.share_handed(desk, one.handed, wanted, now=now)
    answer = show_share(shared, root=request.app.state.settings.public_url)
    code = segno.make(answer.link, error="m", micro=False)
    return page(
        request,
        "shared.html",
        share=answer,
        qr=code.svg_data_uri(scale=_QR_SCALE, dark="#000", light="#fff"),
    )


@router.get("/shares")
async def leave_share(request: Request) -> Response:
    """Send whoever comes back to this address to the box: a link is shown once."""
    query = f"?lang={read_language(request).value}" if "lang" in request.query_params else ""
    return RedirectResponse(f"{root_of(request)}/{query}", _SEE_OTHER)


@router.get("/s/{shareId}")
async def show_link(
    request: Request, share_id: Annotated[str, Path(alias="shareId", max_length=100)]
) -> Response:
    """Explain how to open a link; we do not even look up what is in its path."""
    root: str = request.app.state.settings.public_url
    answer = page(request, "link.html", address=f"{root}/s/{share_id}")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@router.get("/withdrawals")
async def show_withdrawal(request: Request) -> Response:
    """Show where a link is ended by who made it."""
    return page(request, "withdrawal.html", state="")


@router.post("/withdrawals")
async def withdraw_link(
    request: Request,
    desk: OwnDesk,
    now: Now,
    *,
    link: Annotated[str, Form(max_length=2_000)] = "",
    withdrawal: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """End a link, or say that this is not its secret."""
    # Also a whole link: of that only what stands before # is used.
    share_id = link.strip().partition("#")[0].rstrip("/").rpartition("/")[2]
    try:
        await operations.withdraw(desk, share_id, withdrawal.strip(), now=now)
    except ShareNotFoundError:
        return page(request, "withdrawal.html", status_code=_REFUSED, state="refused")
    return page(request, "withdrawal.html", state="done")
