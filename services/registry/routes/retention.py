"""Terms over HTTP: what is processed by which right and for how long, and how far erasures are."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.registry.domain.profiles import (
    ActivityUnknownError,
    LegalProfile,
    get_processing,
    processings,
)
from services.registry.domain.registrations import ErasureUnknownError
from services.registry.operations import retention
from services.registry.routes.consultations import OwnSettings
from services.registry.routes.registrations import RegistrationId
from services.registry.schemas.retention import (
    ErasureTermAnswer,
    ProcessingAnswer,
    ProcessingsAnswer,
)
from shared.runtime.database import Session
from shared.runtime.problems import refusals

router = APIRouter(tags=["privacy"])


@router.get("/processing-activities", response_model_exclude_none=True)
async def list_processing_activities(settings: OwnSettings) -> ProcessingsAnswer:
    """Return every processing of personal data: who answers for it, by which right, how long."""
    profile = LegalProfile(settings.legal_profile)
    items = tuple(ProcessingAnswer.of(one, profile) for one in processings(profile))
    return ProcessingsAnswer(items=items)


@router.get(
    "/processing-activities/{activityId}",
    response_model_exclude_none=True,
    responses=refusals(ActivityUnknownError),
)
async def read_processing_activity(
    activity: Annotated[
        str, Path(alias="activityId", max_length=64, examples=["admission"], description="its name")
    ],
    settings: OwnSettings,
) -> ProcessingAnswer:
    """Return one processing, as lines about consultations name it."""
    profile = LegalProfile(settings.legal_profile)
    return ProcessingAnswer.of(get_processing(profile, activity), profile)


@router.get(
    "/registrations/{registrationId}/erasure",
    response_model_exclude_none=True,
    responses=refusals(ErasureUnknownError),
)
async def read_erasure_term(
    registration_id: Annotated[RegistrationId, Path(alias="registrationId")], session: Session
) -> ErasureTermAnswer:
    """Return how far an erasure is: when it was asked, by when it is due, when it is complete."""
    return ErasureTermAnswer.of(await retention.read_term(session, registration_id))
