"""Results that an institution's own system sends, in its own words: OEAPI v6 associations.

Paths, verbs and bodies are those of OEAPI v6; refusals are problem documents, as there.
"""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import ValidationError
from pydantic_core import to_json

from services.issuer.domain.triggers import AssociationKind, Outcome, ReceivedAssociation
from services.issuer.operations.desk import Desk
from services.issuer.operations.triggers import receiving
from services.issuer.operations.triggers.receiving import Sent
from services.issuer.routes.awards import AwardsWriter, ConfiguredDesk
from services.issuer.schemas.associations import AssociationAnswer, AssociationBody, result_url
from shared.runtime.access import Caller
from shared.runtime.clock import Now
from shared.runtime.faults import Place, RequestFault, in_order, read_faults
from shared.runtime.json_body import RequestJson
from shared.runtime.problems import InvalidRequestError, NotAcceptableError
from shared.strict_json import JsonObject, JsonValue

router = APIRouter(prefix="/oeapi/v6")
OEAPI_JSON: Final = "application/vnd.oeapi+json"
_VERSION: Final = f"{OEAPI_JSON};version=6"
_JSON: Final = "application/json"
_PLAIN: Final = frozenset({_JSON, "application/*", "text/html"})
_OURS: Final = frozenset({OEAPI_JSON, "*/*", "application/*+json"})
Accept = Annotated[str | None, Header()]

_SAID: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.WAITING: ("Received; nothing to award yet", "Ontvangen; nog niets toe te kennen"),
    Outcome.AWARDED: ("Awarded", "Toegekend"),
    Outcome.CORRECTED: ("Awarded before, and corrected now", "Eerder toegekend, en nu verbeterd"),
    Outcome.REFUSED: ("Received, but cannot be awarded", "Ontvangen, maar niet toe te kennen"),
    Outcome.NEEDS_DECISION: (
        "Received; what was awarded stays until somebody decides",
        "Ontvangen; wat is toegekend blijft staan tot iemand beslist",
    ),
}


def _media_type(accept: str | None) -> str:
    """Return the media type to answer in: OEAPI's own, unless plain JSON is asked."""
    for part in (accept or "*/*")[:1000].split(","):
        named, *rest = [one.strip().lower() for one in part.split(";")]
        versions = [one.removeprefix("version=") for one in rest if one.startswith("version=")]
        if named in _PLAIN:
            return _JSON
        if named in _OURS and all(one in {"6", "6.0"} for one in versions):
            return _VERSION
    raise NotAcceptableError


def _answer(
    received: ReceivedAssociation,
    body: AssociationBody,
    *,
    is_new: bool,
    public_url: str,
    media_type: str,
) -> Response:
    english, dutch = _SAID[received.settled.outcome]
    reason = f" ({received.settled.reason})" if received.settled.reason else ""
    where = result_url(public_url, received.association_id)
    answer = AssociationAnswer(
        association_id=received.association_id,
        state=body.state,
        message=(
            {"language": "en-GB", "value": f"{english}{reason}."},
            {"language": "nl-NL", "value": f"{dutch}{reason}."},
        ),
        redirect=where,
    )
    return Response(
        to_json(answer.model_dump(by_alias=True)),
        201 if is_new else 200,
        headers={"Location": where, "Vary": "Accept"},
        media_type=media_type,
    )


async def _take(
    kind: AssociationKind,
    association_id: UUID,
    told: JsonValue,
    *,
    caller: Caller,
    desk: Desk,
    accept: str | None,
    now: datetime,
) -> Response:
    media_type = _media_type(accept)
    body = _read(told)
    _check_id(association_id, body)
    sent = Sent(organisation=caller.organisation, association_id=association_id, kind=kind)
    received, is_new = await receiving.receive_association(desk, sent, body, now=now)
    return _answer(received, body, is_new=is_new, public_url=desk.public_url, media_type=media_type)


async def _merged(
    kind: AssociationKind, association_id: UUID, part: JsonValue, *, caller: Caller, desk: Desk
) -> JsonValue:
    known = await receiving.read_content_of(
        desk, association_id, organisation=caller.organisation, kind=kind
    )
    return merge(known, part)


def _read(told: JsonValue) -> AssociationBody:
    """Read a body as OEAPI asks: what is not known here is passed over, and is no fault."""
    try:
        return AssociationBody.model_validate_json(to_json(told))
    except ValidationError as error:
        errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        found = in_order(read_faults(errors, told))  # type: ignore[arg-type] # as FastAPI has it
        raise InvalidRequestError(found=found) from None


def merge(target: JsonValue, part: JsonValue) -> JsonValue:
    """Change a part of something, as RFC 7396 has it: null takes away, a list is replaced."""
    if not isinstance(part, dict):
        return part
    merged: JsonObject = dict(target) if isinstance(target, dict) else {}
    for name, value in part.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def _check_id(association_id: UUID, body: AssociationBody) -> None:
    if body.association_id not in {None, association_id}:
        english = "The id in the body is another than the one in the path."
        dutch = "Het id in de inhoud is een ander dan dat in het pad."
        fault = RequestFault(Place.BODY, "/associationId", "another-id", english, dutch)
        raise InvalidRequestError(found=[fault])


@router.put("/course-offering-associations/{association}")
async def replace_course_association(
    association: UUID,
    told: RequestJson,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
    accept: Accept = None,
) -> Response:
    """Take a learner's part in a course as it is now; a final pass is awarded."""
    kind = AssociationKind.COURSE
    return await _take(kind, association, told, caller=caller, desk=desk, accept=accept, now=now)


@router.put("/programme-offering-associations/{association}")
async def replace_programme_association(
    association: UUID,
    told: RequestJson,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
    accept: Accept = None,
) -> Response:
    """Take a learner's part in a programme as it is now; a final pass is awarded."""
    kind = AssociationKind.PROGRAMME
    return await _take(kind, association, told, caller=caller, desk=desk, accept=accept, now=now)


@router.patch("/course-offering-associations/{association}")
async def change_course_association(
    association: UUID,
    part: RequestJson,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
    accept: Accept = None,
) -> Response:
    """Take what changed of a learner's part in a course, as a JSON merge patch."""
    kind = AssociationKind.COURSE
    told = await _merged(kind, association, part, caller=caller, desk=desk)
    return await _take(kind, association, told, caller=caller, desk=desk, accept=accept, now=now)


@router.patch("/programme-offering-associations/{association}")
async def change_programme_association(
    association: UUID,
    part: RequestJson,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
    accept: Accept = None,
) -> Response:
    """Take what changed of a learner's part in a programme, as a JSON merge patch."""
    kind = AssociationKind.PROGRAMME
    told = await _merged(kind, association, part, caller=caller, desk=desk)
    return await _take(kind, association, told, caller=caller, desk=desk, accept=accept, now=now)
