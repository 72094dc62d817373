"""Importing an institution's OEAPI over HTTP: where it is, an import, and its report.

Only the organisation itself sees any of it; an import ends on its own desk and is never published.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response, status
from pydantic import AnyUrl, BaseModel

from services.catalog.oeapi.importing import Kind, Verdict
from services.catalog.operations import oeapi_imports
from services.catalog.operations.oeapi_imports import (
    Import,
    ImportUnderWayError,
    ImportUnknownError,
    Item,
    NoSourceError,
    Source,
    SourceUnknownError,
    Wanted,
)
from services.catalog.routes.edge import Configured, OnceOnly, Provider, actor_of, moment_after
from services.catalog.schemas import examples
from services.catalog.schemas import examples_oeapi as shown
from services.catalog.schemas.oeapi_imports import (
    AskOeapiImport,
    ImportProblem,
    OeapiImportAnswer,
    OeapiImportItem,
    OeapiImportSummary,
    OeapiSourceAnswer,
    ReasonAnswer,
    RegisterOeapiSource,
)
from shared.contracts.identifiers import Oin
from shared.contracts.vocabulary import LocalText
from shared.errors import Fault, NotPermittedError
from shared.runtime.access import Caller
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.fetching import AddressRefusedError, Reach
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.paging import Page, WantedPage
from shared.runtime.problems import refusals

router = APIRouter(tags=["oeapi-imports"])
OinInPath = Annotated[Oin, Path(description="organisation identification number")]
CREATED = status.HTTP_201_CREATED


class AnothersSourceError(NotPermittedError):
    """You can register and read the OEAPI of your own organisation only."""

    code: ClassVar[str] = "anothers-oeapi-source"
    dutch: ClassVar[str] = "U kunt alleen de OEAPI van uw eigen organisatie registreren en zien."


def _require_own(oin: str, caller: Caller) -> None:
    if caller.organisation != oin:
        raise AnothersSourceError


@router.put(
    "/organisations/{oin}/oeapi-source",
    responses=examples.answer(shown.SOURCE)
    | examples.answer(shown.SOURCE, status=CREATED)
    | refusals(AddressRefusedError, AnothersSourceError),
)
async def register_oeapi_source(
    oin: OinInPath,
    wanted: Annotated[RegisterOeapiSource, Body(examples=[shown.REGISTER])],
    caller: Provider,
    settings: Configured,
    session: Session,
    now: Now,
    response: Response,
) -> OeapiSourceAnswer:
    """Register where your organisation serves its OEAPI v6; nothing is fetched yet."""
    _require_own(oin, caller)
    source, is_new = await oeapi_imports.register_source(
        session,
        wanted.url,
        organisation=oin,
        reach=Reach(anywhere=settings.fetch_anywhere),
        now=now,
    )
    if is_new:
        response.status_code = CREATED
    return _render_source(source)


@router.get(
    "/organisations/{oin}/oeapi-source",
    responses=examples.answer(shown.SOURCE) | refusals(SourceUnknownError, AnothersSourceError),
)
async def read_oeapi_source(
    oin: OinInPath, caller: Provider, session: Session
) -> OeapiSourceAnswer:
    """Return where your organisation serves its OEAPI v6."""
    _require_own(oin, caller)
    return _render_source(await oeapi_imports.read_source(session, organisation=oin))


@router.delete(
    "/organisations/{oin}/oeapi-source",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(SourceUnknownError, AnothersSourceError),
)
async def remove_oeapi_source(oin: OinInPath, caller: Provider, session: Session) -> None:
    """Forget where your organisation serves its OEAPI; what was imported from there stays."""
    _require_own(oin, caller)
    await oeapi_imports.remove_source(session, organisation=oin)


def _render_source(source: Source) -> OeapiSourceAnswer:
    return OeapiSourceAnswer(
        organisation=source.organisation,
        url=AnyUrl(source.url),
        registered_at=source.registered_at,
    )


@router.post(
    "/oeapi-imports",
    status_code=CREATED,
    response_model=OeapiImportAnswer,
    response_model_exclude_none=True,
    responses=examples.answer(shown.QUEUED, status=CREATED)
    | refusals(NoSourceError, ImportUnderWayError, IdempotencyKeyReusedError, StillRunningError),
)
async def ask_oeapi_import(
    wanted: Annotated[AskOeapiImport, Body(examples=[shown.ASK_ALL, shown.ASK_SOME])],
    body: RequestJson,
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Ask for an import from your own OEAPI; it is done within moments, so read it again."""

    async def act() -> tuple[BaseModel, str]:
        asked = await oeapi_imports.ask_import(
            once.session,
            Wanted(programmes=wanted.programme_ids, courses=wanted.course_ids),
            organisation=caller.organisation,
            by=actor_of(caller),
            now=once.now,
        )
        where = f"{settings.public_url}/v1/oeapi-imports/{asked.import_id}"
        return _render(asked, []), where

    return await once.answer(caller, body, act)


