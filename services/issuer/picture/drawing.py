"""Drawing a picture as SVG and PNG, the same bytes on every machine.

The fonts are those inside the typesetter, and letters become outlines: a picture looks alike
wherever it is shown. Texts go in beside the drawing, never into it, so none can change it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final
from xml.sax.saxutils import escape

import typst

from services.issuer.picture.facts import Facts

PIXELS_PER_INCH: Final = 96.0
"""600 pt wide, so 800 pixels."""
_ROOT: Final = re.compile(rb"<svg\b")
_ROOT_END: Final = re.compile(rb"<svg\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture in both formats."""

    svg: bytes
    png: bytes


@lru_cache(maxsize=128)
def draw(facts: Facts) -> Drawing:
    """Draw a picture; some 70 ms of work the first time, so not on the event loop."""
    texts = {
        "title": facts.title,
        "provider": facts.provider,
        "size": facts.size,
        "level": facts.level,
        "claim": facts.claim,
        "language": facts.language,
        "marked": "yes" if facts.marked else "no",
    }
    svg = typst.compile(_source(), format="svg", sys_inputs=texts, ignore_system_fonts=True)
    png = typst.compile(
        _source(), format="png", ppi=PIXELS_PER_INCH, sys_inputs=texts, ignore_system_fonts=True
    )
    return Drawing(svg=_named(svg, facts), png=png)


def _named(svg: bytes, facts: Facts) -> bytes:
    """Give the drawing a name and a description that a screen reader says."""
    opened = _ROOT.sub(
        f'<svg role="img" lang="{facts.language}" aria-labelledby="name description"'.encode(),
        svg,
        count=1,
    )
    end = _ROOT_END.match(opened)
    if end is None:
        raise ValueError("the typesetter drew no SVG")
    said = (
        f'<title id="name">{escape(facts.title)}</title>'
        f'<desc id="description">{escape(facts.description)}</desc>'
    )
    return opened[: end.end()] + said.encode() + opened[end.end() :]


@lru_cache(maxsize=1)
def _source() -> bytes:
    return (files("services.issuer.picture") / "picture.typ").read_bytes()
