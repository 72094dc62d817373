"""The pages: the box, the verdict, several verdicts, and a receipt to take along.

Every answer is to a form that was posted, so no address says anything of anybody.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from services.verifier import operations
from services.verifier.domain import words
from services.verifier.intake import MOST_BYTES, NothingGivenError
from services.verifier.pages.handing import Given, HandedIn, write_again, write_origin
from services.verifier.pages.telling import Shown, choose, count_looks, judge
from services.verifier.receipts.answering import PDF, hand_over
from services.verifier.receipts.making import make_receipt
from services.verifier.receipts.routes import OwnSigner
from services.verifier.routes import OwnDesk
from services.verifier.schemas.verification import TEST_BANNER
from shared.runtime.clock import Now
from shared.runtime.pages import page, read_language

router = APIRouter()

_REFUSED: Final = 400


@router.get("/")
async def show_box(request: Request) -> Response:
    """Show the box."""
    return page(request, "box.html", missing=False)


@router.post("/", max_body_size=MOST_BYTES)
async def show_verdict(
    request: Request, given: HandedIn, desk: OwnDesk, signer: OwnSigner, now: Now
) -> Response:
    """Show the verdict on what was handed in, or each of them; nothing of it is kept."""
    if not given.items:
        return page(request, "box.html", status_code=_REFUSED, missing=True)
    shown = await judge(desk, given, now=now)
    carried = {
        "again": [(write_again(one.item), write_origin(signer, one)) for one in given.items],
        "asked": given.asked,
        "banner": TEST_BANNER,
        "words": words,
        "address": request.app.state.settings.public_url,
    }
    number = choose(shown, given.wanted)
    if number is None:
        return page(
            request, "verdicts.html", shown=shown, number=None, counts=count_looks(shown), **carried
        )
    return page(
        request,
        "verdict.html",
        one=shown[number - 1],
        number=number,
        total=len(shown),
        gives_receipts=signer.is_open,
        gives_codes=operations.gives_codes(desk),
        **carried,
    )


@router.post("/receipts", max_body_size=MOST_BYTES)
async def give_receipt(
    request: Request,
    given: HandedIn,
    desk: OwnDesk,
    signer: OwnSigner,
    now: Now,
    *,
    with_person: Annotated[bool, Form(alias="withPerson")] = False,
) -> Response:
    """Verify once more, and give a signed receipt of that as a PDF; it is kept nowhere."""
    one = await find_one(given, desk, now)
    handed = one.handed
    if handed is None:
        raise NothingGivenError
    signed = await make_receipt(
        signer,
        one.answer,
        handed=handed.text.encode(errors="replace"),
        found=one.found,
        file=one.piece.file,
        with_person=with_person,
        now=now,
    )
    return await hand_over(request, signed, form=PDF, language=read_language(request))


async def find_one(given: Given, desk: OwnDesk, now: Now) -> Shown:
    """Return the one verdict that is wanted, made anew; raises NothingGivenError."""
    shown = await judge(desk, given, now=now)
    number = choose(shown, given.wanted)
    if number is None:
        raise NothingGivenError
    return shown[number - 1]
