"""OpenID Federation 1.0: what a trust anchor says of itself, of its issuers and of its old keys.

The catalogue is the anchor; its entity identifier is its address. Its subordinates are issuers, and
their identifiers are DIDs: a profile may define such (1.2), and verifiers of credentials know an
issuer by nothing else. Rules kept here, by section:

- 3.1.1: `iat` is never before the last change of what is said, nor `exp` after recognition ends;
- 3.1.1: keys in `jwks` are named by the `kid` that signatures of that issuer carry;
- 3.1.2: an anchor with nobody above it has no `authority_hints`;
- 5.1.1, 8.1, 8.2: fetch and list endpoints are in its `federation_entity` metadata;
- 6.2.1: an issuer vouches for nobody else, so `max_path_length` is 0;
- 8.7: keys of before, with the moment until which they hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from services.catalog.domain import AMSTERDAM
from services.catalog.domain.recognition import first_day_without
from services.catalog.trust.dcc import location, page_of
from services.catalog.trust.listing import Subject
from shared.contracts.policy import Organisation, Recognition
from shared.contracts.vocabulary import LocalText
from shared.errors import NotFoundError, RuleError
from shared.strict_json import JsonObject, JsonValue

STATEMENT_TYPE: Final = "entity-statement+jwt"
KEYS_TYPE: Final = "jwk-set+jwt"
LIFETIME: Final = timedelta(hours=24)
# Statements of one span are the same byte for byte, so that caches can keep them.
SPAN_SECONDS: Final = 300
ENTITY: Final = "federation_entity"
INSTITUTION: Final = "institution_additional_information"


class Code(StrEnum):
    """The errors of 8.9 that we answer with."""

    INVALID_REQUEST = "invalid_request"
    NOT_FOUND = "not_found"
    UNSUPPORTED_PARAMETER = "unsupported_parameter"


class NoAnchorError(NotFoundError):
    """This catalogue is no trust anchor: it was given no key to sign with."""

    code: ClassVar[str] = "no-trust-anchor"
    dutch: ClassVar[str] = "Deze catalogus is geen vertrouwensanker: hij kreeg geen sleutel."
    error: ClassVar[Code] = Code.NOT_FOUND


class SubjectUnknownError(NotFoundError):
    """No issuer of a recognised organisation has this entity identifier."""

    code: ClassVar[str] = "issuer-not-trusted"
    dutch: ClassVar[str] = "Geen uitgever van een erkende organisatie heeft deze identificatie."
    error: ClassVar[Code] = Code.NOT_FOUND


class SubjectNotAskedError(RuleError):
    """Ask about one issuer, in the parameter `sub`, and not about the anchor itself."""

    code: ClassVar[str] = "subject-not-asked"
    dutch: ClassVar[str] = "Vraag naar één uitgever, in de parameter `sub`, niet naar het anker."
    error: ClassVar[Code] = Code.INVALID_REQUEST


class TrustMarksUnsupportedError(RuleError):
    """This anchor issues no trust marks, so it cannot list by them."""

    code: ClassVar[str] = "trust-marks-unsupported"
    dutch: ClassVar[str] = "Dit anker geeft geen keurmerken uit en kan er dus niet op selecteren."
    error: ClassVar[Code] = Code.UNSUPPORTED_PARAMETER


class ListQuestionError(RuleError):
    """`intermediate` is either true or false."""

    code: ClassVar[str] = "list-question"
    dutch: ClassVar[str] = "`intermediate` is true of false."
    error: ClassVar[Code] = Code.INVALID_REQUEST


FEDERATION_ERRORS: Final = (
    NoAnchorError,
    SubjectUnknownError,
    SubjectNotAskedError,
    TrustMarksUnsupportedError,
    ListQuestionError,
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Who the anchor is: its entity identifier, its name, and its public keys that hold now."""

    entity: str
    name: str
    keys: tuple[JsonObject, ...]

    def endpoint(self, name: str) -> str:
        """Return the address of one of its federation endpoints."""
        return f"{self.entity}/federation/{name}"


@dataclass(frozen=True, slots=True)
class OldKey:
    """A key the anchor signs with no more."""

    jwk: JsonObject
    holds_until: datetime
    revoked_at: datetime | None = None
    reason: str | None = None


def entity_configuration(anchor: Anchor, *, now: datetime) -> JsonObject:
    """Return what the anchor says of itself (3.1, 9)."""
    issued = _issued_at(now)
    return {
        "iss": anchor.entity,
        "sub": anchor.entity,
        "iat": issued,
        "exp": issued + _seconds(LIFETIME),
        "jwks": {"keys": list(anchor.keys)},
        "metadata": {
            ENTITY: {
                "federation_fetch_endpoint": anchor.endpoint("fetch"),
                "federation_list_endpoint": anchor.endpoint("list"),
                "federation_historical_keys_endpoint": anchor.endpoint("historical-keys"),
                "organization_name": anchor.name,
                "organization_uri": anchor.entity,
                "homepage_uri": anchor.entity,
            }
        },
    }


