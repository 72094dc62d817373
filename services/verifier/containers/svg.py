"""A credential baked into an SVG (Open Badges 3.0 §5.3.2; Open Badges 2.0, baking).

Apart from the PNG, because a drawing is a program that a browser runs. It is never shown here, and
one that could do anything is no proof either:
1. no document type, so no entities; no more elements nor deeper than agreed;
2. no script, no event attribute, no foreign content, no `javascript:`;
3. nothing that is taken from another address;
4. exactly one credential, in its own namespace, as `verify` or as text and never both.
"""

import re
from typing import Any, Final
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from services.verifier.containers.contents import Found, NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.domain.handed import Form
from services.verifier.domain.refusals import RefusalCode

_CREDENTIALS: Final = {
    "https://purl.imsglobal.org/ob/v3p0}credential": None,
    # What our own pictures say since the first of them (shared.proofs.baking).
    "https://purl.imsglobal.org/spec/ob/v3p0}credential": None,
    "http://openbadges.org}assertion": Form.OPEN_BADGES_2,
}
_LOOKS_LIKE_ONE: Final = re.compile(r".*openbadges.*\}.*|.*\}credential|credential", re.IGNORECASE)
_ACTIVE: Final = frozenset(
    {
        "script",
        "foreignobject",
        "iframe",
        "object",
        "embed",
        "handler",
        "listener",
        "audio",
        "video",
    }
)
_TAKES: Final = frozenset({"href", "src", "data", "base"})
_FOLLOWED: Final = frozenset({"a"})
_HARMLESS: Final = re.compile(r"#|data:image/(?:png|jpeg|gif|webp)[;,]", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(r"@import|url\(\s*['\"]?\s*(?!#|data:image/|['\"#])", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\ufeff]+")
_PROGRAMS: Final = ("javascript:", "vbscript:", "data:text/html", "data:application/")


def unbake(drawing: bytes, limits: Limits) -> Found | None:
    """Return the credential baked into an SVG, None when there is none, or raise NotReadError."""
    reading = _Reading(limits)
    parser: Any = XMLParser(forbid_dtd=True).parser
    parser.buffer_text = True
    parser.ordered_attributes = False
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.ProcessingInstructionHandler = reading.instruction
    parser.DefaultHandlerExpand = None
    try:
        parser.Parse(drawing, True)  # noqa: FBT003 - expat takes it by position: this is all
    except DefusedXmlException:
        raise NotReadError(RefusalCode.SVG_DOCTYPE) from None
    except (ExpatError, UnicodeError, LookupError):
        raise NotReadError(RefusalCode.SVG_DAMAGED) from None
    return reading.outcome()


class _Reading:
    """One drawing, element by element."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._elements = 0
        self._path: list[str] = []
        self._verify: str | None = None
        self._written: list[str] = []
        self._style: list[str] = []
        self._form: Form | None = None
        self._is_found = False

    def start(self, name: str, told: dict[str, str]) -> None:
        """Begin an element."""
        self._elements += 1
        self._path.append(name)
        if self._elements > self._limits.svg_elements or len(self._path) > self._limits.svg_depth:
            raise NotReadError(RefusalCode.SVG_DAMAGED)
        local = name.rpartition("}")[2].lower()
        if self._elements == 1 and local != "svg":
            raise NotReadError(RefusalCode.SVG_DAMAGED)
        if any(one in _CREDENTIALS for one in self._path[:-1]):
            raise NotReadError(RefusalCode.SVG_TWO_PLACES)  # 4
        if name in _CREDENTIALS:
            self._keep(name, told)
            return
        if _LOOKS_LIKE_ONE.fullmatch(name):
            raise NotReadError(RefusalCode.SVG_WRONG_NAMESPACE)  # 4
        if local in _ACTIVE:
            raise NotReadError(RefusalCode.SVG_ACTIVE)  # 2
        for key, value in told.items():
            _check_attribute(local, key.rpartition("}")[2].lower(), value)

    def end(self, _: str) -> None:
        """End an element; a style sheet is whole then."""
        self._path.pop()
        style, self._style = "".join(self._style), []
        if "\\" in style or _ELSEWHERE.search(style):
            raise NotReadError(RefusalCode.SVG_EXTERNAL)  # 3

    def text(self, said: str) -> None:
        """Keep what stands in the credential and in style sheets."""
        name = self._path[-1]
        if name in _CREDENTIALS:
            self._written.append(said)
        elif name.rpartition("}")[2].lower() == "style":
            self._style.append(said)

    def instruction(self, target: str, _: str) -> None:
        """Refuse a style sheet from elsewhere."""
        if target.lower().startswith("xml-"):
            raise NotReadError(RefusalCode.SVG_EXTERNAL)  # 3

    def outcome(self) -> Found | None:
        """Return what was found, after the last element."""
        if not self._is_found:
            return None
        written = "".join(self._written).strip()
        if self._verify and written:
            raise NotReadError(RefusalCode.SVG_TWO_PLACES)  # 4
        content = self._verify or written
        if not content:
            return None
        return Found(content=content.encode("utf-8", "replace"), form=self._form)

    def _keep(self, name: str, told: dict[str, str]) -> None:
        if self._is_found:
            raise NotReadError(RefusalCode.SVG_TWO_CREDENTIALS)  # 4
        self._is_found = True
        self._form = _CREDENTIALS[name]
        self._verify = told.get("verify", "").strip()


def _check_attribute(element: str, name: str, value: str) -> None:
    bare = _UNSEEN.sub("", value).lower()
    if name.startswith("on") or bare.startswith(_PROGRAMS) or "javascript:" in bare:
        raise NotReadError(RefusalCode.SVG_ACTIVE)  # 2
    is_taken = name in _TAKES and element not in _FOLLOWED
    if (is_taken and bare and not _HARMLESS.match(bare)) or _ELSEWHERE.search(value):
        raise NotReadError(RefusalCode.SVG_EXTERNAL)  # 3
