"""JSON from strangers: read exactly one meaning out of the bytes, or say which rule they break.

Apart from any framework, because requests, credentials and status lists are all read with it.
RFC 8259 leaves duplicate names, huge numbers and lone surrogates to the reader; RFC 7493 (I-JSON)
forbids them, and so do we: two readers that disagree about one document is how signatures get
fooled. The work is done by the C scanner of the standard library, with hooks; most of what programs
write needs only a quarter of that (`_read_plain`).
"""

import json
import math
import re
from enum import StrEnum
from itertools import accumulate
from typing import ClassVar, Final, NoReturn, TypeAlias

import orjson

from shared.errors import Fault, RuleError

JsonValue: TypeAlias = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
JsonObject: TypeAlias = dict[str, JsonValue]

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 64
MAX_INTEGER: Final = 2**53 - 1  # RFC 7493 §2.2: what every reader keeps exactly.
MAX_NUMBER_LENGTH: Final = 64


_CANONICAL: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


class JsonReason(StrEnum):
    """Why a text is not JSON we read."""

    EMPTY = "json-empty"
    TOO_LARGE = "json-too-large"
    BYTE_ORDER_MARK = "json-byte-order-mark"
    NOT_UTF8 = "json-not-utf8"
    TOO_DEEP = "json-too-deep"
    MALFORMED = "json-malformed"
    DUPLICATE_KEY = "json-duplicate-key"
    NOT_FINITE = "json-not-finite"
    NUMBER_TOO_LARGE = "json-number-too-large"
    LONE_SURROGATE = "json-lone-surrogate"
    NOT_AN_OBJECT = "json-not-an-object"


_SENTENCES: Final = {
    JsonReason.EMPTY: (
        "There is no JSON here: the text is empty.",
        "Hier staat geen JSON: de tekst is leeg.",
    ),
    JsonReason.TOO_LARGE: (
        "The JSON text is larger than is read here.",
        "De JSON-tekst is groter dan hier wordt gelezen.",
    ),
    JsonReason.BYTE_ORDER_MARK: (
        "JSON starts without a byte order mark (RFC 8259 §8.1).",
        "JSON begint zonder byte order mark (RFC 8259 §8.1).",
    ),
    JsonReason.NOT_UTF8: (
        "JSON is written in UTF-8 (RFC 8259 §8.1).",
        "JSON wordt geschreven in UTF-8 (RFC 8259 §8.1).",
    ),
    JsonReason.TOO_DEEP: (
        "The JSON text is nested deeper than is read here.",
        "De JSON-tekst is dieper genest dan hier wordt gelezen.",
    ),
    JsonReason.MALFORMED: (
        "The text is not well-formed JSON (RFC 8259).",
        "De tekst is geen welgevormde JSON (RFC 8259).",
    ),
    JsonReason.DUPLICATE_KEY: (
        "An object has the same name twice (RFC 7493 §2.3).",
        "Een object heeft dezelfde naam twee keer (RFC 7493 §2.3).",
    ),
    JsonReason.NOT_FINITE: (
        "NaN and Infinity are not JSON numbers (RFC 8259 §6).",
        "NaN en Infinity zijn geen getallen in JSON (RFC 8259 §6).",
    ),
    JsonReason.NUMBER_TOO_LARGE: (
        "A number is larger or longer than is read here (RFC 7493 §2.2).",
        "Een getal is groter of langer dan hier wordt gelezen (RFC 7493 §2.2).",
    ),
    JsonReason.LONE_SURROGATE: (
        "A string holds half a surrogate pair (RFC 7493 §2.1).",
        "Een tekst bevat een half surrogaatpaar (RFC 7493 §2.1).",
    ),
    JsonReason.NOT_AN_OBJECT: (
        "A JSON object is expected here.",
        "Hier hoort een JSON-object.",
    ),
}


