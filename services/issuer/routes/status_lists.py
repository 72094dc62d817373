"""Status lists over HTTP, in both forms, to everybody and every cache.

Apart from the API: these addresses stand inside signed credentials, so they have no version and
never change. What a list said earlier is not offered: that would tell whose status changed when.
"""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response
from pydantic_core import to_json

from services.issuer.operations import status_lists
from services.issuer.routes.awards import ConfiguredDesk
from shared.contracts.identifiers import OIN_PATTERN
from shared.proofs.token_status_lists import MEDIA_TYPE
from shared.runtime.database import Session
from shared.runtime.http import public_headers

STALE_IF_ERROR = ", stale-if-error=86400"

router = APIRouter(tags=["status lists"])

Organisation = Annotated[str, Path(pattern=OIN_PATTERN, min_length=20, max_length=20)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
KnownTag = Annotated[str | None, Header(alias="If-None-Match", max_length=1000)]


@router.get("/status-lists/{organisation}/{number}")
async def read_status_list(
    organisation: Organisation,
    number: Number,
    desk: ConfiguredDesk,
    session: Session,
    known_tag: KnownTag = None,
) -> Response:
    """Return the newest signed edition of a status list (W3C Bitstring Status List)."""
    signed = await status_lists.read_status_list(session, organisation=organisation, number=number)
    return _listed(signed, desk, media_type="application/vc+jwt", known_tag=known_tag)


@router.get("/token-status-lists/{organisation}/{number}")
async def read_token_list(
    organisation: Organisation,
    number: Number,
    desk: ConfiguredDesk,
    session: Session,
    known_tag: KnownTag = None,
) -> Response:
    """Return the newest signed edition of the same places (IETF Token Status List)."""
    signed = await status_lists.read_token_list(session, organisation=organisation, number=number)
    return _listed(signed, desk, media_type=MEDIA_TYPE, known_tag=known_tag)


@router.get("/token-status-lists/{organisation}")
async def list_token_lists(
    organisation: Organisation,
    desk: ConfiguredDesk,
    session: Session,
    known_tag: KnownTag = None,
) -> Response:
    """Return the addresses of all token lists of an issuer, to fetch them all beforehand."""
    addresses = await status_lists.list_token_lists(
        session, organisation=organisation, public_url=desk.public_url
    )
    return cacheable(
        to_json({"status_lists": addresses}),
        media_type="application/json",
        headers=public_headers(max_age=desk.list_max_age),
        known_tag=known_tag,
    )


def cacheable(
    body: bytes, *, media_type: str, headers: dict[str, str], known_tag: str | None
) -> Response:
    """Answer with an entity tag, or 304 to who has this very thing already (RFC 9110 §13.1.2)."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = headers | {"ETag": tag}
    known = {one.strip().removeprefix("W/") for one in (known_tag or "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _listed(
    signed: str, desk: ConfiguredDesk, *, media_type: str, known_tag: str | None
) -> Response:
    headers = public_headers(max_age=desk.list_max_age)
    headers["Cache-Control"] += STALE_IF_ERROR
    return cacheable(signed.encode(), media_type=media_type, headers=headers, known_tag=known_tag)