def subordinate_statement(
    anchor: Anchor, subject: Subject, *, today: date, now: datetime
) -> JsonObject:
    """Return what the anchor says of an issuer of a recognised organisation (3.1, 8.1)."""
    organisation = subject.trusted.organisation
    issued = _issued_at(now, subject.trusted.changed_at)
    expires = issued + _seconds(LIFETIME)
    ends_on = first_day_without(organisation.recognitions, today)
    if ends_on is not None:
        ends = datetime.combine(ends_on, time(), AMSTERDAM)
        expires = min(expires, int(ends.timestamp()))
    keys: list[JsonValue] = [{**key.public_jwk, "kid": key.kid} for key in subject.keys]
    return {
        "iss": anchor.entity,
        "sub": subject.did,
        "iat": issued,
        "exp": expires,
        "jwks": {"keys": keys},
        "source_endpoint": anchor.endpoint("fetch"),
        "constraints": {"max_path_length": 0},
        "metadata": {
            ENTITY: _entity(organisation, anchor.entity),
            INSTITUTION: _institution(subject),
        },
    }


def historical_keys(anchor: Anchor, old: Iterable[OldKey], *, now: datetime) -> JsonObject:
    """Return the keys the anchor signed with before (8.7.2)."""
    return {"iss": anchor.entity, "iat": _issued_at(now), "keys": [_old_key(one) for one in old]}


def asked_subject(asked: Sequence[str], anchor: Anchor) -> str:
    """Return about whom a fetch asks (8.1.1)."""
    if len(asked) != 1 or not asked[0] or asked[0].rstrip("/") == anchor.entity:
        raise SubjectNotAskedError
    return asked[0]


def check_list_question(
    *,
    entity_types: Sequence[str],
    intermediate: Sequence[str],
    trust_marks: Sequence[str],
) -> bool:
    """Say whether our subordinates are of the kind a listing asks for (8.2.1): none or all are."""
    if trust_marks:
        raise TrustMarksUnsupportedError
    if not {*intermediate} <= {"true", "false"} or len(intermediate) > 1:
        raise ListQuestionError
    return "true" not in intermediate and {*entity_types} <= {ENTITY, INSTITUTION}


def _issued_at(now: datetime, changed_at: datetime | None = None) -> int:
    seconds = int(now.timestamp())
    since = seconds - seconds % SPAN_SECONDS
    return since if changed_at is None else max(since, min(seconds, int(changed_at.timestamp())))


def _seconds(time_span: timedelta) -> int:
    return int(time_span.total_seconds())


def _entity(organisation: Organisation, public_url: str) -> JsonObject:
    page = page_of(organisation, public_url)
    return {
        **_in_languages("organization_name", organisation.name),
        "organization_uri": page,
        "homepage_uri": page,
        "information_uri": f"{public_url}/v1/organisations/{organisation.oin}",
        "location": location(organisation),
    }


def _institution(subject: Subject) -> JsonObject:
    organisation = subject.trusted.organisation
    told: JsonObject = {
        "legal_name": organisation.name.best("nl"),
        "oin": organisation.oin,
        "sector": organisation.sector,
        "test": subject.trusted.is_test,
        "recognitions": [_recognition(one) for one in organisation.recognitions],
    }
    numbers = {"brin": organisation.brin, "kvk": organisation.kvk}
    return told | {name: number for name, number in numbers.items() if number is not None}


def _recognition(recognition: Recognition) -> JsonObject:
    told: JsonObject = {
        "recogniser": recognition.recogniser,
        "valid_from": recognition.valid_from.isoformat(),
    }
    if recognition.code is not None:
        told["code"] = recognition.code
    if recognition.valid_until is not None:
        told["valid_until"] = recognition.valid_until.isoformat()
    return told


def _in_languages(name: str, text: LocalText) -> JsonObject:
    """Write a text with its languages (14, and OpenID Connect Core 5.2)."""
    told: JsonObject = {name: text.best("nl")}
    for language, said in (("nl", text.nl), ("en", text.en)):
        if said is not None:
            told[f"{name}#{language}"] = said
    return told


def _old_key(old: OldKey) -> JsonObject:
    told: JsonObject = {**old.jwk, "exp": int(old.holds_until.timestamp())}
    if old.revoked_at is not None:
        revoked: JsonObject = {"revoked_at": int(old.revoked_at.timestamp())}
        told["revoked"] = revoked | ({"reason": old.reason} if old.reason else {})
    return told
