"""What a European credential says, read from its members (European Learning Model 3, EDC profile).

Apart from judging it, because nothing of this may be shown before its seal holds. Names stand in
several languages; what is there in one stands for the other. Nothing else is read: what a document
says in members we do not know, nobody is told.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.verifier.checks.moments import read_moment
from services.verifier.checks.reading import Window
from services.verifier.domain.text import Text
from shared.strict_json import JsonObject, JsonValue

TYPE: Final = "EuropeanDigitalCredential"
_LONGEST: Final = 300
_MOST_ACHIEVEMENTS: Final = 20
_ENDS: Final = ("validUntil", "expirationDate")
_ISSUED: Final = ("issued", "issuanceDate")
_MAIL: Final = "mailto:"


def is_european(claims: JsonObject) -> bool:
    """Say whether it calls itself one."""
    types = claims.get("type")
    return types == TYPE or (isinstance(types, list) and TYPE in types)


def title_of(claims: JsonObject) -> Text:
    """Return its title, or else that of the first thing it is for."""
    titled = said(_member(claims, "displayParameter", "title"))
    return titled or next(iter(achievements_of(claims)), Text(nl="", en=""))


def achievements_of(claims: JsonObject) -> tuple[Text, ...]:
    """Return the titles of what was achieved."""
    listed = _listed(_member(claims, "credentialSubject", "hasClaim"))[:_MOST_ACHIEVEMENTS]
    titles = (said(one.get("title")) for one in listed if isinstance(one, dict))
    return tuple(one for one in titles if one is not None)


def holder_name_of(claims: JsonObject) -> Text | None:
    """Return the name of who achieved it."""
    person = claims.get("credentialSubject")
    whole = said(_member(person, "fullName"))
    given, family = said(_member(person, "givenName")), said(_member(person, "familyName"))
    if whole is not None or given is None or family is None:
        return whole
    return Text(nl=f"{given.nl} {family.nl}", en=f"{given.en} {family.en}")


def issuer_name_of(claims: JsonObject) -> Text | None:
    """Return what its issuer is called, in its own words."""
    return said(_member(claims, "issuer", "legalName")) or said(
        _member(claims, "issuer", "prefLabel")
    )


def issuer_id_of(claims: JsonObject) -> str:
    """Return the number by which its issuer says to be known in its certificate."""
    return _plain(_member(claims, "issuer", "eIDASIdentifier", "notation"))


def id_of(claims: JsonObject) -> str:
    """Return its own id."""
    return _plain(claims.get("id"))


def issued_at_of(claims: JsonObject) -> datetime | None:
    """Return when it says to be issued."""
    return next(filter(None, (read_moment(claims.get(name)) for name in _ISSUED)), None)


def window_of(claims: JsonObject) -> Window | None:
    """Return from when until when it counts; None when one of these is no moment."""
    begins, ends = read_moment(claims.get("validFrom")), None
    if begins is None and "validFrom" in claims:
        return None
    for name in _ENDS:
        if name in claims:
            end = read_moment(claims[name])
            if end is None:
                return None
            ends = end if ends is None else min(ends, end)
    return Window(begins=begins, ends=ends)


def as_identities(claims: JsonObject) -> JsonObject:
    """Return who it is of in the words of Open Badges, so that one check compares them all."""
    name, person = holder_name_of(claims), claims.get("credentialSubject")
    known = [("name", one) for one in sorted({name.nl, name.en} if name else ())]
    known += [("emailAddress", address) for address in _addresses(person)]
    found: list[JsonValue] = [
        {"identityType": kind, "hashed": False, "identityHash": one} for kind, one in known
    ]
    return {"credentialSubject": {"identifier": found}}


def said(value: JsonValue) -> Text | None:
    """Return a text of several languages in ours; None when it says nothing."""
    words = {
        language: _plain(_listed(one)[0])
        for language, one in (value.items() if isinstance(value, dict) else ())
        if _listed(one)
    }
    filled = {language: text for language, text in words.items() if text}
    if not filled:
        return None
    dutch, english = filled.get("nl"), filled.get("en")
    other = english or dutch or next(iter(filled.values()))
    return Text(nl=dutch or other, en=english or dutch or other)


def _addresses(person: JsonValue) -> Iterator[str]:
    for point in _listed(_member(person, "contactPoint")):
        for box in _listed(_member(point, "emailAddress")):
            address = _plain(_member(box, "id"))
            if address.startswith(_MAIL):
                yield address.removeprefix(_MAIL)


def _listed(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _member(value: JsonValue, *names: str) -> JsonValue:
    for name in names:
        one = value[0] if isinstance(value, list) and value else value
        value = one.get(name) if isinstance(one, dict) else None
    return value


def _plain(value: JsonValue) -> str:
    if not isinstance(value, str):
        return ""
    return "".join(one for one in value[:_LONGEST] if one.isprintable()).strip()
