"""Files of batches on their way in and out: pieces of a body, a place to seek in, a download.

Apart from the routes, because no file is ever whole in memory, in neither direction.
"""

import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import IO, BinaryIO, Final, cast

from anyio import to_thread
from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from shared.runtime.faults import Place, RequestFault
from shared.runtime.negotiation import choose_form
from shared.runtime.problems import (
    InvalidRequestError,
    UnsupportedMediaTypeError,
)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
FORM: Final = "multipart/form-data"
CHUNK: Final = 256 * 1024
IN_MEMORY: Final = 4 * 1024 * 1024
_UNREADABLE: Final = 400
Mapped = Mapping[str, str | None]
Chunks = Callable[[], Awaitable[bytes]]
_MAPPING: Final = TypeAdapter(dict[str, str | None])


def read_mapping(text: str | None) -> Mapped:
    """Read which column holds what, as its sender says."""
    if text is None:
        return {}
    try:
        return _MAPPING.validate_json(text)
    except ValidationError:
        fault = RequestFault(
            Place.QUERY,
            "/mapping",
            "mapping",
            "A mapping is a JSON object of headers or column letters to names of fields, or null.",
            "Een mapping is een JSON-object van koppen of kolomletters naar namen van velden, of "
            "null.",
        )
        raise InvalidRequestError(found=[fault]) from None


@asynccontextmanager
async def opened_body(request: Request) -> AsyncIterator[tuple[Chunks, str | None, str | None]]:
    """Give the pieces of the file that was sent, its media type, and the mapping beside it."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaTypeError(
            "Send the file as it is, without a Content-Encoding.",
            "Stuur het bestand zoals het is, zonder Content-Encoding.",
        )
    content_type = request.headers.get("content-type")
    if not (content_type or "").lower().startswith(FORM):
        yield _pieces_of(request), content_type, None
        return
    form = await _read_form(request)
    try:
        file, mapping = form.get("file"), form.get("mapping")
        if not isinstance(file, UploadFile):
            raise UnsupportedMediaTypeError(
                "The form has no part named file with a file in it.",
                "Het formulier heeft geen deel met de naam file met een bestand erin.",
            )
        pieces = partial(file.read, CHUNK)
        yield pieces, file.content_type, mapping if isinstance(mapping, str) else None
    finally:
        await form.close()


def spool() -> BinaryIO:
    """Return a place to seek in: memory while it is small, else a file without a name."""
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))


async def written(write: Callable[[BinaryIO], Awaitable[None]]) -> BinaryIO:
    """Return what was written; a file that could not be written is let go of."""
    file = spool()
    try:
        await write(file)
    except BaseException:
        file.close()
        raise
    return file


def download(pieces: AsyncIterable[bytes], media_type: str, name: str) -> StreamingResponse:
    """Answer with a file to keep; its name says no more than which batch it is of."""
    return StreamingResponse(
        pieces,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept"},
    )


async def pieces_of_file(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield a file piece by piece, and let go of it."""
    try:
        while piece := await to_thread.run_sync(file.read, CHUNK):
            yield piece
    finally:
        file.close()


def choose_type(accept: str | None) -> str:
    """Return the media type of results that is asked most (RFC 9110 §12.5.1), or refuse."""
    return choose_form(accept, _ANSWERS)


_ANSWERS: Final = {
    "*/*": CSV,
    "text/*": CSV,
    CSV: CSV,
    "application/*": NDJSON,
    "application/json": NDJSON,
    "application/ndjson": NDJSON,
    "application/jsonl": NDJSON,
    NDJSON: NDJSON,
    XLSX: XLSX,
}


async def _read_form(request: Request) -> FormData:
    """Read a form, or refuse what is none (RFC 7578): mostly its boundary is left out, or wrong."""
    try:
        return await request.form(max_files=1, max_fields=4)
    except HTTPException as error:
        if error.status_code != _UNREADABLE:
            raise
        raise UnsupportedMediaTypeError(
            "The form cannot be read. Let your client write the Content-Type with the boundary "
            "between its parts, and send one file and at most four other parts.",
            "Het formulier is niet te lezen. Laat uw programma zelf Content-Type schrijven, met de "
            "boundary tussen de delen, en stuur één bestand en hoogstens vier andere delen.",
        ) from None


def _pieces_of(request: Request) -> Chunks:
    stream = request.stream()

    async def next_piece() -> bytes:
        async for piece in stream:
            if piece:
                return piece
        return b""

    return next_piece
