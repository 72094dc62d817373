"""Awards over HTTP, for the organisation whose token it is; another's award looks like none."""

from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, JsonValue

from services.issuer.domain import (
    AlreadyAwardedError,
    AwardNotAllowedError,
    AwardNotFoundError,
    AwardVoidedError,
    MicrocredentialArchivedError,
    MicrocredentialIncompleteError,
    MicrocredentialNotKnownYetError,
    OrganisationNotKnownYetError,
)
from services.issuer.domain.corrections import CredentialErasedError
from services.issuer.domain.keys import KeyLostError
from services.issuer.operations import records
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import NothingToSignWithError
from services.issuer.operations.granting import Asking
from services.issuer.operations.groups import Groups
from services.issuer.operations.pictures import PictureNotFoundError
from services.issuer.routes.forms import FORMS_CONTENT, Accepted, answer_credential
from services.issuer.schemas import AwardAnswer, AwardRequest
from shared.errors import RuleError
from shared.proofs.pseudonyms import IdentifierRefusedError
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
    fingerprint,
    replayed,
)
from shared.runtime.json_body import RequestJson
from shared.runtime.observability import current_context
from shared.runtime.paging import Page, PageRequest, WantedPage
from shared.runtime.problems import NotAcceptableError, refusals


class StrangeCursorError(RuleError):
    """This is not a cursor that a page gave as its `next`."""

    code: ClassVar[str] = "cursor"
    dutch: ClassVar[str] = "Dit is geen cursor die een pagina als `next` gaf."


router = APIRouter(prefix="/awards", tags=["awards"])

AwardsWriter = Annotated[Caller, Depends(caller_with("awards:write"))]
AwardsReader = Annotated[Caller, Depends(caller_with("awards:read"))]
AwardsAuditor = Annotated[Caller, Depends(caller_with("awards:read", "awards:audit"))]
AwardId = Annotated[
    UUID,
    Field(
        description="the award's id",
        examples=["8f14e45f-ceea-467f-ab3e-5c1b2f0d9a67"],
    ),
]


async def read_desk(request: Request) -> Desk:
    """Return the desk this application was started with."""
    desk: Desk = request.app.state.desk
    return desk


async def read_groups(request: Request) -> Groups:
    """Return where requests that come in together are gathered."""
    groups: Groups = request.app.state.groups
    return groups


def asking_of(caller: Caller, key: str, body: JsonValue) -> Asking:
    """Return who asks, and which request it is: by its Idempotency-Key and what was sent."""
    return Asking(organisation=caller.organisation, key=key, fingerprint=fingerprint(body))


ConfiguredDesk = Annotated[Desk, Depends(read_desk)]
AskedTogether = Annotated[Groups, Depends(read_groups)]


@router.post(
    "",
    status_code=201,
    response_model=AwardAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        AwardNotAllowedError,
        IdentifierRefusedError,
        OrganisationNotKnownYetError,
        MicrocredentialNotKnownYetError,
        MicrocredentialArchivedError,
        MicrocredentialIncompleteError,
        AlreadyAwardedError,
        AwardVoidedError,
        IdempotencyKeyReusedError,
        StillRunningError,
        NothingToSignWithError,
    ),
)
async def grant_award(
    wanted: AwardRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    together: AskedTogether,
    now: Now,
) -> Response:
    """Award a microcredential to one learner; it is signed when you get the answer."""
    context = current_context()
    answer = await together.grant(
        wanted.as_wanted(),
        asking=asking_of(caller, idempotency_key, body),
        request_id=context.request_id if context else None,
        now=now,
    )
    return replayed(answer)


@router.get("", response_model_exclude_none=True, responses=refusals(StrangeCursorError))
async def list_awards(
    caller: AwardsAuditor, desk: ConfiguredDesk, wanted: WantedPage, session: Session
) -> Page[AwardAnswer]:
    """Return your own awards by pages, in the order they were decided.

    A request that is being answered at this moment may still appear on a page already read.
    """
    found = await records.read_awards(
        session,
        organisation=caller.organisation,
        after=number_after(wanted),
        limit=wanted.limit + 1,
    )
    return wanted.page(
        found,
        key=lambda one: (one.number,),
        item=lambda one: AwardAnswer.of(one, public_url=desk.public_url),
    )


@router.get("/{awardId}", response_model_exclude_none=True, responses=refusals(AwardNotFoundError))
async def read_award(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    session: Session,
) -> AwardAnswer:
    """Return one of your own awards."""
    recorded = await records.read_award(session, award_id, organisation=caller.organisation)
    return AwardAnswer.of(recorded, public_url=desk.public_url)


@router.get(
    "/{awardId}/credential",
    response_class=Response,
    responses={
        200: {
            "description": "The signed credential: as a token (Open Badges 3.0 VC-JWT, or "
            "enveloped), as JSON-LD with an embedded proof, or baked into its picture.",
            "content": FORMS_CONTENT,
        },
        **refusals(
            AwardNotFoundError,
            CredentialErasedError,
            NotAcceptableError,
            PictureNotFoundError,
            NothingToSignWithError,
            KeyLostError,
        ),
    },
)
async def read_credential(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    now: Now,
    accept: Accepted = None,
) -> Response:
    """Return the signed credential of one of your own awards, in the form you accept."""
    return await answer_credential(
        desk, award_id, organisation=caller.organisation, accept=accept, now=now
    )


def number_after(wanted: PageRequest) -> int:
    """Return after which number a page begins."""
    if wanted.after is None:
        return 0
    match wanted.after:
        case (int(number),) if 0 <= number < 2**63:
            return number
        case _:
            raise StrangeCursorError
