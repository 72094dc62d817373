"""The log for everybody: checkpoint, tiles and entries, as C2SP tlog-tiles lays them out."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import PlainTextResponse, Response

from services.registry.operations import log
from shared.errors import NotFoundError
from shared.proofs.tiles import TilePathError, parse_path
from shared.runtime.problems import refusals

FOR_EVER: Final = "public, max-age=31536000, immutable"
A_MOMENT: Final = "public, max-age=1"
OCTETS: Final = "application/octet-stream"


class LogPlaceUnknownError(NotFoundError):
    """The log has no such tile, or is not that far yet."""

    code = "log-place-unknown"
    dutch = "Het logboek heeft deze tegel niet, of is nog niet zo ver."


router = APIRouter(prefix="/log", tags=["log"])


@router.get(
    "/checkpoint", response_class=PlainTextResponse, responses=refusals(LogPlaceUnknownError)
)
async def read_checkpoint(request: Request) -> Response:
    """Return how far the log is: a signed note (C2SP tlog-checkpoint)."""
    note = await log.read_checkpoint(request.app.state.database)
    if note is None:
        raise LogPlaceUnknownError
    return Response(
        note, media_type="text/plain; charset=utf-8", headers={"Cache-Control": A_MOMENT}
    )


@router.get("/tile/{place:path}", response_class=Response, responses=refusals(LogPlaceUnknownError))
async def read_tile(request: Request, place: Annotated[str, Path(max_length=80)]) -> Response:
    """Return a tile of hashes, or a bundle of entries; neither ever changes."""
    try:
        wanted = parse_path(f"tile/{place}")
    except TilePathError:
        raise LogPlaceUnknownError from None
    octets = await log.read_tile(request.app.state.database, wanted)
    if octets is None:
        raise LogPlaceUnknownError
    return Response(octets, media_type=OCTETS, headers={"Cache-Control": FOR_EVER})
