"""Corrections of an award and its versions, over HTTP, for the organisation that made it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from services.issuer.domain import (
    AlreadyRevokedError,
    AwardNotAllowedError,
    AwardNotFoundError,
    AwardVoidedError,
    MicrocredentialArchivedError,
    MicrocredentialIncompleteError,
    MicrocredentialNotKnownYetError,
    OrganisationNotKnownYetError,
)
from services.issuer.domain.changes import (
    AwardErasedError,
    AwardExpiredError,
    CorrectionUnderWayError,
    NothingChangedError,
)
from services.issuer.domain.corrections import CredentialErasedError, VersionNotFoundError
from services.issuer.domain.keys import KeyLostError
from services.issuer.operations import corrections
from services.issuer.operations.drafts import NothingToSignWithError
from services.issuer.operations.pictures import PictureNotFoundError
from services.issuer.operations.status_lists import NoListOpenError
from services.issuer.routes.awards import (
    AwardId,
    AwardsAuditor,
    AwardsReader,
    AwardsWriter,
    ConfiguredDesk,
    asking_of,
)
from services.issuer.routes.forms import FORMS_CONTENT, Accepted, answer_credential
from services.issuer.schemas.changes import (
    CorrectionRequest,
    DifferenceAnswer,
    DifferencesAnswer,
    VersionAnswer,
    VersionsAnswer,
)
from shared.proofs.pseudonyms import IdentifierRefusedError
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
    replayed,
)
from shared.runtime.json_body import RequestJson
from shared.runtime.problems import NotAcceptableError, refusals

router = APIRouter(prefix="/awards", tags=["awards"])

Number = Annotated[int, Field(ge=1, le=2**31 - 1, description="1 is the first")]


@router.post(
    "/{awardId}/corrections",
    status_code=201,
    response_model=VersionAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        AwardNotAllowedError,
        IdentifierRefusedError,
        AwardNotFoundError,
        NothingChangedError,
        CorrectionUnderWayError,
        AlreadyRevokedError,
        AwardExpiredError,
        AwardErasedError,
        OrganisationNotKnownYetError,
        MicrocredentialNotKnownYetError,
        MicrocredentialArchivedError,
        MicrocredentialIncompleteError,
        AwardVoidedError,
        IdempotencyKeyReusedError,
        StillRunningError,
        NothingToSignWithError,
        NoListOpenError,
    ),
)
async def correct_award(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    wanted: CorrectionRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
) -> Response:
    """Let an award read otherwise: a new credential replaces the one before, for good."""
    answer = await corrections.correct_award(
        desk,
        wanted.as_wanted(award_id),
        asking=asking_of(caller, idempotency_key, body),
        now=now,
    )
    return replayed(answer)


@router.get(
    "/{awardId}/versions",
    response_model_exclude_none=True,
    responses=refusals(AwardNotFoundError),
)
async def list_award_versions(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    caller: AwardsAuditor,
    desk: ConfiguredDesk,
    session: Session,
) -> VersionsAnswer:
    """Return every version of one of your own awards, oldest first."""
    versions = await corrections.read_versions(session, award_id, organisation=caller.organisation)
    return VersionsAnswer(
        items=tuple(VersionAnswer.of(one, public_url=desk.public_url) for one in versions)
    )


@router.get(
    "/{awardId}/versions/{version}",
    response_model_exclude_none=True,
    responses=refusals(AwardNotFoundError, VersionNotFoundError),
)
async def read_award_version(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    number: Annotated[Number, Path(alias="version")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    session: Session,
) -> VersionAnswer:
    """Return one version of one of your own awards."""
    version = await corrections.read_version(
        session, award_id, number, organisation=caller.organisation
    )
    return VersionAnswer.of(version, public_url=desk.public_url)


@router.get(
    "/{awardId}/versions/{version}/credential",
    response_class=Response,
    responses={
        200: {
            "description": "The credential as it was signed then; what replaced it counts now.",
            "content": FORMS_CONTENT,
        },
        **refusals(
            AwardNotFoundError,
            VersionNotFoundError,
            CredentialErasedError,
            NotAcceptableError,
            PictureNotFoundError,
            NothingToSignWithError,
            KeyLostError,
        ),
    },
)
async def read_version_credential(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    number: Annotated[Number, Path(alias="version")],
    caller: AwardsAuditor,
    desk: ConfiguredDesk,
    now: Now,
    accept: Accepted = None,
) -> Response:
    """Return the signed credential of one version, in the form you accept.

    From then on it is delivered, unless who asks may only audit.
    """
    return await answer_credential(
        desk,
        award_id,
        organisation=caller.organisation,
        accept=accept,
        version=number,
        is_delivery="awards:read" in caller.scopes,
        now=now,
    )


@router.get(
    "/{awardId}/versions/{version}/differences",
    response_model_exclude_none=True,
    responses=refusals(AwardNotFoundError, VersionNotFoundError, CredentialErasedError),
)
async def compare_award_versions(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    number: Annotated[Number, Path(alias="version")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    session: Session,
    before: Annotated[
        int | None,
        Query(ge=1, le=2**31 - 1, description="with which version; the one before it"),
    ] = None,
) -> DifferencesAnswer:
    """Return what a version says otherwise than an earlier one; names the learner, to you only."""
    earlier = before or max(1, number - 1)
    differences = await corrections.compare_versions(
        session,
        desk,
        award_id,
        before=earlier,
        after=number,
        organisation=caller.organisation,
    )
    return DifferencesAnswer(
        before=earlier, after=number, items=tuple(map(DifferenceAnswer.of, differences))
    )
