"""Asking about learners over HTTP: who they are stands in the body, and nowhere after that."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from services.registry.domain.consultations import BasisRefusedError, SearchClosedError, Trace
from services.registry.operations import consultations
from services.registry.operations.consultations import Asking, Counter
from services.registry.schemas.consultations import (
    ConsultationAnswer,
    ConsultationSearch,
    FoundLearner,
    FoundLearners,
    PseudonymKeyAnswer,
    RegistrationSearch,
)
from services.registry.settings import Settings
from shared.proofs.pseudonyms import IdentifierRefusedError
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
)
from shared.runtime.observability import current_context
from shared.runtime.paging import Page, PageRequest, WantedPage, no_cursor
from shared.runtime.problems import refusals

FOR_LEARNERS: Final = "learners:access"

router = APIRouter(tags=["consultations"])

RegistrationsSearcher = Annotated[Caller, Depends(caller_with("registrations:search"))]
ConsultationsReader = Annotated[Caller, Depends(caller_with(FOR_LEARNERS, "consultations:read"))]
KeysWriter = Annotated[Caller, Depends(caller_with("keys:write"))]


def open_counter(request: Request) -> Counter:
    """Return where questions about learners are answered, made once."""
    state = request.app.state
    if getattr(state, "counter", None) is None:
        state.counter = Counter.of(state.settings)
    counter: Counter = state.counter
    return counter


def read_settings(request: Request) -> Settings:
    """Return what this register was started with."""
    settings: Settings = request.app.state.settings
    return settings


OpenCounter = Annotated[Counter, Depends(open_counter)]
OwnSettings = Annotated[Settings, Depends(read_settings)]


def asking_of(request: Request, caller: Caller, now: datetime) -> Asking:
    """Return who asks, as part of the trace that the request belongs to."""
    trace, context = Trace.of_header(request.headers.get("traceparent")), current_context()
    if context is not None:
        # The lines of our own log are of the same trace, so that one leads to the other.
        trace = replace(trace, trace_id=context.trace_id, operation_id=context.span_id)
    return Asking(
        organisation=caller.organisation,
        client=caller.client,
        trace=trace,
        began_at=now,
        read_clock=request.app.state.clock,
    )


@router.post(
    "/registrations/_search",
    response_model_exclude_none=True,
    responses=refusals(BasisRefusedError, IdentifierRefusedError, SearchClosedError),
)
async def search_registrations(
    request: Request,
    wanted: RegistrationSearch,
    caller: RegistrationsSearcher,
    counter: OpenCounter,
    session: Session,
    now: Now,
) -> FoundLearners:
    """Look learners up, at most a hundred; the learner can see that you did, and for what."""
    found = await consultations.search_registrations(
        session,
        counter,
        [learner.identifier for learner in wanted.learners],
        reason=wanted.reason,
        asking=asking_of(request, caller, now),
    )
    return FoundLearners(items=tuple(map(FoundLearner.of, found)))


@router.post(
    "/consultations/_search",
    response_model_exclude_none=True,
    responses=refusals(IdentifierRefusedError, SearchClosedError),
)
async def search_consultations(
    request: Request,
    wanted: ConsultationSearch,
    caller: ConsultationsReader,
    counter: OpenCounter,
    page: WantedPage,
    session: Session,
    now: Now,
) -> Page[ConsultationAnswer]:
    """Tell who looked at a learner, newest first: for the learner everybody, else only yourself."""
    lines = await consultations.read_consultations(
        session,
        counter,
        wanted.learner.identifier,
        asking=asking_of(request, caller, now),
        for_learner=FOR_LEARNERS in caller.scopes,
        before=_number_before(page),
        limit=page.limit + 1,
    )
    public_url = read_settings(request).public_url
    return page.page(
        lines,
        key=lambda line: (line.number or 0,),
        item=lambda line: ConsultationAnswer.of(line, public_url=public_url),
    )


@router.post(
    "/pseudonym-keys",
    status_code=201,
    responses=refusals(SearchClosedError, IdempotencyKeyReusedError, StillRunningError),
)
async def rotate_pseudonym_key(
    caller: KeysWriter,
    counter: OpenCounter,
    idempotency_key: IdempotencyKey,
    session: Session,
    now: Now,
) -> PseudonymKeyAnswer:
    """Get new names for learners from now on; answers still tell you the earlier ones."""
    key = await consultations.rotate_key(
        session,
        counter,
        organisation=caller.organisation,
        request_key=idempotency_key,
        now=now,
    )
    return PseudonymKeyAnswer(version=key.version, created_at=key.created_at)


def _number_before(page: PageRequest) -> int | None:
    match page.after:
        case None:
            return None
        case (int(number),) if 0 < number < 2**63:
            return number
        case _:
            raise no_cursor()
