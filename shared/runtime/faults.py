"""What is wrong with a request, fault by fault: where, which rule, and never what was sent.

Apart from the problem documents, because its one care is that no input leaks: sentences come from
a table, pointers stop at a name we would not write in a log (RFC 6901; reliability.md 5).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic_core import ErrorDetails

_HARMLESS_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
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


_PLACES: Final = frozenset(Place)

_SENTENCES: Final[Mapping[str, str]] = {
    "missing": "This is required.",
    "extra_forbidden": "This is not known here.",
    "string_type": "Text is expected.",
    "string_too_short": "The text is too short: at least {min_length} characters are needed.",
    "string_too_long": "The text is too long: at most {max_length} characters are allowed.",
    "string_pattern_mismatch": "The text does not have the form that is asked: {pattern}",
    "int_type": "A whole number is expected.",
    "int_parsing": "A whole number is expected.",
    "int_from_float": "A whole number is expected.",
    "float_type": "A number is expected.",
    "float_parsing": "A number is expected.",
    "decimal_type": "A number is expected.",
    "decimal_parsing": "A number is expected.",
    "decimal_max_places": "At most {decimal_places} decimals are allowed.",
    "decimal_max_digits": "At most {max_digits} digits are allowed.",
    "bool_type": "true or false is expected.",
    "bool_parsing": "true or false is expected.",
    "greater_than": "The number must be greater than {gt}.",
    "greater_than_equal": "The number must be {ge} or more.",
    "less_than": "The number must be less than {lt}.",
    "less_than_equal": "The number must be {le} or less.",
    "multiple_of": "The number must be a multiple of {multiple_of}.",
    "finite_number": "A finite number is expected.",
    "enum": "One of these is expected: {expected}.",
    "literal_error": "One of these is expected: {expected}.",
    "too_short": "Too few items: at least {min_length} are needed.",
    "too_long": "Too many items: at most {max_length} are allowed.",
    "list_type": "A list is expected.",
    "tuple_type": "A list is expected.",
    "dict_type": "An object is expected.",
    "model_type": "An object is expected.",
    "model_attributes_type": "An object is expected.",
    "union_tag_invalid": "One of these kinds is expected: {expected_tags}.",
    "union_tag_not_found": "The member that names the kind is missing.",
    "date_type": "A date is expected, as 2026-05-31.",
    "date_parsing": "A date is expected, as 2026-05-31.",
    "date_from_datetime_parsing": "A date is expected, as 2026-05-31.",
    "date_from_datetime_inexact": "A date without a time is expected, as 2026-05-31.",
    "date_past": "A date in the past is expected.",
    "date_future": "A date in the future is expected.",
    "datetime_type": "A moment is expected, as 2026-05-31T12:00:00Z.",
    "datetime_parsing": "A moment is expected, as 2026-05-31T12:00:00Z.",
    "datetime_from_date_parsing": "A moment is expected, as 2026-05-31T12:00:00Z.",
    "timezone_aware": "A moment needs its time zone, as 2026-05-31T12:00:00Z.",
    "uuid_type": "A UUID is expected.",
    "uuid_parsing": "A UUID is expected.",
    "uuid_version": "A UUID of another version is expected.",
    "url_type": "A URL is expected.",
    "url_parsing": "A URL is expected.",
    "url_scheme": "A URL with one of these schemes is expected: {expected_schemes}.",
    "url_too_long": "The URL is too long.",
    "value_error": "This value breaks a rule.",
}
_ANY_OTHER: Final = "This value is not accepted."


def read_faults(errors: Sequence[ErrorDetails], body: object) -> tuple[RequestFault, ...]:
    """Turn what pydantic found into faults, in the order they were found."""
    return tuple(dict.fromkeys(_read_fault(error, body) for error in errors))


def _read_fault(error: ErrorDetails, body: object) -> RequestFault:
    location = error["loc"]
    kind = error["type"]
    place = Place(location[0]) if location and location[0] in _PLACES else Place.BODY
    if place is Place.BODY:
        pointer = _body_pointer(location[1:], body, missing=kind == "missing")
    else:
        pointer = _pointer(location[1:])
    return RequestFault(place, pointer, kind.replace("_", "-"), _sentence(error))


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


def _sentence(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind not in _SENTENCES or kind == "value_error":
        return _own_sentence(error) or _SENTENCES.get(kind, _ANY_OTHER)
    try:
        return _SENTENCES[kind].format_map(error.get("ctx", {}))
    except KeyError:
        return _ANY_OTHER


def _own_sentence(error: ErrorDetails) -> str | None:
    """Return the sentence one of our validators wrote, unless something of the input is in it."""
    sentence = error["msg"].removeprefix("Value error, ")
    if any(_repeats(sentence, text) for text in _texts(error.get("input"))):
        return None
    return sentence[:1].upper() + sentence[1:]


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
