"""Acting only on the state that was read: entity tags, If-Match and If-None-Match (RFC 9110 13.1).

Apart from the services, so that nobody's work is overwritten unseen, in the same way everywhere:
no If-Match where one is needed is 428, another state than the one that was read is 412.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Request

from shared.errors import StaleError, UnconditionalError
from shared.runtime.faults import Place, RequestFault
from shared.runtime.problems import InvalidRequestError

LONGEST: Final = 2048
_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_EACH: Final = re.compile(_TAG)


@dataclass(frozen=True, slots=True)
class Condition:
    """Which states a sender will act on: any (`*`), or those with one of these entity tags."""

    tags: frozenset[str] = frozenset()
    is_any: bool = False

    def require(self, current: str) -> None:
        """Refuse another state than was read; a weak tag never matches (RFC 9110 8.8.3.2)."""
        if not self.is_any and current not in self.tags:
            raise StaleError

    def holds_weakly(self, current: str) -> bool:
        """Say whether a cache has this state already (weak comparison, RFC 9110 13.1.2)."""
        opaque = {tag.removeprefix("W/") for tag in self.tags}
        return self.is_any or current.removeprefix("W/") in opaque


ANY_STATE: Final = Condition(is_any=True)


def tag_of_revision(revision: int) -> str:
    """Return the strong entity tag of the state with this number."""
    return f'"{revision}"'


def tag_of_bytes(body: bytes) -> str:
    """Return the strong entity tag of exactly these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def read_condition(lines: list[str], *, name: str) -> Condition | None:
    """Read If-Match or If-None-Match, in however many lines; None when it was not sent."""
    if not lines:
        return None
    text = ", ".join(lines)
    if text.strip(" \t") == "*":
        return ANY_STATE
    if len(text) > LONGEST or not _LIST.fullmatch(text):
        sentence = 'Entity tags are expected, such as "7", or *.'
        dutch = 'Verwacht worden entity tags, zoals "7", of *.'
        fault = RequestFault(Place.HEADER, f"/{name}", "entity-tags", sentence, dutch)
        raise InvalidRequestError(found=[fault])
    return Condition(tags=frozenset(_EACH.findall(text)))


_IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of the state you read; another state by now is answered with 412.",
        examples=['"7"'],
    ),
]
_IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="The ETag of what you have; still the same is answered with 304.",
        examples=['"7"'],
    ),
]


def read_if_match(request: Request, _declared: _IfMatch = None) -> Condition:
    """Read which state the sender acts on; without it, any."""
    lines = request.headers.getlist("if-match")
    return read_condition(lines, name="If-Match") or ANY_STATE


def require_if_match(request: Request, _declared: _IfMatch = None) -> Condition:
    """Read which state the sender acts on; they must say so."""
    lines = request.headers.getlist("if-match")
    found = read_condition(lines, name="If-Match")
    if found is None:
        raise UnconditionalError
    return found


def require_exact_match(request: Request, _declared: _IfMatch = None) -> Condition:
    """Read which state the sender acts on; it must be one they read, so `*` will not do."""
    found = require_if_match(request)
    if found.is_any:
        raise UnconditionalError
    return found


def read_if_none_match(request: Request, _declared: _IfNoneMatch = None) -> Condition:
    """Read which states the sender has; without it, none."""
    lines = request.headers.getlist("if-none-match")
    return read_condition(lines, name="If-None-Match") or Condition()


IfMatch = Annotated[Condition, Depends(read_if_match)]
IfMatchNeeded = Annotated[Condition, Depends(require_if_match)]
ExactMatchNeeded = Annotated[Condition, Depends(require_exact_match)]
IfNoneMatch = Annotated[Condition, Depends(read_if_none_match)]
