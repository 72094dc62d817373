"""The body of a batch: files of a form, one bundle, or a list; in memory once, never on disk.

Apart from the routes, because a page and a program send the same. What a file is, is found out from
its bytes later; here only what the request says it is counts.
"""

import asyncio
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from anyio import to_thread
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from services.verifier.batch_operations.allowance import Allowance
from services.verifier.batches.entries import MOST_ENTRIES, Part
from services.verifier.batches.refusals import TooManyEntriesError
from services.verifier.schemas.batches import WantedVerificationBatch
from services.verifier.schemas.examples import CREDENTIAL
from shared.runtime.openapi import schema_of
from shared.runtime.problems import TooLargeError, UnsupportedMediaTypeError
from shared.runtime.spreadsheet import CSV, XLSX
from shared.strict_json import load_object

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_JSON_BYTES: Final = 16 * 1024 * 1024
UPLOAD_SECONDS: Final = 120.0
JSON: Final = "application/json"
FORM: Final = "multipart/form-data"
BUNDLES: Final = ("application/zip", CSV, XLSX)
_ALSO_BUNDLES: Final = ("application/x-zip-compressed", "application/octet-stream")
_MOST_FIELDS: Final = 20
_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": (
            "At most 500 credentials and 64 MB: files in a form, a ZIP of them, a table with a "
            "link, code or credential in each row, or a list in JSON (16 MB)."
        ),
        "content": {
            JSON: {
                "schema": schema_of(WantedVerificationBatch),
                "example": {"credentials": [CREDENTIAL]},
            },
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            },
            "application/zip": _BINARY,
            CSV: {"schema": {"type": "string"}, "example": f"naam,bewijs\r\nSam,{CREDENTIAL}\r\n"},
            XLSX: _BINARY,
        },
    }
}


class UploadTooSlowError(TooLargeError):
    """The request took longer to arrive than we wait for; send fewer files at a time."""

    code = "upload-too-slow"
    dutch = (
        "Het verzoek deed er langer over om binnen te komen dan we wachten; stuur minder bestanden "
        "tegelijk."
    )


@asynccontextmanager
async def opened_parts(request: Request, allowance: Allowance) -> AsyncIterator[Sequence[Part]]:
    """Give the files of a request in order; until the end they count as held."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaTypeError(
            "Send the files as they are, without a Content-Encoding.",
            "Stuur de bestanden zoals ze zijn, zonder Content-Encoding.",
        )
    with allowance.holding() as hold:
        limit = asyncio.timeout(UPLOAD_SECONDS)
        try:
            async with limit:
                parts = await _read(request, hold)
        except TimeoutError:
            if limit.expired():
                raise UploadTooSlowError from None
            raise
        yield parts


async def _read(request: Request, hold: Callable[[int], None]) -> list[Part]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    pieces = _held(request, hold)
    if kind == FORM:
        return await _read_form(request, pieces)
    if kind == JSON:
        return await to_thread.run_sync(_read_list, await _whole(pieces, most=MOST_JSON_BYTES))
    if kind in (*BUNDLES, *_ALSO_BUNDLES):
        content = await _whole(pieces, most=MOST_BYTES)
        return [Part("", content)] if content else []
    raise UnsupportedMediaTypeError(
        "Send files in a form (multipart/form-data), a ZIP, CSV or XLSX, or a list in JSON.",
        "Stuur bestanden in een formulier (multipart/form-data), een ZIP, CSV of XLSX, of een "
        "lijst in JSON.",
    )


async def _held(request: Request, hold: Callable[[int], None]) -> AsyncGenerator[bytes, None]:
    async for piece in request.stream():
        hold(len(piece))
        yield piece


async def _whole(pieces: AsyncIterator[bytes], *, most: int) -> bytes:
    whole = io.BytesIO()
    async for piece in pieces:
        if whole.tell() + len(piece) > most:
            raise TooLargeError(
                "This is more JSON than is read at once; send a ZIP of files instead.",
                "Dit is meer JSON dan we in één keer lezen; stuur liever een ZIP van bestanden.",
            )
        whole.write(piece)
    # Not a copy: the buffer itself, as it is not written to any more.
    return whole.getvalue()


class _InMemory(MultiPartParser):
    """Reads a form as Starlette does, but puts nothing of it on disk."""

    spool_max_size = MOST_BYTES + 1


async def _read_form(request: Request, pieces: AsyncGenerator[bytes, None]) -> list[Part]:
    reader = _InMemory(request.headers, pieces, max_files=MOST_ENTRIES, max_fields=_MOST_FIELDS)
    try:
        form = await reader.parse()
    except MultiPartException as error:
        if error.message.startswith("Too many files"):
            raise TooManyEntriesError from None
        raise UnsupportedMediaTypeError(
            "The form cannot be read. Let your client write the Content-Type with the boundary "
            "between its parts.",
            "Het formulier is niet te lezen. Laat uw programma zelf Content-Type schrijven, met de "
            "boundary tussen de delen.",
        ) from None
    parts = []
    for _, value in form.multi_items():
        # A browser sends a file without a name and content when none was chosen.
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if value.filename or content:
                parts.append(Part(value.filename or "", content))
    return parts


def _read_list(body: bytes) -> list[Part]:
    members = load_object(body, max_bytes=len(body))
    try:
        wanted = WantedVerificationBatch.model_validate(members)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults, body=members) from None
    if len(wanted.credentials) > MOST_ENTRIES:
        raise TooManyEntriesError
    return [
        Part(f"/credentials/{at}", _written(one), is_one=True)
        for at, one in enumerate(wanted.credentials)
    ]


def _written(credential: object) -> bytes:
    text = credential if isinstance(credential, str) else json.dumps(credential)
    return text.encode()
