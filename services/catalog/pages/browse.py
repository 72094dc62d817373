"""The shop window: one list for every provider, and filters that are nothing but an address.

Forms are GET and chips are links, so that a search can be kept, sent and gone back to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import MicrocredentialUnknownError, OrganisationUnknownError
from services.catalog.operations import microcredentials, organisations, search
from services.catalog.pages import words
from services.catalog.pages.frame import show
from services.catalog.pages.questions import BOUNDS, NO_PLACE, Asked, Bound, Pairs, read
from services.catalog.search import Choice, Facet, Found
from shared.contracts.microcredential import Microcredential
from shared.contracts.vocabulary import LocalText
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.pages import read_language, root_of
from shared.runtime.paging import write_cursor

router = APIRouter()

CARDS_ON_A_PAGE: Final = 20
SHOWN_AT_FIRST: Final = 6


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter, and the query without it."""

    name: LocalText
    value: LocalText
    key: str
    written: str
    query: Pairs


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a search without results: what to drop, and how many there are then."""

    dropped: Sequence[Chip]
    query: Pairs
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """A facet on the page: some values at first, the rest folded, and bounds of one's own."""

    facet: Facet
    first: Sequence[Choice]
    rest: Sequence[Choice]
    bounds: Sequence[tuple[Bound, str | None]]

    @property
    def rest_is_open(self) -> bool:
        """Say whether something chosen would be folded away."""
        return any(one.is_chosen for one in self.rest)

    @property
    def bounds_are_open(self) -> bool:
        """Say whether a bound is chosen."""
        return any(value for _, value in self.bounds)


@router.get("/")
async def browse(request: Request, session: Session, now: Now) -> Response:
    """Show what can be earned now from a recognised provider, as the address asks."""
    pairs = request.query_params.multi_items()
    said = [(key, value) for key, value in pairs if value.strip()]
    if len(said) < len(pairs):
        # A form without script sends its empty fields too; an address to keep has none.
        query = f"?{urlencode(said)}" if said else ""
        return RedirectResponse(f"{root_of(request)}/{query}", status.HTTP_303_SEE_OTHER)
    asked = read(said)
    found, asked = await find(request, session, asked, now=now)
    provider = await _name_provider(session, asked)
    compared = await read_compared(session, asked)
    asked = replace(asked, compared=tuple(one.microcredential_id for one in compared))
    chips = list_chips(asked, found, provider)
    return show(
        request,
        "browse.html",
        path="/",
        query=asked.search(),
        asked=asked,
        found=found,
        chips=chips,
        ways=_ways(asked, found, chips),
        groups=_groups(found, asked),
        compared=compared,
        next=[*asked.browse(), ("cursor", write_cursor(found.after))] if found.after else None,
    )


async def find(
    request: Request, session: AsyncSession, asked: Asked, *, now: datetime
) -> tuple[Found, Asked]:
    """Search; a cursor that leads nowhere leads to the beginning, and is named."""
    try:
        found = await search.search_microcredentials(
            session,
            asked.question,
            memory=request.app.state.search,
            after=asked.after,
            limit=CARDS_ON_A_PAGE,
            now=now,
            language=read_language(request).value,
        )
    except search.PlaceUnknownError:
        asked = replace(asked, after=None, ignored=(*asked.ignored, NO_PLACE))
        return await find(request, session, asked, now=now)
    return found, asked


async def _name_provider(session: AsyncSession, asked: Asked) -> LocalText | None:
    oin = asked.question.provider
    if oin is None:
        return None
    try:
        return (await organisations.read_organisation(session, oin)).name
    except OrganisationUnknownError:
        return LocalText(nl="onbekend", en="unknown")


async def read_compared(session: AsyncSession, asked: Asked) -> list[Microcredential]:
    """Return what was put aside to compare, as far as it exists; three at most."""
    found = []
    for each in asked.compared:
        try:
            found.append(await microcredentials.read_latest(session, each))
        except MicrocredentialUnknownError:
            continue
    return found


def list_chips(asked: Asked, found: Found, provider: LocalText | None) -> list[Chip]:
    """Return what is asked, each with the address that asks it no more."""
    chips = []
    labels = _labels(found)
    question = asked.question
    if question.words:
        chips.append(_chip(asked, "q", question.words, LocalText(nl="Woorden", en="Words")))
    if question.provider:
        name = LocalText(nl="Aanbieder", en="Provider")
        chips.append(_chip(asked, "provider", question.provider, name, provider))
    chips.extend(
        _chip(asked, facet.value, value, _text(label), labels.get((facet, value)))
        for facet, label in words.FACETS.items()
        for value in sorted(question.chosen.get(facet, ()))
    )
    written = dict(asked.search())
    chips.extend(
        _chip(asked, bound.key, written[bound.key], _text(bound.label))
        for bound in BOUNDS
        if bound.key in written
    )
    return chips


def _chip(
    asked: Asked, key: str, value: str, name: LocalText, label: LocalText | None = None
) -> Chip:
    without = asked.browse(without=[(key, value)])
    return Chip(name, label or LocalText(nl=value, en=value), key, value, without)


def _text(named: words.Words) -> LocalText:
    dutch, english = named
    return LocalText(nl=dutch, en=english)


def _labels(found: Found) -> dict[tuple[Facet, str], LocalText]:
    return {
        (facet, choice.value): choice.label
        for facet, choices in found.choices.items()
        for choice in choices
    }


def _ways(asked: Asked, found: Found, chips: Sequence[Chip]) -> list[Way]:
    """Say for each suggestion what it drops, and where that leads."""
    ways = []
    for suggestion in found.suggestions:
        key = "q" if suggestion.facet is None else suggestion.facet.value
        dropped = [chip for chip in chips if chip.key == key]
        pairs = [(chip.key, chip.written) for chip in dropped]
        ways.append(Way(dropped, asked.browse(without=pairs), suggestion.count))
    return ways


def _groups(found: Found, asked: Asked) -> list[Group]:
    """Return the facets that divide what was found, most frequent values first."""
    written = dict(asked.search())
    groups = []
    for facet in words.FACETS:
        choices = found.choices.get(facet, ())
        worth = [one for one in choices if one.count or one.is_chosen]
        bounds = tuple((bound, written.get(bound.key)) for bound in BOUNDS if bound.facet is facet)
        if worth or bounds:
            groups.append(Group(facet, worth[:SHOWN_AT_FIRST], worth[SHOWN_AT_FIRST:], bounds))
    return groups
