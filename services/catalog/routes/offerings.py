"""Offerings over HTTP: recorded, changed and cancelled by their provider, read by all.

A concept of another organisation looks exactly like no offering.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response, status

from services.catalog.domain import MicrocredentialUnknownError, dutch_day
from services.catalog.domain.offering_rules import RULES, OfferingRulesError
from services.catalog.domain.offerings import (
    NotOfferableError,
    OfferingCodeTakenError,
    OfferingMoveError,
    OfferingOverError,
    OfferingPublicError,
    OfferingUnknownError,
    Phase,
    phase_on,
)
from services.catalog.operations import offerings
from services.catalog.operations.offerings import Place, WantedOfferings
from services.catalog.routes.edge import Configured, OnceOnly, Tagged
from services.catalog.schemas import examples
from services.catalog.schemas import examples_offerings as shown
from services.catalog.schemas.offerings import CancelOffering, OfferingAnswer
from shared.contracts.identifiers import Oin
from shared.contracts.offering import Offering, OfferingTerms
from shared.errors import StaleError, UnconditionalError
from shared.runtime.access import Caller, ScopeMissingError, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.faults import Place as RequestPlace
from shared.runtime.faults import RequestFault
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.legible import BodyRules
from shared.runtime.paging import Page, SortKey, WantedPage
from shared.runtime.preconditions import IfMatch, IfMatchNeeded, tag_of_revision
from shared.runtime.problems import InvalidRequestError, refusals

router = APIRouter(tags=["offerings"])

find_provider = caller_with("offerings:write", "microcredentials:write")
Provider = Annotated[Caller, Depends(find_provider)]
TermsBody = Annotated[OfferingTerms, Body(examples=[shown.RUN, shown.FLEXIBLE]), BodyRules(*RULES)]
Phases = Annotated[
    tuple[Phase, ...],
    Query(
        alias="phase",
        description="what it is to a learner today; any of those named",
        max_length=len(Phase),
    ),
]
CREATED = status.HTTP_201_CREATED


async def find_reader(request: Request) -> str | None:
    """Return the organisation that reads, if it says so; reading needs no token."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        return None
    try:
        return (await find_provider(request, authorization)).organisation
    except ScopeMissingError:
        return None


Reader = Annotated[str | None, Depends(find_reader)]


def _render(offering: Offering, *, today: date) -> OfferingAnswer:
    members = {name: getattr(offering, name) for name in Offering.model_fields}
    return OfferingAnswer.model_validate(members | {"phase": phase_on(offering, today)})


def _tagged(offering: Offering, *, today: date, where: str) -> Tagged:
    return Tagged(_render(offering, today=today), where, tag_of_revision(offering.record_version))


def _rendering(today: date) -> Callable[[Offering], OfferingAnswer]:
    return lambda offering: _render(offering, today=today)


def _place_of(offering: Offering) -> SortKey:
    first_day = offering.days.first_day if offering.days else date.max
    return first_day.isoformat(), str(offering.offering_id)


def _place_after(after: SortKey | None) -> Place | None:
    if after is None:
        return None
    try:
        first_day, offering_id = after
        return date.fromisoformat(str(first_day)), UUID(str(offering_id))
    except ValueError:
        sentence = "This is not a cursor that a page gave as its `next`."
        dutch = "Dit is geen cursor die een pagina als `next` gaf."
        fault = RequestFault(RequestPlace.QUERY, "/cursor", "cursor", sentence, dutch)
        raise InvalidRequestError(found=[fault]) from None


@router.get(
    "/microcredentials/{microcredentialId}/offerings",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(shown.OFFERING))
    | refusals(MicrocredentialUnknownError),
)
async def list_offerings_of_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: WantedPage,
    reader: Reader,
    session: Session,
    now: Now,
    phases: Phases = (),
) -> Page[OfferingAnswer]:
    """Return the offerings of a microcredential as they begin, past and cancelled ones too."""
    today = dutch_day(now)
    found = await offerings.list_offerings_of(
        session,
        microcredential_id,
        WantedOfferings(phases=phases, day=today),
        reader=reader,
        after=_place_after(wanted.after),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=_place_of, item=_rendering(today))


