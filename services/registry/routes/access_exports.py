"""A learner's access over HTTP: everything the register has of them, as JSON or as a PDF."""

from functools import partial
from typing import Annotated, Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.registry.domain.access_exports import ExportsClosedError
from services.registry.domain.consultations import SearchClosedError
from services.registry.domain.profiles import LegalProfile
from services.registry.operations import access_exports, export_papers
from services.registry.operations.access_exports import ExportSigner
from services.registry.routes.consultations import (
    FOR_LEARNERS,
    OpenCounter,
    OwnSettings,
    asking_of,
)
from services.registry.schemas.access_exports import (
    ExportAnswer,
    ExportKeys,
    ExportRequest,
    SignedExport,
)
from shared.proofs.pseudonyms import IdentifierRefusedError
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.language import Language, language_of
from shared.runtime.negotiation import choose_form
from shared.runtime.problems import NotAcceptableError, refusals

JSON: Final = "application/json"
PDF: Final = "application/pdf"
_ANSWERS: Final = {JSON: JSON, "application/*": JSON, "*/*": JSON, PDF: PDF}

_SHOWN: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
}

router = APIRouter(tags=["privacy"])

LearnersCounter = Annotated[Caller, Depends(caller_with(FOR_LEARNERS))]


def open_signer(request: Request) -> ExportSigner:
    """Return who signs exports here, or say that nobody does."""
    return ExportSigner.of(request.app.state.settings)


def drawing_table(request: Request) -> CapacityLimiter:
    """Return what lets one paper be drawn at a time: a large one takes much memory."""
    state = request.app.state
    if getattr(state, "drawing_table", None) is None:
        state.drawing_table = CapacityLimiter(1)
    table: CapacityLimiter = state.drawing_table
    return table


OpenSigner = Annotated[ExportSigner, Depends(open_signer)]


@router.post(
    "/access-exports",
    response_model=SignedExport,
    responses=_SHOWN
    | refusals(IdentifierRefusedError, SearchClosedError, ExportsClosedError, NotAcceptableError),
)
async def export_learner(
    request: Request,
    wanted: ExportRequest,
    caller: LearnersCounter,
    counter: OpenCounter,
    signer: OpenSigner,
    settings: OwnSettings,
    now: Now,
) -> Response:
    """Show everything there is about a learner, signed; as a PDF for who accepts that."""
    kind = choose_form(request.headers.get("accept"), _ANSWERS)
    async with request.app.state.database.transaction() as session:
        export = await access_exports.export_learner(
            session,
            counter,
            wanted.learner.identifier,
            profile=LegalProfile(settings.legal_profile),
            asking=asking_of(request, caller, now),
        )
    # What is shown is in the log by now; nobody waits for the drawing with a connection in hand.
    said = ExportAnswer.of(export, public_url=settings.public_url).as_json()
    signature = signer.sign(said)
    headers = {"Vary": "Accept, Accept-Language"}
    if kind == JSON:
        return JSONResponse({"export": said, "signature": signature}, headers=headers)
    language = language_of(request.scope, otherwise=Language.NL)
    draw = partial(export_papers.draw, said, signature, language)
    pdf = await to_thread.run_sync(draw, limiter=drawing_table(request))
    headers |= {
        "Content-Disposition": 'attachment; filename="access-export.pdf"',
        "Content-Language": language.value,
    }
    return Response(pdf, media_type=PDF, headers=headers)


@router.get("/access-export-keys", responses=refusals(ExportsClosedError))
async def read_access_export_keys(signer: OpenSigner) -> ExportKeys:
    """Return the keys that exports are signed with, for everybody."""
    return ExportKeys.model_validate(signer.key_set())
