"""JSON-LD 1.1 and RDFC-1.0: what a document means, as the one text that is hashed and signed.

Separate from `data_integrity`, which says what a proof is: here is only decided what it covers. The
holder of a document may rearrange it as long as its meaning stays, so nothing may be without
meaning, and nothing may be said where a reader of plain JSON does not look. The rules, each with
its own refusal:

 1. contexts: a list of names, that of VC 2.0 first, each of a text that is kept here and pinned by
    its SHA-256; an inner document may have its own, of the same names; never an inline one, never
    the network (VC 2.0 §4.3; Data Integrity §2.4.1);
 2. compacted form: members by the names those contexts gave them, never by address or keyword; no
    null, no empty list, at most 32 deep; a value object only for a text with its language;
 3. a member that means nothing is refused, never dropped;
 4. a type that means nothing is refused;
 5. an identifier that is relative, a blank node's or no IRI is refused;
 6. what is said of the document itself is said on top, and nowhere further in;
 7. at most 2,000 values, 256 in a list, and canonical form within a bounded amount of work
    (RDFC-1.0 §7.1: poisoned graphs).
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from math import factorial
from typing import Any, Final, NoReturn

from shared import contracts
from shared.contracts.credential import NL_CONTEXT, OB_CONTEXT, VC_CONTEXT
from shared.errors import RuleError
from shared.strict_json import JsonObject, JsonValue

MAX_DEPTH: Final = 32
MAX_VALUES: Final = 2_000
MAX_ITEMS: Final = 256
_MOST_CONTEXTS: Final = 8
# A word without a meaning is taken for a relative address; from here it is known again.
_NOWHERE: Final = "https://relative.invalid/"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_MEMBER: Final = re.compile(r"[a-z][A-Za-z0-9_-]*")
_LANGUAGE: Final = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_IN_LANGUAGE: Final = frozenset({"@value", "@language"})
# A few hundred alike nodes take milliseconds; an honest credential has hardly any.
_MOST_WORK: Final = 5_000
_MOST_ALIKE: Final = 8
_OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/"
PINNED: Final[Mapping[str, tuple[str, str]]] = {
    VC_CONTEXT: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OB_CONTEXT: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    NL_CONTEXT: (
        "nl-microcredential-v1.json",
        "557cd0e3dde574514c3441c6e33dbac6445bd8c5584027d5fee785746b3d8107",
    ),
    f"{_OB}context-3.0.2.json": (
        "ob-v3p0-context-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    f"{_OB}context-3.0.1.json": (
        "ob-v3p0-context-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    f"{_OB}extensions.json": (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
}
"""The contexts that are kept here: by their name, the file in a package and its SHA-256 (hex)."""

FindContext = Callable[[str], JsonObject]
"""Give the text of a context by its name, or raise ContextRefusedError."""


class MeaninglessError(RuleError):
    """Something in the credential has no meaning in its contexts, so no proof can cover it."""

    code = "json-ld-meaningless"
    dutch = "Iets in het bewijs heeft in zijn contexten geen betekenis; geen bewijs kan het dekken."


class ContextRefusedError(MeaninglessError):
    """The credential gives its words their meaning by a context that is not kept here."""

    code = "json-ld-context"
    dutch = "Het bewijs geeft zijn woorden betekenis met een context die hier niet wordt bewaard."


class NotCompactedError(MeaninglessError):
    """The credential says something in a form that a reader of plain JSON would not find."""

    code = "json-ld-not-compacted"
    dutch = "Het bewijs zegt iets in een vorm die een lezer van gewone JSON niet zou vinden."


class TypeMeaninglessError(MeaninglessError):
    """The credential names a type that its contexts do not know."""

    code = "json-ld-type"
    dutch = "Het bewijs noemt een type dat zijn contexten niet kennen."


class IdentifierRefusedError(MeaninglessError):
    """The credential has an identifier that is not an absolute address."""

    code = "json-ld-identifier"
    dutch = "Het bewijs heeft een kenmerk dat geen volledig adres is."


class SaidElsewhereError(MeaninglessError):
    """The credential says something of itself further in, where nobody looks for it."""

    code = "json-ld-elsewhere"
    dutch = "Het bewijs zegt binnenin iets over zichzelf, waar niemand het zoekt."


class TooExtensiveError(MeaninglessError):
    """The credential says more than is worked out here."""

    code = "json-ld-too-extensive"
    dutch = "Het bewijs zegt meer dan hier wordt uitgewerkt."


class TooAlikeError(MeaninglessError):
    """The credential has too many parts that cannot be told apart."""

    code = "json-ld-too-alike"
    dutch = "Het bewijs heeft te veel delen die niet van elkaar te onderscheiden zijn."


def find_context(url: str) -> JsonObject:
    """Return one of the contexts that are kept here, or raise ContextRefusedError."""
    if url not in PINNED:
        raise ContextRefusedError
    return _read_context(url, *PINNED[url])


def canonical_form(
    document: JsonObject, *, find: FindContext = find_context, hash_name: str = "sha256"
) -> bytes:
    """Return the canonical N-Quads (UTF-8) of what a document means, or raise MeaninglessError.

    `hash_name` is RDFC-1.0's own parameter: SHA-384 for ECDSA on P-384, SHA-256 otherwise.
    """
    # Who meets only tokens never needs it, and starts 0.1 s sooner.
    from pyld import jsonld  # noqa: PLC0415 - as said
    from pyld.context_resolver import ContextResolver  # noqa: PLC0415 - as said

    _check_contexts(document.get("@context"), find)  # 1
    if _check_form(document, find, depth=0) > MAX_VALUES:  # 1, 2, 7
        raise TooExtensiveError
    loading = _loader(find)
    resolver = ContextResolver(_resolved(find), loading)
    options = {"documentLoader": loading, "contextResolver": resolver, "base": _NOWHERE}
    try:
        expanded = jsonld.expand(document, options, on_property_dropped=_refuse)  # 3
        _check_identifiers(expanded)  # 4, 5
        _check_place(expanded)  # 6
        dataset = jsonld.to_rdf(expanded, {"documentLoader": loading})
    except (jsonld.JsonLdError, LookupError, TypeError, ValueError, AttributeError):
        # The library stumbles over some shapes that JSON-LD does not know; they mean nothing.
        raise MeaninglessError from None
    return _canonicalize(dataset, hash_name)  # 7


def _check_contexts(contexts: JsonValue, find: FindContext) -> None:
    if not isinstance(contexts, list) or contexts[:1] != [VC_CONTEXT]:
        raise ContextRefusedError
    for name in contexts:
        if not isinstance(name, str) or len(contexts) > _MOST_CONTEXTS:
            raise ContextRefusedError
        find(name)


def _check_form(value: JsonValue, find: FindContext, *, depth: int) -> int:
    """Return how many values there are; numbers and texts count too."""
    if depth > MAX_DEPTH or value is None or value == []:
        raise NotCompactedError
    if isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise TooExtensiveError
        if any(isinstance(item, list) for item in value):
            raise NotCompactedError
        return sum(_check_form(item, find, depth=depth + 1) for item in value)
    if not isinstance(value, dict):
        return 1
    if "@value" in value:
        _check_text(value)
        return 1
    return 1 + sum(
        _check_member(name, inner, find, depth=depth + 1) for name, inner in value.items()
    )


def _check_member(name: str, value: JsonValue, find: FindContext, *, depth: int) -> int:
    if name == "@context":
        _check_contexts([value] if depth > 1 and isinstance(value, str) else value, find)
        return 0
    if not _MEMBER.fullmatch(name):
        raise NotCompactedError
    return _check_form(value, find, depth=depth)


def _check_text(value: JsonObject) -> None:
    # `@direction` is legal, but most suites leave it out of what they sign.
    text, language = value["@value"], value.get("@language")
    if (
        not isinstance(text, str)
        or not isinstance(language, str)
        or not _LANGUAGE.fullmatch(language)
    ):
        raise NotCompactedError
    if value.keys() != _IN_LANGUAGE:
        raise MeaninglessError


def _loader(find: FindContext) -> Callable[..., dict[str, object]]:
    def load(url: str, _options: object = None) -> dict[str, object]:
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": find(url),
            "tag": "static",
        }

    return load


@lru_cache(maxsize=8)
def _resolved(_find: FindContext) -> dict[str, object]:
    """Keep what contexts were worked out to, apart for each who finds them: texts may differ."""
    return {}


def _refuse(_member: str | None) -> NoReturn:
    raise MeaninglessError


def _check_identifiers(expanded: JsonValue) -> None:
    for name, iri in _iris(expanded):
        if not _IRI.fullmatch(iri) or iri.startswith(_NOWHERE):
            raise TypeMeaninglessError if name == "@type" else IdentifierRefusedError


def _iris(value: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _iris(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in {"@id", "@type"}:
                for iri in inner if isinstance(inner, list) else [inner]:
                    yield name, str(iri)
            else:
                yield from _iris(inner)


def _check_place(expanded: list[JsonObject]) -> None:
    if len(expanded) != 1:
        raise MeaninglessError
    [root] = expanded
    if "@id" in root and any(
        node["@id"] == root["@id"] and len(node) > 1
        for inner in root.values()
        for node in _nodes(inner)
    ):
        raise SaidElsewhereError


def _nodes(value: JsonValue) -> Iterator[JsonObject]:
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        if "@id" in value:
            yield value
        for inner in value.values():
            yield from _nodes(inner)


def _canonicalize(dataset: object, hash_name: str) -> bytes:
    """Run RDFC-1.0, counting the orders that alike blank nodes could be put in."""
    from pyld.canon import URDNA2015  # noqa: PLC0415 - as in `canonical_form`

    algorithm = URDNA2015()
    relatives_of, left = algorithm.create_hash_to_related, _MOST_WORK

    def relatives_within_bounds(node: str, issuer: object) -> dict[str, list[str]]:
        nonlocal left
        relatives: dict[str, list[str]] = relatives_of(node, issuer)
        left -= 1 + sum(factorial(min(len(alike), _MOST_ALIKE)) for alike in relatives.values())
        if left < 0:
            raise TooAlikeError
        return relatives

    algorithm.create_hash_to_related = relatives_within_bounds
    algorithm.create_hash = lambda: hashlib.new(hash_name)
    quads: str = algorithm.main(dataset, {"format": "application/n-quads"})
    return quads.encode()


@lru_cache(maxsize=len(PINNED))
def _read_context(url: str, name: str, pin: str) -> JsonObject:
    room = files(contracts) if url == NL_CONTEXT else files("openbadgeslib") / "ob3"
    raw = (room / "contexts" / name).read_bytes()
    if hashlib.sha256(raw).hexdigest() != pin:
        raise ImportError(f"the installed context {name} is not the one that was pinned")
    document: Any = json.loads(raw)
    context: JsonObject = document
    return context