@router.get(
    "/oeapi-imports",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(shown.SUMMARY)),
)
async def list_oeapi_imports(
    wanted: WantedPage, caller: Provider, session: Session
) -> Page[OeapiImportSummary]:
    """Return your imports, newest first; read one for its whole report."""
    found = await oeapi_imports.list_imports(
        session,
        organisation=caller.organisation,
        before=moment_after(wanted.after),
        limit=wanted.limit + 1,
    )
    return wanted.page(
        found,
        key=lambda one: (one[0].created_at.isoformat(), str(one[0].import_id)),
        item=lambda one: _summarise(*one),
    )


@router.get(
    "/oeapi-imports/{importId}",
    response_model_exclude_none=True,
    responses=examples.answer(shown.DONE) | refusals(ImportUnknownError),
)
async def read_oeapi_import(
    import_id: Annotated[UUID, Path(alias="importId")], caller: Provider, session: Session
) -> OeapiImportAnswer:
    """Return an import and its report: what became of each thing, what was lost, and why."""
    found, items = await oeapi_imports.read_import(
        session, import_id, organisation=caller.organisation
    )
    return _render(found, items)


def _render(found: Import, items: Sequence[Item]) -> OeapiImportAnswer:
    summary = _summarise(found, Counter(item.verdict for item in items))
    return OeapiImportAnswer(**dict(summary), items=[_render_item(item) for item in items])


def _summarise(found: Import, counts: Mapping[Verdict, int]) -> OeapiImportSummary:
    problem = found.problem
    return OeapiImportSummary(
        import_id=found.import_id,
        state=found.state,
        url=AnyUrl(found.url),
        created_at=found.created_at,
        finished_at=found.finished_at,
        problem=None
        if problem is None
        else ImportProblem(code=problem.code, detail=_both(problem.detail, problem.dutch)),
        counts=dict(counts),
    )


def _render_item(item: Item) -> OeapiImportItem:
    is_offering = item.kind is Kind.OFFERING
    return OeapiImportItem(
        kind=item.kind,
        source_id=item.source_id,
        verdict=item.verdict,
        primary_code=item.primary_code,
        name=item.name,
        microcredential_id=None if is_offering else item.target_id,
        offering_id=item.target_id if is_offering else None,
        matched_by=item.matched_by,
        candidates=[*item.candidates],
        differences=[*item.differences],
        lost=[_render_reason(one) for one in item.lost],
        reasons=[_render_reason(one) for one in item.reasons],
    )


def _render_reason(fault: Fault) -> ReasonAnswer:
    return ReasonAnswer(
        pointer=fault.pointer, code=fault.code, detail=_both(fault.detail, fault.dutch)
    )


def _both(english: str, dutch: str) -> LocalText:
    return LocalText(en=english, nl=dutch or None)
