"""The register over HTTP: one registration to anybody, all of them to their own organisation."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request

from services.registry.domain.registrations import (
    MomentToComeError,
    NotKnownYetError,
    RegistrationErasedError,
    RegistrationRestrictedError,
    RegistrationUnknownError,
    VersionUnknownError,
)
from services.registry.operations import registrations
from shared.contracts.registration import Registration
from shared.errors import RuleError
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.paging import Page, PageRequest, WantedPage
from shared.runtime.problems import refusals
from shared.runtime.query import MomentInQuery

_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
_ACTIVE: dict[str, Any] = {
    "registrationId": _ID,
    "recordVersion": 1,
    "status": "active",
    "organisation": "00000099000000210000",
    "microcredentialId": "64f847e6-1200-5bce-8c52-64aed1654276",
    "microcredentialVersion": 1,
    "studyLoad": {"unit": "ects", "value": 5},
    "level": {"value": "eqf_7", "basis": "accredited-programme"},
    "awardedOn": "2026-11-13",
    "validFrom": "2026-11-20T09:30:00Z",
    "credentialId": "5a1f0d9e-3c6b-4a57-9a0e-7f3d2b8c4e61",
    "credentialDigest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "recordedAt": "2026-11-20T09:30:01Z",
    "changedAt": "2026-11-20T09:30:01Z",
}
_REVOKED = _ACTIVE | {
    "recordVersion": 2,
    "status": "revoked",
    "changedAt": "2026-11-22T14:05:00Z",
    "revocation": {"reason": "administrative-error", "revokedAt": "2026-11-22T14:04:59Z"},
}


def _example(value: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": value}}}}


class StrangeCursorError(RuleError):
    """This is not a cursor that a page gave as its `next`."""

    code = "cursor"
    pointer = "/cursor"
    dutch = "Dit is geen cursor die een pagina als `next` gaf."


router = APIRouter(prefix="/registrations", tags=["registrations"])

RegistrationsReader = Annotated[Caller, Depends(caller_with("registrations:read"))]
RegistrationId = Annotated[
    UUID,
    Path(description="the award's own id", examples=[_ID]),
]


def read_operator(request: Request) -> str:
    """Return the OIN of the organisation that runs this register."""
    operator: str = request.app.state.settings.operator_oin
    return operator


@router.get(
    "",
    response_model_exclude_none=True,
    responses=_example({"items": [_ACTIVE]}) | refusals(StrangeCursorError),
)
async def list_registrations(
    caller: RegistrationsReader,
    operator: Annotated[str, Depends(read_operator)],
    wanted: WantedPage,
    session: Session,
) -> Page[Registration]:
    """Return the caller's own registrations by pages; the register's operator gets everybody's."""
    found = await registrations.export_registrations(
        session,
        organisation=None if caller.organisation == operator else caller.organisation,
        after=_id_after(wanted),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=lambda one: (str(one.registration_id),), item=lambda one: one)


@router.get(
    "/{registrationId}",
    response_model_exclude_none=True,
    responses=_example(_REVOKED)
    | refusals(
        RegistrationUnknownError,
        RegistrationErasedError,
        RegistrationRestrictedError,
        NotKnownYetError,
        MomentToComeError,
    ),
)
async def read_registration(
    registration_id: Annotated[RegistrationId, Path(alias="registrationId")],
    session: Session,
    now: Now,
    as_of: Annotated[
        MomentInQuery | None,
        Query(
            alias="asOf",
            description="what the register said at this moment, instead of what it says now",
            examples=["2026-11-21T00:00:00Z"],
        ),
    ] = None,
) -> Registration:
    """Return what the register says of an award, or said; its id is enough, no account is needed.

    `validFrom` and `awardedOn` say when it was so, `recordedAt` and `changedAt` when we knew.
    """
    if as_of is None:
        return await registrations.read_registration(session, registration_id)
    return await registrations.read_state_on(session, registration_id, as_of, now=now)


@router.get(
    "/{registrationId}/versions/{recordVersion}",
    response_model_exclude_none=True,
    responses=_example(_ACTIVE)
    | refusals(VersionUnknownError, RegistrationErasedError, RegistrationRestrictedError),
)
async def read_version(
    registration_id: Annotated[RegistrationId, Path(alias="registrationId")],
    record_version: Annotated[int, Path(alias="recordVersion", ge=1, le=2**31 - 1)],
    session: Session,
) -> Registration:
    """Return what the register said of an award at one version; versions never change."""
    return await registrations.read_version(session, registration_id, record_version)


def _id_after(wanted: PageRequest) -> UUID | None:
    if wanted.after is None:
        return None
    try:
        [last] = wanted.after
        return UUID(str(last))
    except ValueError:
        raise StrangeCursorError from None
