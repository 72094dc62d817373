"""What is wrong with a request, fault by fault: where, which rule, and never what was sent.

Apart from the problem documents, because its one care is that no input leaks: sentences come from
a table, pointers stop at a name we would not write in a log (RFC 6901; reliability.md 5).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic_core import ErrorDetails

from shared.contracts.requests import DUTCH
from shared.runtime.sentences import ANY_OTHER, OF_KIND, OF_PATTERN, Sentence

_HARMLESS_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LAST_OF_LIST: Final = re.compile(r" or (?=('[^']*'|[0-9]+)$)")
_WORD: Final = re.compile(r"[^\W_]{3,}")


class Place(StrEnum):
    """The part of a request a fault is in."""

    BODY = "body"
    QUERY = "query"
    PATH = "path"
    HEADER = "header"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True)
class RequestFault:
    """A fault and the part of the request it is in; outside the body the name comes first."""

    place: Place
    pointer: str
    code: str
    detail: str
    dutch: str = ""


_PLACES: Final = frozenset(Place)


def read_faults(errors: Sequence[ErrorDetails], body: object) -> tuple[RequestFault, ...]:
    """Turn what pydantic found into faults, in the order they were found."""
    return tuple(dict.fromkeys(_read_fault(error, body) for error in errors))


def in_order(faults: Iterable[RequestFault]) -> tuple[RequestFault, ...]:
    """Return faults in the order of a request: by part of it, and there from top to bottom."""
    return tuple(sorted(dict.fromkeys(faults), key=_order))


def _order(fault: RequestFault) -> tuple[int, list[tuple[int, str]], str]:
    parts = [(int(one), "") if one.isdecimal() else (-1, one) for one in fault.pointer.split("/")]
    return [*Place].index(fault.place), parts, fault.code


def _read_fault(error: ErrorDetails, body: object) -> RequestFault:
    location = error["loc"]
    kind = error["type"]
    place = Place(location[0]) if location and location[0] in _PLACES else Place.BODY
    if place is Place.BODY:
        pointer = _body_pointer(location[1:], body, missing=kind == "missing")
    else:
        # What comes first is a name of ours: only those are asked outside the body.
        pointer = "".join(f"/{name}" for name in location[1:2]) + _pointer(location[2:])
    sentence = _sentence(error)
    return RequestFault(place, pointer, kind.replace("_", "-"), sentence.en, sentence.nl)


def _pointer(parts: Sequence[int | str]) -> str:
    """Write an RFC 6901 pointer; it ends before a name that a stranger may have chosen."""
    pointer = ""
    for part in parts:
        if not _HARMLESS_NAME.fullmatch(str(part)):
            break
        pointer += f"/{part}"
    return pointer


def _body_pointer(location: Sequence[int | str], body: object, *, missing: bool) -> str:
    """Follow the location through the body, so that names of unions do not end up in it."""
    path: list[int | str] = []
    here = body
    for at, part in enumerate(location):
        found, member = _member(here, part)
        if found:
            here = member
        elif not (missing and at == len(location) - 1):
            continue
        path.append(part)
    return _pointer(path)


def _member(value: object, part: int | str) -> tuple[bool, object]:
    if isinstance(value, Mapping) and part in value:
        return True, value[part]
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return True, value[part]
    return False, None


def _sentence(error: ErrorDetails) -> Sentence:
    kind, limits = error["type"], error.get("ctx", {})
    if DUTCH in limits:
        return Sentence(error["msg"], limits[DUTCH])
    if kind not in OF_KIND or kind == "value_error":
        return _own_sentence(error) or OF_KIND.get(kind, ANY_OTHER)
    sentence = OF_PATTERN.get(limits.get("pattern", ""), OF_KIND[kind])
    try:
        return Sentence(sentence.en.format_map(limits), sentence.nl.format_map(_in_dutch(limits)))
    except KeyError:
        return ANY_OTHER


def _in_dutch(limits: Mapping[str, object]) -> dict[str, object]:
    """Say pydantic's own lists in Dutch: 'a', 'b' or 'c', and 10, 20 or 50."""
    return {
        name: _LAST_OF_LIST.sub(" of ", limit) if isinstance(limit, str) else limit
        for name, limit in limits.items()
    }


def _own_sentence(error: ErrorDetails) -> Sentence | None:
    """Return the sentence one of our validators wrote, unless something of the input is in it."""
    sentence = error["msg"].removeprefix("Value error, ")
    if any(_repeats(sentence, text) for text in _texts(error.get("input"))):
        return None
    return Sentence(sentence[:1].upper() + sentence[1:], OF_KIND["value_error"].nl)


def _repeats(sentence: str, text: str) -> bool:
    said = {word.casefold() for word in _WORD.findall(text)}
    return not said.isdisjoint(word.casefold() for word in _WORD.findall(sentence))


def _texts(value: object) -> Iterator[str]:
    """Give the texts of an input, not the names of its members."""
    if isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
