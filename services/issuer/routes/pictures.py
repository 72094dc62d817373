"""Pictures of microcredentials over HTTP, for everybody to show and keep.

Apart from the credentials baked into them, which only their organisation gets.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.issuer.operations import pictures
from services.issuer.operations.pictures import PictureFormat
from services.issuer.routes.forms import OUR_OWN_PICTURE
from shared.runtime.database import Session
from shared.runtime.http import public_headers

PICTURE_MAX_AGE = 86_400

router = APIRouter(prefix="/pictures", tags=["pictures"])

Version = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/{microcredential_id}/{version}.png")
async def show_png(microcredential_id: UUID, version: Version, session: Session) -> Response:
    """Show a version of a microcredential as PNG."""
    return await _show(session, microcredential_id, version, PictureFormat.PNG)


@router.get("/{microcredential_id}/{version}.svg")
async def show_svg(microcredential_id: UUID, version: Version, session: Session) -> Response:
    """Show a version of a microcredential as SVG."""
    return await _show(session, microcredential_id, version, PictureFormat.SVG)


async def _show(
    session: Session, microcredential_id: UUID, version: int, wanted: PictureFormat
) -> Response:
    drawn = await pictures.draw_microcredential(session, microcredential_id, version, wanted=wanted)
    headers = public_headers(max_age=PICTURE_MAX_AGE) | OUR_OWN_PICTURE
    return Response(drawn, media_type=wanted.value, headers=headers)
