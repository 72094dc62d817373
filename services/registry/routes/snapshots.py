"""Snapshots over HTTP: what the latest says of itself, and the file, to be resumed (RFC 9110 14).

The file is sent as it is kept, in gzip or in zstd, never unpacked on the way: so its digest is that
of what arrives (RFC 9530), and who was cut off goes on where they were. Each form has an address of
its own, so that no cache gives half of the one after half of the other.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.registry.domain.snapshots import (
    Form,
    FormUnknownError,
    PackedFile,
    Snapshot,
    SnapshotUnknownError,
    TooManyDownloadsError,
)
from services.registry.operations import snapshots
from services.registry.schemas.snapshots import MEDIA_TYPES, SnapshotAnswer
from shared.runtime.database import Database
from shared.runtime.http import public_headers
from shared.runtime.problems import refusals

FRESH_SECONDS: Final = 60
# What was erased since is in the file, so that no cache may keep it for long.
KEPT_SECONDS: Final = 600
MOST_AT_ONCE: Final = 16
_FARTHEST: Final = 2**53
_RANGE: Final = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))")
_ENDINGS: Final = {Form.GZIP: "gz", Form.ZSTD: "zst"}
_EXAMPLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file, packed; in it a registration on each line (NDJSON).",
        "content": {
            one: {"schema": {"type": "string", "format": "binary"}} for one in MEDIA_TYPES.values()
        },
        "headers": {
            "Repr-Digest": {
                "description": "SHA-256 of the whole file (RFC 9530).",
                "schema": {"type": "string", "examples": ["sha-256=:n4bQgYhMfWWaL+qgxVrQ…=:"]},
            },
        },
    },
    206: {"description": "The part of the file that was asked for."},
}

router = APIRouter(prefix="/snapshots", tags=["snapshots"])

Sequence = Annotated[
    int,
    Path(ge=0, le=_FARTHEST, description="the sequence number it is of", examples=[4711]),
]
_downloading = asyncio.Semaphore(MOST_AT_ONCE)


@router.get("/latest", responses=refusals(SnapshotUnknownError))
async def read_latest_snapshot(request: Request, response: Response) -> SnapshotAnswer:
    """Return where to start from: the latest snapshot, and where the feed goes on after it.

    Fetch the file, then follow the events: what you have then is the register.
    """
    snapshot = await snapshots.read_latest(_database(request))
    response.headers.update(public_headers(max_age=FRESH_SECONDS))
    return SnapshotAnswer.of(snapshot, public_url=request.app.state.settings.public_url)


@router.get("/{sequence}", responses=refusals(SnapshotUnknownError))
async def read_snapshot(request: Request, sequence: Sequence) -> SnapshotAnswer:
    """Return what a snapshot says of itself; one that was replaced is there for an hour still."""
    snapshot = await snapshots.read_snapshot(_database(request), sequence)
    return SnapshotAnswer.of(snapshot, public_url=request.app.state.settings.public_url)


@router.get(
    "/{sequence}/file",
    response_class=StreamingResponse,
    responses=_EXAMPLE | refusals(SnapshotUnknownError, FormUnknownError, TooManyDownloadsError),
)
async def read_snapshot_file(
    request: Request,
    sequence: Sequence,
    *,
    form: Annotated[Form, Query(description="How it is packed.")] = Form.GZIP,
    wanted: Annotated[
        str | None,
        Header(alias="Range", max_length=100, examples=["bytes=1048576-"]),
    ] = None,
    unless: Annotated[
        str | None,
        Header(alias="If-Range", max_length=200, description="The ETag of what you began with."),
    ] = None,
) -> Response:
    """Return the file of a snapshot; with Range from where you were cut off."""
    database = _database(request)
    snapshot = await snapshots.read_snapshot(database, sequence)
    file = snapshot.file(form)
    headers = _headers_of(snapshot, form, file)
    part = _part(wanted, file.size) if unless in {None, headers["ETag"]} else None
    first, last = part or (0, file.size - 1)
    if _downloading.locked():
        raise TooManyDownloadsError(retry_after=60)
    headers["Content-Length"] = str(last + 1 - first)
    if part is None:
        headers["Content-Digest"] = headers["Repr-Digest"]
    else:
        headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    return StreamingResponse(
        _send(database, snapshot, form, first=first, last=last),
        206 if part else 200,
        headers=headers,
        media_type=MEDIA_TYPES[form],
    )


async def _send(
    database: Database, snapshot: Snapshot, form: Form, *, first: int, last: int
) -> AsyncGenerator[bytes, None]:
    octets = snapshots.read_file(database, snapshot, form, first=first, last=last)
    async with _downloading, aclosing(octets):
        async for piece in octets:
            yield piece


def _headers_of(snapshot: Snapshot, form: Form, file: PackedFile) -> dict[str, str]:
    name = f"registrations-{snapshot.sequence}.ndjson.{_ENDINGS[form]}"
    return {
        **public_headers(max_age=KEPT_SECONDS),
        "ETag": f'"{file.digest.hex()}"',
        "Repr-Digest": f"sha-256=:{b64encode(file.digest).decode()}:",
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def _part(wanted: str | None, size: int) -> tuple[int, int] | None:
    """Return the first and the last octet that are asked for.

    None when nothing is, in another way than ours, or what is not there: then the file is sent
    whole, as RFC 9110 §14.2 lets us.
    """
    asked = _RANGE.fullmatch(wanted or "")
    if asked is None:
        return None
    first, last, suffix = asked.groups()
    if suffix is not None:
        part = max(size - int(suffix), 0), size - 1
    else:
        part = int(first), min(int(last), size - 1) if last else size - 1
    return part if part[0] <= part[1] else None


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