@router.post(
    "/microcredentials/{microcredentialId}/offerings",
    status_code=CREATED,
    response_model=OfferingAnswer,
    responses=examples.tagged(shown.OFFERING, status=CREATED)
    | refusals(
        OfferingRulesError,
        MicrocredentialUnknownError,
        NotOfferableError,
        OfferingCodeTakenError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def offer_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: TermsBody,
    body: RequestJson,
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Offer one's own published microcredential; every fault in the terms is named at once."""

    async def act() -> Tagged:
        offering = await offerings.offer_microcredential(
            once.session,
            microcredential_id,
            wanted,
            provider=caller.organisation,
            public_url=settings.public_url,
            now=once.now,
        )
        where = f"{settings.public_url}/v1/offerings/{offering.offering_id}"
        return _tagged(offering, today=dutch_day(once.now), where=where)

    return await once.answer(caller, body, act)


@router.get(
    "/offerings",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(shown.OFFERING)),
)
async def list_offerings(
    wanted: WantedPage,
    reader: Reader,
    session: Session,
    now: Now,
    phases: Phases = (),
    provider: Annotated[Oin | None, Query(description="OIN of the provider")] = None,
    primary_code: Annotated[
        str | None,
        Query(
            alias="primaryCode",
            min_length=1,
            max_length=256,
            description="what the provider calls it; look here before you record one",
        ),
    ] = None,
) -> Page[OfferingAnswer]:
    """Return offerings of all microcredentials as they begin; one's own concepts too."""
    today = dutch_day(now)
    found = await offerings.list_offerings(
        session,
        WantedOfferings(phases=phases, provider=provider, primary_code=primary_code, day=today),
        reader=reader,
        after=_place_after(wanted.after),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=_place_of, item=_rendering(today))


@router.get(
    "/offerings/{offeringId}",
    response_model_exclude_none=True,
    responses=examples.tagged(shown.OFFERING) | refusals(OfferingUnknownError),
)
async def read_offering(
    offering_id: Annotated[UUID, Path(alias="offeringId")],
    reader: Reader,
    session: Session,
    now: Now,
    response: Response,
) -> OfferingAnswer:
    """Return an offering; past and cancelled ones stay readable."""
    offering = await offerings.read_offering(session, offering_id, reader=reader)
    response.headers["ETag"] = tag_of_revision(offering.record_version)
    return _render(offering, today=dutch_day(now))


@router.put(
    "/offerings/{offeringId}",
    response_model_exclude_none=True,
    responses=examples.tagged(shown.OFFERING)
    | refusals(
        OfferingRulesError,
        OfferingUnknownError,
        OfferingMoveError,
        OfferingCodeTakenError,
        NotOfferableError,
        StaleError,
        UnconditionalError,
    ),
)
async def put_offering(
    offering_id: Annotated[UUID, Path(alias="offeringId")],
    wanted: TermsBody,
    condition: IfMatchNeeded,
    caller: Provider,
    settings: Configured,
    session: Session,
    now: Now,
    response: Response,
) -> OfferingAnswer:
    """Replace the terms of an offering as a whole; it stays with its microcredential."""
    offering = await offerings.put_offering(
        session,
        offering_id,
        wanted,
        provider=caller.organisation,
        condition=condition,
        public_url=settings.public_url,
        now=now,
    )
    response.headers["ETag"] = tag_of_revision(offering.record_version)
    return _render(offering, today=dutch_day(now))


@router.delete(
    "/offerings/{offeringId}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(OfferingUnknownError, OfferingPublicError, StaleError, UnconditionalError),
)
async def remove_offering(
    offering_id: Annotated[UUID, Path(alias="offeringId")],
    condition: IfMatchNeeded,
    caller: Provider,
    session: Session,
) -> None:
    """Take away a concept; what was public is kept, and can be cancelled."""
    await offerings.remove_offering(
        session, offering_id, provider=caller.organisation, condition=condition
    )


@router.post(
    "/offerings/{offeringId}/cancellations",
    status_code=CREATED,
    response_model=OfferingAnswer,
    responses=examples.tagged(shown.CANCELLED, status=CREATED)
    | refusals(
        OfferingUnknownError,
        OfferingMoveError,
        OfferingOverError,
        StaleError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def cancel_offering(
    offering_id: Annotated[UUID, Path(alias="offeringId")],
    wanted: Annotated[CancelOffering, Body(examples=[shown.CANCEL, {}])],
    condition: IfMatch,
    body: RequestJson,
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Cancel an offering for good; it stays readable, with the reason."""

    async def act() -> Tagged:
        offering = await offerings.cancel_offering(
            once.session,
            offering_id,
            reason=wanted.reason,
            condition=condition,
            provider=caller.organisation,
            public_url=settings.public_url,
            now=once.now,
        )
        where = f"{settings.public_url}/v1/offerings/{offering_id}"
        return _tagged(offering, today=dutch_day(once.now), where=where)

    return await once.answer(caller, body, act)
