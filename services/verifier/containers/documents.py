"""What a JSON document is: a credential, a presentation, another kind of badge, or a wrapper.

Apart from texts, because a document is named by its own members: `type`, `@context`, `proof`. None
of them is believed; they only say which checks it is for.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from services.verifier.domain.handed import Form
from shared.proofs.base64url import Base64UrlRefusedError, decode_text
from shared.strict_json import JsonObject, JsonValue

_OPEN_BADGES_2: Final = ("https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2")
_ELM_CONTEXT: Final = "data.europa.eu/snb/model/context/edc-ap"
_ELM_TYPE: Final = "EuropeanDigitalCredential"
_ENVELOPED: Final = frozenset({"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"})
_WRAPPED_IN: Final = ("credential", "verifiableCredential", "verifiablePresentation")
_SIGNATURES: Final = frozenset({"signature", "signatures"})
_NAMED: Final = frozenset({"type", "@context", "proof", "credentialSubject", "payload"})


def form_of(members: Mapping[str, JsonValue]) -> Form:
    """Return what a document is by its own words, UNKNOWN when they say nothing we know."""
    types = _words(members.get("type")) | _words(members.get("@type"))
    contexts = _words(members.get("@context"))
    if _ELM_TYPE in types or any(_ELM_CONTEXT in one for one in contexts):
        return Form.ELM
    if _is_sealed_elm(members):
        return Form.ELM
    if is_open_badges_2(members):
        return Form.OPEN_BADGES_2
    if "VerifiablePresentation" in types:
        return Form.PRESENTATION
    if "proof" in members:
        return Form.EMBEDDED
    is_credential = "VerifiableCredential" in types or "credentialSubject" in members
    return Form.UNSIGNED if is_credential else Form.UNKNOWN


def is_open_badges_2(members: Mapping[str, JsonValue]) -> bool:
    """Say whether this is an assertion of Open Badges 2.0, hosted or signed."""
    has_context = any(one.startswith(_OPEN_BADGES_2) for one in _words(members.get("@context")))
    return has_context or {"badge", "recipient", "verification"} <= members.keys()


def unwrapped(value: JsonValue) -> Iterator[str | JsonObject]:
    """Give the texts and documents that a list, an envelope or an answer of an API holds.

    A document that names itself is given as it is.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            # One level: a list in a list is nobody's bundle.
            if isinstance(one, str | dict):
                yield from unwrapped(one)
    elif isinstance(value, dict):
        inside = _inside(value)
        if inside is None:
            yield value
        else:
            yield from unwrapped(inside)


def written(members: JsonObject) -> str:
    """Write a document of a bundle as a text of its own."""
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _inside(members: JsonObject) -> JsonValue:
    if _words(members.get("type")) & _ENVELOPED:
        envelope = members.get("id")
        return envelope if isinstance(envelope, str) else None
    if _NAMED & members.keys():
        return None
    return next((members[name] for name in _WRAPPED_IN if members.get(name)), None)


def _is_sealed_elm(members: Mapping[str, JsonValue]) -> bool:
    """Say whether this is a JWS in JSON around an ELM document, as EDC seals them (JAdES).

    Their payload is the document itself, unencoded (`b64: false`); that of others is base64url.
    """
    payload = members.get("payload")
    if not isinstance(payload, str) or _SIGNATURES.isdisjoint(members):
        return False
    text = payload if payload.lstrip().startswith("{") else _decoded(payload)
    return _ELM_TYPE in text or _ELM_CONTEXT in text


def _decoded(payload: str) -> str:
    try:
        return decode_text(payload).decode(errors="replace")
    except Base64UrlRefusedError:
        return ""


def _words(value: JsonValue) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list):
        return frozenset(one for one in value if isinstance(one, str))
    return frozenset()
