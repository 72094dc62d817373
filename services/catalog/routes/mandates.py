"""Mandates over HTTP: an organisation gives and ends its own, and everybody reads them."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Response, status

from services.catalog.domain import OrganisationUnknownError
from services.catalog.domain.mandates import (
    Mandate,
    MandateRefusedError,
    MandateUnknownError,
    NotTheMandatorError,
    check_days,
)
from services.catalog.operations import mandates
from services.catalog.routes.edge import Provider, number_after
from services.catalog.schemas import examples, examples_statements
from services.catalog.schemas.mandates import GiveMandate, MandateAnswer
from shared.contracts.identifiers import Oin
from shared.runtime.access import Caller
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.legible import BodyRules
from shared.runtime.paging import Page, WantedPage
from shared.runtime.problems import refusals

router = APIRouter(prefix="/organisations", tags=["mandates"])

MandatorInPath = Annotated[Oin, Path(description="whose microcredentials are awarded")]


@router.get(
    "/{oin}/mandates",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(examples_statements.MANDATE))
    | refusals(OrganisationUnknownError),
)
async def list_mandates(
    oin: MandatorInPath, wanted: WantedPage, session: Session
) -> Page[MandateAnswer]:
    """Return every mandate an organisation gave, ended ones as well, in the order of giving."""
    found = await mandates.list_mandates(
        session, oin, after=number_after(wanted.after), limit=wanted.limit + 1
    )
    return wanted.page(found, key=lambda one: (one.number,), item=_render)


@router.get(
    "/{oin}/mandates/{agentOin}",
    response_model_exclude_none=True,
    responses=examples.answer(examples_statements.MANDATE) | refusals(MandateUnknownError),
)
async def read_mandate(
    oin: MandatorInPath, agent: Annotated[Oin, Path(alias="agentOin")], session: Session
) -> MandateAnswer:
    """Return the present mandate of one organisation to another."""
    return _render(await mandates.read_mandate(session, mandator=oin, agent=agent))


@router.put(
    "/{oin}/mandates/{agentOin}",
    response_model_exclude_none=True,
    responses=examples.answer(examples_statements.MANDATE)
    | examples.answer(examples_statements.MANDATE, status=status.HTTP_201_CREATED)
    | refusals(MandateRefusedError, NotTheMandatorError, OrganisationUnknownError),
)
async def give_mandate(
    oin: MandatorInPath,
    agent: Annotated[Oin, Path(alias="agentOin")],
    wanted: Annotated[
        GiveMandate, Body(examples=[examples_statements.GIVE_MANDATE]), BodyRules(check_days)
    ],
    caller: Provider,
    session: Session,
    now: Now,
    response: Response,
) -> MandateAnswer:
    """Let another organisation award for yours; another period takes the place of this one."""
    _require_mandator(caller, oin)
    given, is_new = await mandates.give_mandate(
        session,
        mandator=oin,
        agent=agent,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        now=now,
    )
    if is_new:
        response.status_code = status.HTTP_201_CREATED
    return _render(given)


@router.delete(
    "/{oin}/mandates/{agentOin}",
    response_model_exclude_none=True,
    responses=examples.answer(examples_statements.ENDED_MANDATE)
    | refusals(MandateUnknownError, NotTheMandatorError),
)
async def end_mandate(
    oin: MandatorInPath,
    agent: Annotated[Oin, Path(alias="agentOin")],
    caller: Provider,
    session: Session,
    now: Now,
) -> MandateAnswer:
    """End a mandate from now on; it stays on record, and what was published by it stays good."""
    _require_mandator(caller, oin)
    return _render(await mandates.end_mandate(session, mandator=oin, agent=agent, now=now))


def _require_mandator(caller: Caller, oin: str) -> None:
    if caller.organisation != oin:
        raise NotTheMandatorError


def _render(mandate: Mandate) -> MandateAnswer:
    return MandateAnswer(
        organisation=mandate.mandator,
        agent=mandate.agent,
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        given_at=mandate.given_at,
        ended_at=mandate.ended_at,
    )
