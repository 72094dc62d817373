"""A page as its reader has it: what it says, where its links lead, and what its forms ask."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.integration.catalog.conftest import Catalogue

Pairs = list[tuple[str, str]]
_SILENT = {"script", "style"}


class Reading(HTMLParser):
    """A page that was read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.links: dict[str, str] = {}
        self.inputs: list[dict[str, str]] = []
        self.heads: list[dict[str, str]] = []
        self._words: list[str] = []
        self._silent = ""
        self._link: tuple[str, list[str]] | None = None
        self.feed(html)
        self.text = _plain(self._words)
        self.title = _plain([re.findall(r"<title>(.*?)</title>", html, re.DOTALL)[0]])
        self.status = _plain(re.findall(r'role="status">(.*?)</(?:div|p)>', html, re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        members = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent = tag
        elif tag == "a":
            self._link = (members["href"], [])
        elif tag == "input":
            self.inputs.append(members)
        elif tag in {"link", "meta"}:
            self.heads.append(members)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif tag == "a" and self._link:
            href, words = self._link
            self.links.setdefault(_plain(words), href)
            self._link = None

    def _hear(self, data: str) -> None:
        if self._silent:
            return
        self._words.append(data)
        if self._link:
            self._link[1].append(data)

    handle_data = _hear

    def query_of(self, link: str) -> Pairs:
        """Return what a link asks."""
        return parse_qsl(urlsplit(self.links[link]).query)

    def head(self, **wanted: str) -> list[dict[str, str]]:
        """Return the links and meta elements with these members."""
        return [each for each in self.heads if wanted.items() <= each.items()]

    def checked(self) -> Pairs:
        """Return which filters are ticked."""
        return [(each["name"], each["value"]) for each in self.inputs if "checked" in each]


def _plain(parts: list[str]) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " ".join(parts))).strip()


async def visit(
    catalogue: Catalogue, path: str, *, status: int = 200, params: Any = None, **headers: str
) -> Reading:
    """Read a page as a browser asks for it."""
    answer = await catalogue.http.get(
        path, params=params, headers={"Accept": "text/html", **headers}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Reading(answer.text)
