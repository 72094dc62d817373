"""In which form a credential is handed out: what `Accept` asks for (RFC 9110 §12.5.1)."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header, Response

from services.issuer.operations.desk import Desk
from services.issuer.operations.handing_out import EmbeddedForm, WantedForm, hand_out
from services.issuer.operations.pictures import PictureFormat
from shared.proofs.vc_jwt import Form
from shared.runtime import negotiation

_FORMS: Final[dict[str, tuple[str, WantedForm]]] = {
    "*/*": ("text/plain", Form.OPEN_BADGES),
    "text/*": ("text/plain", Form.OPEN_BADGES),
    "text/plain": ("text/plain", Form.OPEN_BADGES),
    "application/*": ("text/plain", Form.OPEN_BADGES),
    "application/jwt": ("application/jwt", Form.OPEN_BADGES),
    "application/vc+jwt": ("application/vc+jwt", Form.ENVELOPED),
    "application/vc": ("application/vc", EmbeddedForm.DATA_INTEGRITY),
    "application/vc+ld+json": ("application/vc+ld+json", EmbeddedForm.DATA_INTEGRITY),
    "application/ld+json": ("application/ld+json", EmbeddedForm.DATA_INTEGRITY),
    "image/*": ("image/png", PictureFormat.PNG),
    "image/png": ("image/png", PictureFormat.PNG),
    "image/svg+xml": ("image/svg+xml", PictureFormat.SVG),
}
_TOKEN: Final = {"schema": {"type": "string"}, "example": "eyJhbGciOiJFUzI1NiIs…"}
_PICTURE: Final = {"schema": {"type": "string", "format": "binary"}}
_DOCUMENT: Final = {
    "schema": {"type": "object"},
    "example": {"type": ["VerifiableCredential", "OpenBadgeCredential"], "proof": [{}]},
}
FORMS_CONTENT: Final[dict[str, Any]] = {
    "text/plain": _TOKEN,
    "application/jwt": _TOKEN,
    "application/vc+jwt": _TOKEN,
    "application/vc": _DOCUMENT,
    "application/vc+ld+json": _DOCUMENT,
    "application/ld+json": _DOCUMENT,
    "image/png": _PICTURE,
    "image/svg+xml": _PICTURE,
}
OUR_OWN_PICTURE: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"
}

Accepted = Annotated[
    str | None, Header(alias="Accept", max_length=1000, description="The form you want.")
]


async def answer_credential(
    desk: Desk,
    award_id: UUID,
    *,
    organisation: str,
    accept: str | None,
    version: int | None = None,
    is_delivery: bool = True,
    now: datetime,
) -> Response:
    """Answer with a credential in the form that is accepted, or refuse."""
    media_type, wanted = choose_form(accept)
    credential = await hand_out(
        desk,
        award_id,
        organisation=organisation,
        wanted=wanted,
        version=version,
        is_delivery=is_delivery,
        now=now,
    )
    headers = {"Vary": "Accept"} | (OUR_OWN_PICTURE if isinstance(wanted, PictureFormat) else {})
    return Response(credential, media_type=media_type, headers=headers)


def choose_form(accept: str | None) -> tuple[str, WantedForm]:
    """Return the media type to answer with and its form, or raise NotAcceptableError."""
    return negotiation.choose_form(accept, _FORMS)
