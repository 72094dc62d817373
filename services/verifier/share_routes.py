"""Shares over HTTP, for programs: make one, withdraw one.

Apart from the pages, where people do the same. What opens a share stands after # in its link, so it
reaches no server and no log; it is told once, in the answer, and kept nowhere.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response, status
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.verifier import operations
from services.verifier.domain.handed import SeveralFoundError
from services.verifier.domain.shares import (
    LEAST_DAYS,
    MOST_DAYS,
    USUAL_DAYS,
    CodesBusyError,
    CodesClosedError,
    LinkNotShareableError,
    ManySharesError,
    NotShareableError,
    PresentationNotShareableError,
    ShareNotFoundError,
)
from services.verifier.intake import BODY, JSON, MOST_BYTES, NothingGivenError, read_body
from services.verifier.operations import WantedShare
from services.verifier.routes import OwnDesk
from services.verifier.schemas.examples import CREDENTIAL
from services.verifier.schemas.shares import A_SHARE, ShareAnswer, WantedShareBody
from services.verifier.shares.book import Shared, note_visitor
from services.verifier.shares.secrets import write_id
from shared.runtime.clock import Now
from shared.runtime.openapi import schema_of
from shared.runtime.problems import (
    TooLargeError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
    refusals,
)
from shared.strict_json import load_object

MOST_JSON: Final = 1024 * 1024
_TAKEN: Final[dict[str, Any]] = BODY["requestBody"]
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        **_TAKEN,
        "description": "The credential, as at POST /v1/verifications. In JSON it says itself for "
        "how long; of any other body the query does.",
        "content": {
            **_TAKEN["content"],
            JSON: {
                "schema": schema_of(WantedShareBody),
                "example": {"credential": CREDENTIAL, "days": USUAL_DAYS, "withCode": True},
            },
        },
    }
}

router = APIRouter(prefix="/shares", tags=["shares"])


@dataclass(frozen=True, slots=True)
class _Asked:
    content: bytes = field(repr=False)
    wanted: WantedShare


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    max_body_size=MOST_BYTES,
    openapi_extra=_BODY,
    responses=refusals(
        NothingGivenError,
        SeveralFoundError,
        NotShareableError,
        PresentationNotShareableError,
        LinkNotShareableError,
        ManySharesError,
        TooManyRequestsError,
        CodesClosedError,
        CodesBusyError,
        TooLargeError,
        UnsupportedMediaTypeError,
    ),
)
async def make_share(
    request: Request,
    response: Response,
    desk: OwnDesk,
    now: Now,
    *,
    days: Annotated[int, Query(ge=LEAST_DAYS, le=MOST_DAYS, description="not for JSON")] = (
        USUAL_DAYS
    ),
    with_code: Annotated[
        bool, Query(alias="withCode", description="a short code as well; not for JSON")
    ] = False,
) -> ShareAnswer:
    """Share a genuine credential: whoever has the link sees what it is worth on that day.

    Keep `withdrawal` to yourself: it ends the share. Who has only the id in the path has nothing.
    """
    note_visitor(request.scope)
    asked = _read(
        await request.body(),
        media_type=request.headers.get("content-type", ""),
        otherwise=WantedShare(days=days, with_code=with_code),
    )
    shared = await operations.make_share(desk, asked.content, asked.wanted, now=now)
    root: str = request.app.state.settings.public_url
    response.headers["Location"] = f"{root}/v1/shares/{write_id(shared.share_id)}"
    return show_share(shared, root=root)


@router.delete(
    "/{shareId}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ShareNotFoundError),
)
async def withdraw_share(
    share_id: Annotated[
        str, Path(alias="shareId", max_length=100, description="as in Location", examples=[A_SHARE])
    ],
    desk: OwnDesk,
    now: Now,
    withdrawal: Annotated[
        str,
        Header(
            alias="Share-Withdrawal",
            max_length=100,
            description="the secret that came with the share",
            examples=["dJ0mD8cQY7m1Xv9q2a6rT5kE3wZb4nUo1sLp8hGf0iI"],
        ),
    ],
) -> None:
    """End a share: from now on its link and its code say that it is shared no longer."""
    await operations.withdraw(desk, share_id, withdrawal, now=now)


def show_share(shared: Shared, *, root: str) -> ShareAnswer:
    """Show what its holder is given of a share."""
    share_id = write_id(shared.share_id)
    return ShareAnswer(
        share_id=share_id,
        link=f"{root}/s/{share_id}#{shared.link.text}",
        code=shared.code,
        expires_at=shared.ends_at,
        withdrawal=shared.withdrawal.text,
    )


def _read(body: bytes, *, media_type: str, otherwise: WantedShare) -> _Asked:
    kind = media_type.partition(";")[0].strip().lower()
    if kind != JSON or not body:
        return _Asked(read_body(body, media_type=media_type).content, otherwise)
    members = load_object(body, max_bytes=MOST_JSON)
    try:
        wanted = WantedShareBody.model_validate(members)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults, body=members) from None
    return _Asked(
        wanted.credential.encode(errors="replace"),
        WantedShare(days=wanted.days, with_code=wanted.with_code),
    )
