"""What search engines may read, and where everything is: robots.txt and a sitemap in parts.

The sitemap is divided by the first digit of an id, so that no part needs to know of another
(sitemaps.org 0.9: at most 50,000 addresses a file).
"""

from datetime import datetime
from typing import Final
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from services.catalog.operations.addresses import list_addresses
from services.catalog.pages.frame import public_url
from shared.errors import NotFoundError
from shared.runtime.database import Session
from shared.runtime.http import public_headers

router = APIRouter()

PARTS: Final = "0123456789abcdef"
MOST_ADDRESSES: Final = 50_000
FRESH_SECONDS: Final = 3600
SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES: Final = ("/", "/organisations", "/policies", "/dcat")


@router.get("/robots.txt")
async def give_robots(request: Request) -> Response:
    """Let everybody read every page but the endless ones: searches and comparisons."""
    text = (
        "User-agent: *\n"
        "Disallow: /compare\n"
        "Disallow: /*?*cursor=\n"
        "Disallow: /*?*compare=\n"
        f"Sitemap: {public_url(request)}/sitemap.xml\n"
    )
    return PlainTextResponse(text, headers=public_headers(max_age=FRESH_SECONDS))


@router.get("/sitemap.xml")
async def give_sitemap(request: Request) -> Response:
    """Give the list of the sitemap's parts."""
    base = public_url(request)
    root = ET.Element("sitemapindex", xmlns=SITEMAP)
    for name in ("pages", *PARTS):
        ET.SubElement(ET.SubElement(root, "sitemap"), "loc").text = f"{base}/sitemap-{name}.xml"
    return _answer(root)


@router.get("/sitemap-{part}.xml")
async def give_part(request: Request, part: str, session: Session) -> Response:
    """Give one part of the sitemap: the pages that are always there, or some microcredentials."""
    base = public_url(request)
    root = ET.Element("urlset", xmlns=SITEMAP)
    if part == "pages":
        for path in _PAGES:
            _add(root, base + path)
    elif len(part) == 1 and part in PARTS:
        for address in await list_addresses(session, part, limit=MOST_ADDRESSES):
            _add(
                root, f"{base}/microcredentials/{address.microcredential_id}", address.published_at
            )
    else:
        raise NotFoundError
    return _answer(root)


def _add(root: ET.Element, address: str, changed: datetime | None = None) -> None:
    node = ET.SubElement(root, "url")
    ET.SubElement(node, "loc").text = address
    if changed is not None:
        ET.SubElement(node, "lastmod").text = changed.isoformat()


def _answer(root: ET.Element) -> Response:
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(
        body, headers=public_headers(max_age=FRESH_SECONDS), media_type="application/xml"
    )