class JsonRefusedError(RuleError):
    """The text is not JSON that has one meaning."""

    code: ClassVar[str] = "json-refused"
    dutch: ClassVar[str] = "De tekst is geen JSON met één betekenis."

    def __init__(self, reason: JsonReason) -> None:
        """Keep the reason; the text itself is never repeated."""
        detail, dutch = _SENTENCES[reason]
        super().__init__(detail, dutch, faults=(Fault("", reason, detail, dutch),))
        self.reason = reason


def load(text: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> JsonValue:
    """Read one JSON text, or raise the rule it breaks."""
    raw = _encoded(text)
    if len(raw) > max_bytes:
        raise JsonRefusedError(JsonReason.TOO_LARGE)
    is_deep = _is_deep(raw, max_depth)
    is_spaced = b'": ' in raw  # as Python writes it by itself: never plain, so nothing is tried
    return _read_closely(raw, is_deep=is_deep) if is_deep or is_spaced else _read_plain(raw)


def _read_plain(raw: bytes) -> JsonValue:
    """Read what is spelled as orjson spells it; of any other text the rules are asked one by one.

    Whatever is lost in reading is missing when it is written again: a name that was there twice,
    space, digits that no number keeps. Half surrogates, NaN and large numbers it refuses itself.
    """
    try:
        value: JsonValue = orjson.loads(raw)
        spelled = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _read_closely(raw)
    return value if spelled == raw else _read_closely(raw)


def _read_closely(raw: bytes, *, is_deep: bool = False) -> JsonValue:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise JsonRefusedError(JsonReason.BYTE_ORDER_MARK)
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        raise JsonRefusedError(JsonReason.NOT_UTF8) from None
    if not decoded.strip(" \t\r\n"):
        raise JsonRefusedError(JsonReason.EMPTY)
    if is_deep:
        raise JsonRefusedError(JsonReason.TOO_DEEP)
    try:
        value: JsonValue = _DECODER.decode(decoded)
    except (ValueError, RecursionError):
        raise JsonRefusedError(JsonReason.MALFORMED) from None
    if b"\\" in raw and _SURROGATE_ESCAPE.search(raw):
        _check_surrogates(value)
    return value


def load_object(
    text: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> JsonObject:
    """Read one JSON object, or raise the rule the text breaks."""
    value = load(text, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(value, dict):
        raise JsonRefusedError(JsonReason.NOT_AN_OBJECT)
    return value


def canonical(value: JsonValue) -> bytes:
    """Write a value in the one form used for fingerprints: sorted, without space, in UTF-8."""
    return _CANONICAL.encode(value).encode()


def _encoded(text: bytes | str) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise JsonRefusedError(JsonReason.LONE_SURROGATE) from None


# A string that never ends is one match too: else each escaped quote in it starts a new search.
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_SURROGATE_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP: Final = tuple(1 if byte in b"[{" else -1 if byte in b"]}" else 0 for byte in range(256))


def _is_deep(raw: bytes, max_depth: int) -> bool:
    if raw.count(b"[") + raw.count(b"{") <= max_depth:
        return False
    brackets = _STRING.sub(b"", raw).translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > max_depth


def _check_surrogates(value: JsonValue) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise JsonRefusedError(JsonReason.LONE_SURROGATE) from None


def _one_meaning(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonRefusedError(JsonReason.DUPLICATE_KEY)
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_LENGTH or abs(number := int(digits)) > MAX_INTEGER:
        raise JsonRefusedError(JsonReason.NUMBER_TOO_LARGE)
    return number


def _fraction(digits: str) -> float:
    if len(digits) > MAX_NUMBER_LENGTH or math.isinf(number := float(digits)):
        raise JsonRefusedError(JsonReason.NUMBER_TOO_LARGE)
    return number


def _refuse_constant(_name: str) -> NoReturn:
    raise JsonRefusedError(JsonReason.NOT_FINITE)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_one_meaning,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_refuse_constant,
)
