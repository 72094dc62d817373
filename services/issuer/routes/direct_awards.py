"""edubadges' direct-award call at its own address and in its own shapes, and badge classes here.

Who calls it speaks edubadges: refusals have the shapes and status codes of there, so that an
existing link from a student system needs another host and token, and nothing else.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response, status
from fastapi.routing import APIRoute
from pydantic import Field, ValidationError
from pydantic_core import to_json

from services.issuer.domain import MicrocredentialNotKnownYetError
from services.issuer.operations.granting import Asking
from services.issuer.operations.triggers import direct_awards
from services.issuer.operations.triggers.direct_awards import BadgeClassNotFoundError
from services.issuer.routes.awards import AwardsReader, AwardsWriter, ConfiguredDesk
from services.issuer.schemas.direct_awards import (
    BadgeClassAnswer,
    BadgeClassRequest,
    BundleBody,
)
from shared.errors import NotFoundError, NotPermittedError, WaarmerkError
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.dpop import DpopNonceNeededError
from shared.runtime.idempotency import fingerprint
from shared.runtime.json_body import read_json
from shared.runtime.language import Language
from shared.runtime.problems import language_for, refusals, status_of
from shared.strict_json import JsonValue

MAX_BODY: Final = 2 * 1024 * 1024
_TOLD_AS_DETAIL: Final = (NotPermittedError, NotFoundError)


class EdubadgesRoute(APIRoute):
    """A route whose refusals look as those of edubadges do."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Tell every refusal in edubadges' shape."""
        answer = super().get_route_handler()

        async def answer_as_there(request: Request) -> Response:
            try:
                return await answer(request)
            except DpopNonceNeededError:
                raise
            except WaarmerkError as error:
                return _refusal(request, error)

        return answer_as_there


_FIRST: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": BadgeClassAnswer, "description": "Said for the first time."}
}
edubadges = APIRouter(route_class=EdubadgesRoute)
router = APIRouter(prefix="/badge-classes", tags=["results"])
EntityId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="the badge class's id at edubadges",
        examples=["Q7w2ZkTqSg2zUe3h1rJ0Pw"],
    ),
]


def _refusal(request: Request, error: WaarmerkError) -> Response:
    detail = error.detail_in_dutch if _is_dutch(request) else error.detail
    member = "detail" if isinstance(error, _TOLD_AS_DETAIL) else "error"
    headers = {}
    retry_after: int | None = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    code = status_of(type(error))
    if code == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = getattr(error, "challenge", "Bearer")
    return _json({member: detail}, code, headers)


def _json(body: object, code: int, headers: dict[str, str] | None = None) -> Response:
    return Response(to_json(body), code, headers, media_type="application/json")


def _is_dutch(request: Request) -> bool:
    return language_for(request.scope) is Language.NL


@edubadges.post("/directaward/create", status_code=201)
async def create_direct_awards(
    request: Request, caller: AwardsWriter, desk: ConfiguredDesk, now: Now
) -> Response:
    """Award a bundle as edubadges does; who could not be awarded is listed with the reason."""
    sent = await read_json(request)
    try:
        bundle = BundleBody.model_validate_json(to_json(sent))
    except ValidationError as error:
        return _json(_by_member(error), status.HTTP_400_BAD_REQUEST)
    if bundle.scheduled_at is not None:
        told = (
            "Hier wordt meteen toegekend; stuur de bundel op de dag zelf."
            if _is_dutch(request)
            else "Awards are made at once here; send the bundle on the day itself."
        )
        return _json({"scheduled_at": [told]}, status.HTTP_400_BAD_REQUEST)
    try:
        answer = await direct_awards.award_bundle(
            desk,
            bundle,
            asking=Asking(organisation=caller.organisation, key="", fingerprint=fingerprint(sent)),
            language=language_for(request.scope),
            now=now,
        )
    except BadgeClassNotFoundError as error:
        detail = error.detail_in_dutch if _is_dutch(request) else error.detail
        return _json({"badgeclass": [detail]}, status.HTTP_400_BAD_REQUEST)
    headers = {"Not-Kept": ", ".join(bundle.not_kept)} if bundle.not_kept else None
    return Response(
        answer.to_bytes(), status.HTTP_201_CREATED, headers, media_type="application/json"
    )


def _by_member(error: ValidationError) -> JsonValue:
    """List what is wrong by member, a list for each, and by learner within a bundle."""
    told: dict[str, Any] = {}
    for one in error.errors(include_url=False, include_input=False):
        first, *rest = one["loc"] or ("non_field_errors",)
        sentence = [one["msg"]]
        match rest:
            case [int(index), *member]:
                learners = told.setdefault(str(first), [])
                learners += [{} for _ in range(index + 1 - len(learners))]
                name = str(member[0]) if member else "non_field_errors"
                learners[index].setdefault(name, []).extend(sentence)
            case _:
                told.setdefault(str(first), []).extend(sentence)
    return told


@router.put(
    "/{entityId}",
    responses=refusals(MicrocredentialNotKnownYetError) | _FIRST,
)
async def put_badge_class(
    entity_id: Annotated[EntityId, Path(alias="entityId")],
    wanted: BadgeClassRequest,
    caller: AwardsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> BadgeClassAnswer:
    """Say which of your microcredentials a badge class of edubadges is here."""
    is_new = await direct_awards.put_badge_class(
        session,
        entity_id,
        wanted.microcredential_id,
        organisation=caller.organisation,
        now=now,
    )
    if is_new:
        response.status_code = status.HTTP_201_CREATED
    return BadgeClassAnswer.of(entity_id, wanted.microcredential_id, now)


@router.get(
    "/{entityId}",
    response_model_exclude_none=True,
    responses=refusals(BadgeClassNotFoundError),
)
async def read_badge_class(
    entity_id: Annotated[EntityId, Path(alias="entityId")],
    caller: AwardsReader,
    session: Session,
) -> BadgeClassAnswer:
    """Return which of your microcredentials a badge class is, as you said or as it was imported."""
    found = await direct_awards.read_badge_class(
        session, entity_id, organisation=caller.organisation
    )
    return BadgeClassAnswer.of(entity_id, found.microcredential_id, found.changed_at)
