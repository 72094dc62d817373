"""A search that one follows: the same address as browsing, answered as Atom or as JSON Feed.

RFC 4287 and JSON Feed 1.1. An entry is a version of a microcredential, known by that version's own
address for ever; what changes about it, such as when it next starts, makes it an updated entry.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.operations import search
from services.catalog.pages import telling, words
from services.catalog.pages.frame import public_url
from services.catalog.pages.questions import Asked, read
from services.catalog.pages.words import Words
from services.catalog.search import Found, Hit, Order
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.runtime.language import Language
from shared.runtime.pages import read_language
from shared.runtime.preconditions import Condition, IfNoneMatch, tag_of_bytes

router = APIRouter()

MOST_ENTRIES: Final = 50
FRESH_SECONDS: Final = 300
ATOM: Final = "http://www.w3.org/2005/Atom"
# What XML 1.0 §2.2 has no way to write.
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEFORE_EVERYTHING: Final = datetime(2021, 10, 1, tzinfo=UTC)
_LEFT_OUT: Final[Words] = ("niet begrepen en weggelaten", "not understood and left out")
_NAME: Final[Words] = ("Microcredentials in Nederland", "Microcredentials in the Netherlands")


@dataclass(frozen=True, slots=True)
class Entry:
    """One version in a feed."""

    address: str
    title: str
    summary: str
    provider: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A search with what was found, newest news first."""

    title: str
    language: str
    page: str
    own: str
    entries: Sequence[Entry]

    @property
    def updated(self) -> datetime:
        """Return when anything in it last changed."""
        return max((entry.updated for entry in self.entries), default=_BEFORE_EVERYTHING)


@router.get("/feed.atom")
async def give_atom(request: Request, session: Session, now: Now, known: IfNoneMatch) -> Response:
    """Give a search as an Atom feed."""
    feed = await _read_feed(request, session, "/feed.atom", now=now)
    return _answer(request, feed, write_atom(feed), "application/atom+xml; charset=utf-8", known)


@router.get("/feed.json")
async def give_json_feed(
    request: Request, session: Session, now: Now, known: IfNoneMatch
) -> Response:
    """Give a search as a JSON feed."""
    feed = await _read_feed(request, session, "/feed.json", now=now)
    return _answer(request, feed, write_json(feed), "application/feed+json; charset=utf-8", known)


async def _read_feed(request: Request, session: AsyncSession, path: str, *, now: datetime) -> Feed:
    asked = read(request.query_params.multi_items())
    language = read_language(request)
    found = await search.search_microcredentials(
        session,
        asked.question,
        memory=request.app.state.search,
        after=None,
        limit=MOST_ENTRIES,
        now=now,
        language=language.value,
        order=Order.NEWEST,
    )
    query = [*asked.search(), ("lang", language.value)]
    base = public_url(request)
    entries = [_entry(hit, language) for hit in found.hits]
    return Feed(
        title=_title(asked, found, language),
        language=language.value,
        page=f"{base}/?{urlencode(query)}",
        own=f"{base}{path}?{urlencode(query)}",
        entries=sorted(entries, key=lambda entry: (entry.updated, entry.address), reverse=True),
    )


def _title(asked: Asked, found: Found, language: Language) -> str:
    """Name a feed after its search, and say which filters it does not know."""
    labels = {
        (facet.value, choice.value): choice.label.best(language)
        for facet, choices in found.choices.items()
        for choice in choices
    }
    name = _in(_NAME, language)
    chosen = ", ".join(labels.get(pair, pair[1]) for pair in asked.search())
    title = f"{name}: {chosen}" if chosen else name
    left_out = ", ".join(_in(each, language) for each in asked.ignored)
    return f"{title} ({_in(_LEFT_OUT, language)}: {left_out})" if left_out else title


def _entry(hit: Hit, language: Language) -> Entry:
    one, provider = hit.microcredential, hit.provider
    content, offering = one.content, hit.next_offering
    told = [_in(each, language) for each in telling.tell(one)[:-1]]
    if content.description is not None:
        told.insert(0, content.description.best(language))
    changes = [one.published_at, provider.recorded_at, offering.recorded_at if offering else None]
    modes = [_in(words.MODES[each], language) for each in content.modes_of_delivery]
    level = [_in(words.LEVELS[content.level.value], language)] if content.level else []
    return Entry(
        address=str(one.page),
        title=content.title.best(language),
        summary=" ".join(told),
        provider=provider.name.best(language),
        published=one.published_at,
        updated=max(change for change in changes if change is not None),
        tags=(*level, *modes, *content.keywords),
    )


def _in(named: Words, language: Language) -> str:
    return named[language is Language.EN]


def write_atom(feed: Feed) -> bytes:
    """Write a feed as Atom (RFC 4287)."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": feed.language})
    _add(root, "id", feed.own)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated.isoformat())
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.own)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(_add(root, "author"), "name", "Waarmerk")
    for entry in feed.entries:
        node = _add(root, "entry")
        _add(node, "id", entry.address)
        _add(node, "title", entry.title)
        _add(node, "published", entry.published.isoformat())
        _add(node, "updated", entry.updated.isoformat())
        _add(node, "link", rel="alternate", type="text/html", href=entry.address)
        _add(_add(node, "author"), "name", entry.provider)
        for tag in entry.tags:
            _add(node, "category", term=tag)
        _add(node, "summary", entry.summary)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, name: str, text: str | None = None, **members: str) -> ET.Element:
    written = {key: _UNWRITABLE.sub("", value) for key, value in members.items()}
    node = ET.SubElement(parent, f"{{{ATOM}}}{name}", written)
    node.text = None if text is None else _UNWRITABLE.sub("", text)
    return node


def write_json(feed: Feed) -> bytes:
    """Write a feed as JSON Feed 1.1."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "language": feed.language,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        "authors": [{"name": "Waarmerk"}],
        "items": [
            {
                "id": entry.address,
                "url": entry.address,
                "title": entry.title,
                "content_text": entry.summary,
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
                "authors": [{"name": entry.provider}],
                "tags": list(entry.tags),
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _answer(
    request: Request, feed: Feed, body: bytes, media_type: str, known: Condition
) -> Response:
    """Answer with the feed, or with 304 to who has it (RFC 9110 13.2.2)."""
    tag = tag_of_bytes(body)
    headers = public_headers(max_age=FRESH_SECONDS) | {
        "ETag": tag,
        "Last-Modified": format_datetime(feed.updated.astimezone(UTC), usegmt=True),
        "Vary": "Accept-Language",
        "Content-Language": feed.language,
    }
    asks_by_tag = "if-none-match" in request.headers
    if known.holds_weakly(tag) if asks_by_tag else _is_unchanged(request, feed.updated):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _is_unchanged(request: Request, updated: datetime) -> bool:
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    moment = since if since.tzinfo else since.replace(tzinfo=UTC)
    return updated.replace(microsecond=0) <= moment
