"""The trust list over HTTP, for anybody to read and keep.

Our own JSON is part of the API. The other two forms are at the addresses their standards give them,
and what they refuse they refuse in those standards' words (OpenID Federation 1.0, 8.9).
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic_core import to_json

from services.catalog.domain import dutch_day
from services.catalog.operations import trust
from services.catalog.operations.trust import ListQuestion, TrustMemory
from services.catalog.routes.edge import Configured
from services.catalog.schemas import examples
from services.catalog.schemas.examples_organisations import TRUST_LIST
from services.catalog.schemas.trust import TrustedOrganisation, TrustList
from services.catalog.signing import TrustAnchor
from services.catalog.trust import federation
from shared.errors import WaarmerkError
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.runtime.paging import WantedPage
from shared.runtime.preconditions import IfNoneMatch, tag_of_bytes
from shared.runtime.problems import status_of

MAX_AGE: Final = 300
STALE_IF_ERROR: Final = ", stale-if-error=86400"
JSON: Final = "application/json"

router = APIRouter(prefix="/trust-list", tags=["trust list"])
others = APIRouter(tags=["trust list"])


def read_anchor(request: Request) -> TrustAnchor | None:
    """Return the trust anchor this catalogue was started as, if it was given a key."""
    anchor: TrustAnchor | None = request.app.state.anchor
    return anchor


def read_memory(request: Request) -> TrustMemory:
    """Return what this process remembers of the trust list."""
    memory: TrustMemory = request.app.state.trust
    return memory


PossibleAnchor = Annotated[TrustAnchor | None, Depends(read_anchor)]
Memory = Annotated[TrustMemory, Depends(read_memory)]


@router.get(
    "", response_model=TrustList, responses=examples.tagged(TRUST_LIST) | examples.NOT_MODIFIED
)
async def read_trust_list(
    page: WantedPage, session: Session, now: Now, known: IfNoneMatch
) -> Response:
    """Return every organisation that ever issued here, its recognitions, its DIDs and its keys.

    Judge a credential by the recognition on the day of award, and by what became of its key.
    """
    after = None if page.after is None else str(page.after[0])
    edition, found = await trust.read_trust_list(session, after=after, limit=page.limit + 1)
    today = dutch_day(now)
    shown = page.page(
        found,
        key=lambda one: (one.organisation.oin,),
        item=lambda one: TrustedOrganisation.of(one, day=today),
    )
    answer = TrustList.of(edition, shown.items, day=today, after=shown.next)
    return _kept(answer.model_dump_json(exclude_none=True).encode(), JSON, known)


@others.get("/registries/dcc.json")
async def read_dcc_registry(
    session: Session, memory: Memory, settings: Configured, now: Now, known: IfNoneMatch
) -> Response:
    """Return the issuers recognised today as a registry of the Digital Credentials Consortium."""
    registry = await trust.read_dcc_registry(
        session, memory, public_url=settings.public_url, now=now
    )
    return _kept(to_json(registry), JSON, known)


@others.get("/.well-known/openid-federation")
async def read_entity_configuration(
    anchor: PossibleAnchor, now: Now, known: IfNoneMatch
) -> Response:
    """Return what this catalogue states of itself as a trust anchor."""
    try:
        statement = trust.read_entity_configuration(anchor, now=now)
    except federation.FEDERATION_ERRORS as refused:
        return _refusal(refused)
    return _kept(statement.encode(), f"application/{federation.STATEMENT_TYPE}", known)


@others.get("/federation/list")
async def list_subordinates(
    request: Request,
    anchor: PossibleAnchor,
    session: Session,
    memory: Memory,
    now: Now,
    known: IfNoneMatch,
) -> Response:
    """Return the DIDs of every issuer that may be trusted today."""
    asked = ListQuestion(
        entity_types=_every(request, "entity_type"),
        intermediate=_every(request, "intermediate"),
        trust_marks=[
            *(marked for marked in _every(request, "trust_marked") if marked != "false"),
            *_every(request, "trust_mark_type"),
        ],
    )
    try:
        listed = await trust.list_subordinates(session, memory, anchor, asked, now=now)
    except federation.FEDERATION_ERRORS as refused:
        return _refusal(refused)
    return _kept(to_json(listed), JSON, known)


@others.get("/federation/fetch")
async def read_statement(
    request: Request, anchor: PossibleAnchor, session: Session, now: Now, known: IfNoneMatch
) -> Response:
    """Return what this trust anchor states of one issuer, asked by its DID."""
    try:
        statement = await trust.read_statement(session, anchor, _every(request, "sub"), now=now)
    except federation.FEDERATION_ERRORS as refused:
        return _refusal(refused)
    return _kept(statement.encode(), f"application/{federation.STATEMENT_TYPE}", known)


@others.get("/federation/historical-keys")
async def read_historical_keys(anchor: PossibleAnchor, now: Now, known: IfNoneMatch) -> Response:
    """Return the keys this trust anchor signed with before."""
    try:
        keys = trust.read_historical_keys(anchor, now=now)
    except federation.FEDERATION_ERRORS as refused:
        return _refusal(refused)
    return _kept(keys.encode(), f"application/{federation.KEYS_TYPE}", known)


def _every(request: Request, name: str) -> Sequence[str]:
    return request.query_params.getlist(name)


def _refusal(refused: WaarmerkError) -> Response:
    """Refuse as OpenID Federation 8.9 says; who asked us something else is none of our caches'."""
    body: dict[str, Any] = {
        "error": getattr(refused, "error", federation.Code.INVALID_REQUEST),
        "error_description": refused.detail,
    }
    headers = {"Access-Control-Allow-Origin": "*"}
    return Response(to_json(body), status_of(type(refused)), headers, media_type=JSON)


def _kept(body: bytes, media_type: str, known: IfNoneMatch) -> Response:
    """Answer with an entity tag, or 304 to who has this very thing already (RFC 9110 13.1.2)."""
    tag = tag_of_bytes(body)
    headers = public_headers(max_age=MAX_AGE) | {"ETag": tag}
    headers["Cache-Control"] += STALE_IF_ERROR
    if known.holds_weakly(tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
