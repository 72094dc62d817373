"""Searching over HTTP: one list, by words and by facets, for everybody without an account.

Without words it is the list for machines that read everything: first published first, so that a
cursor misses nothing that is published meanwhile.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from services.catalog.operations.search import PlaceUnknownError, search_microcredentials
from services.catalog.operations.search import SearchMemory as Memory
from services.catalog.schemas import examples
from services.catalog.schemas.examples_search import FOUND
from services.catalog.schemas.search import (
    ChoiceAnswer,
    FacetAnswer,
    SearchAnswer,
    SearchQuery,
    SuggestionAnswer,
)
from services.catalog.search import Found, Order
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.faults import Place, RequestFault
from shared.runtime.pages import read_language
from shared.runtime.paging import read_cursor, write_cursor
from shared.runtime.problems import InvalidRequestError

router = APIRouter(prefix="/microcredentials", tags=["microcredentials"])


def read_memory(request: Request) -> Memory:
    """Return what this process remembers of all listings."""
    memory: Memory = request.app.state.search
    return memory


Remembered = Annotated[Memory, Depends(read_memory)]


@router.get("", response_model_exclude_none=True, responses=examples.answer(FOUND))
async def list_microcredentials(
    wanted: Annotated[SearchQuery, Query()],
    memory: Remembered,
    session: Session,
    now: Now,
    request: Request,
) -> SearchAnswer:
    """Find microcredentials; without words all that is published, and new ones come last."""
    order = Order.FIRST_PUBLISHED if wanted.q is None else Order.RELEVANCE
    try:
        found = await search_microcredentials(
            session,
            wanted.question(),
            memory=memory,
            after=None if wanted.cursor is None else read_cursor(wanted.cursor),
            limit=wanted.limit,
            now=now,
            language=read_language(request),
            order=order,
        )
    except PlaceUnknownError as refused:
        fault = RequestFault(Place.QUERY, "/cursor", "cursor", refused.detail, refused.dutch)
        raise InvalidRequestError(found=[fault]) from None
    return _render(found, with_facets=wanted.facets)


def _render(found: Found, *, with_facets: bool) -> SearchAnswer:
    facets = [
        FacetAnswer(
            facet=facet,
            choices=[
                ChoiceAnswer(
                    value=one.value, label=one.label, count=one.count, is_chosen=one.is_chosen
                )
                for one in choices
            ],
        )
        for facet, choices in found.choices.items()
    ]
    suggestions = [
        SuggestionAnswer(drop="q" if one.facet is None else one.facet.value, count=one.count)
        for one in found.suggestions
    ]
    return SearchAnswer(
        items=[hit.microcredential for hit in found.hits],
        next=None if found.after is None else write_cursor(found.after),
        total=found.total,
        searched_for=found.searched_for,
        facets=facets if with_facets else None,
        suggestions=suggestions or None,
    )
