"""The texts of a badge class: made plain, put under their language, cut into outcomes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.edubadges.badge_class import BadgeClass, Found
from services.catalog.edubadges.plain import plain_line, plain_text
from services.catalog.edubadges.report import Report
from services.catalog.edubadges.words import LANGUAGES
from shared.strict_json import JsonObject, JsonValue

LONGEST: Final = 4000
MOST_OUTCOMES: Final = 30
_BULLET: Final = re.compile(r"(?:[-\u2013\u2014\u2022*]|\(?[0-9]{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_TAG: Final = re.compile(r"([a-z]{2,3})(?:[-_]([A-Z]{2}))?")


@dataclass(frozen=True, slots=True)
class Wording:
    """Writes texts in the one language of a badge class."""

    language: str
    is_known: bool
    report: Report

    def write(self, found: Found[str] | None, became: str) -> JsonObject | None:
        """Write a text for people, and report what became of it; None when nothing is left."""
        if found is None:
            return None
        text = self.plain(found)
        if text is None:
            return None
        self.say(found, text, became)
        return {self.language: text}

    def plain(self, found: Found[str], *, one_line: bool = False) -> str | None:
        """Return the words of a text that fit."""
        text = plain_line(found.value) if one_line else plain_text(found.value)
        if not text:
            self.report.lost(found.pointer, "empty")
            return None
        if len(text) > LONGEST:
            text = text[: text.rfind(" ", LONGEST // 2, LONGEST) + 1 or LONGEST].rstrip()
            self.report.lost(found.pointer, "too-long")
        return text

    def say(self, found: Found[str], text: str, became: str) -> None:
        """Report whether a text stands there as it was."""
        whole = "\n".join(line.strip() for line in found.value.strip().splitlines())
        where = f"{became}/{self.language}"
        if not self.is_known:
            self.report.doubtful(found.pointer, "other-language", where)
        if whole.startswith(text):
            self.report.taken(found.pointer, where)
        else:
            self.report.changed(found.pointer, where, "plain-text")


def wording_of(badge: BadgeClass, report: Report) -> tuple[Wording, str | None]:
    """Return in which language the texts are, and the language of instruction."""
    found = badge.language
    if found is None:
        report.doubtful("", "no-language")
        return Wording("nl", is_known=True, report=report), None
    tag = LANGUAGES.get(found.value.strip())
    if tag is None:
        match = _TAG.fullmatch(found.value.strip())
        tag = "-".join(part for part in match.groups() if part) if match else None
    if tag is None:
        report.lost(found.pointer, "unknown-value")
        report.doubtful("", "no-language")
        return Wording("nl", is_known=True, report=report), None
    if tag == found.value:
        report.taken(found.pointer, "/inLanguage")
    else:
        report.changed(found.pointer, "/inLanguage", "language-code")
    language = tag.partition("-")[0]
    is_known = language in {"nl", "en"}
    return Wording(language if is_known else "en", is_known=is_known, report=report), tag


def outcomes_of(found: Found[str] | None, wording: Wording) -> list[JsonValue]:
    """Return learning outcomes: the points of a list, or the text as a whole."""
    if found is None:
        return []
    text = wording.plain(found)
    if text is None:
        return []
    points = _points(text)
    if len(points.items) == 1:
        wording.say(found, text, "/learningOutcomes/0")
        return [{wording.language: text}]
    if points.intro:
        wording.report.lost(found.pointer, "intro-of-outcomes")
    kept = list(points.items[:MOST_OUTCOMES])
    if len(points.items) > MOST_OUTCOMES:
        kept[-1] = "\n".join(points.items[MOST_OUTCOMES - 1 :])
    wording.report.changed(found.pointer, "/learningOutcomes", "split-in-outcomes")
    return [{wording.language: point} for point in kept]


@dataclass(frozen=True, slots=True)
class _Points:
    items: Sequence[str]
    intro: str


def _points(text: str) -> _Points:
    """Take a list apart; what goes on under a point belongs to it. No list is one point."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    marked = [_BULLET.match(line) for line in lines]
    first = next((at for at, match in enumerate(marked) if match), None)
    enough = 2
    if first is None or sum(match is not None for match in marked) < enough:
        return _Points([text], "")
    intro = " ".join(lines[:first])
    items: list[str] = []
    for line, match in zip(lines[first:], marked[first:], strict=True):
        if match:
            items.append(line[match.end() :])
        else:
            items[-1] += f" {line}"
    if intro and not intro.endswith(":"):
        return _Points([intro, *items], "")
    return _Points(items, intro)
