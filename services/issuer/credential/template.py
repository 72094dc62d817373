"""Many credentials of one microcredential: what they share is written once, the rest filled in.

Separate from building one, because the credentials of a cohort differ in a dozen members, and
saying the other hundred again for every learner would be most of the work of a batch.

The rules that keep it honest:
1. A template is made of a credential that `build_credential` built and `payload_of` linted.
2. Each member that differs is found in its bytes by a mark, which stands there just so often.
3. Filled with what it was made of, it must give those bytes again, or it is no template.
4. What is filled in is a whole JSON value, read back and compared with what was meant; one value
   put in the place of another leaves the rest of the text as it was linted.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Self

from pydantic_core import PydanticSerializationError, from_json, to_json

from services.issuer.credential.building import (
    MAX_PAYLOAD_BYTES,
    LintError,
    Naming,
    build_credential,
    identity_members,
    payload_of,
    stamp_of_day,
    value_of_grade,
)
from services.issuer.domain import WantedAward, dutch_grade
from services.issuer.status import Place
from shared.contracts.credential import moment, stamp, with_jwt_claims
from shared.contracts.identifiers import credential_urn
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation

Wire = Mapping[str, Any]
_MARK: Final = re.compile(rb'"@@([a-z]+)@@"')
_STANDS_TWICE: Final = ("id", "subject")  # as members of the credential, and as `jti` and `sub`
_STANDS_ONCE: Final = ("begins", "from", "awarded", "identifiers", "entry", "index", "list")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which members a credential has at all: only credentials of one shape share a template."""

    has_dutch_grade: bool | None
    ends: bool

    @classmethod
    def of(cls, wanted: WantedAward) -> Self:
        """Return the shape of the credential for this wish."""
        grade = wanted.grade
        return cls(
            has_dutch_grade=None if grade is None else dutch_grade(grade) is not None,
            ends=wanted.valid_until is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialTemplate:
    """The credentials of one microcredential and one shape, but for what differs."""

    shape: Shape
    issuer: str
    _pieces: tuple[bytes | str, ...] = field(repr=False)
    """Bytes as they are, and between them the names of what is filled in."""

    @classmethod
    def of(
        cls,
        sample: WantedAward,
        *,
        naming: Naming,
        organisation: Organisation,
        microcredential: Microcredential,
        place: Place,
        now: datetime,
        mandator: Organisation | None = None,
    ) -> Self:
        """Make the template of all credentials like this one, or raise LintError."""
        credential = build_credential(
            sample,
            naming=naming,
            organisation=organisation,
            microcredential=microcredential,
            place=place,
            now=now,
            mandator=mandator,
        )
        linted = payload_of(credential)  # 1
        wire = with_jwt_claims(credential.to_wire(), credential)
        template = cls(shape=Shape.of(sample), issuer=naming.issuer, _pieces=_cut(wire))
        filled = template.fill(sample, naming=naming, place=place, now=now)
        members = _members(sample, naming=naming, place=place, now=now)
        if filled != linted or from_json(filled) != _placed(wire, members):  # 3
            raise LintError
        return template

    def fill(self, wanted: WantedAward, *, naming: Naming, place: Place, now: datetime) -> bytes:
        """Return the linted payload of one credential, or raise LintError."""
        if Shape.of(wanted) != self.shape or naming.issuer != self.issuer:
            raise LintError
        members = _members(wanted, naming=naming, place=place, now=now)
        try:
            texts = {name: to_json(value) for name, value in members.items()}
            read = {name: from_json(text) for name, text in texts.items()}
        except (PydanticSerializationError, ValueError):
            raise LintError from None
        payload = b"".join(
            piece if isinstance(piece, bytes) else texts[piece] for piece in self._pieces
        )
        if len(payload) > MAX_PAYLOAD_BYTES or read != members:  # 4
            raise LintError
        return payload


class Templates:
    """The templates in use: a new one the first time, the same one as long as all of it holds."""

    def __init__(self, *, most: int = 256) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], CredentialTemplate] = OrderedDict()

    def fill(
        self,
        wanted: WantedAward,
        *,
        naming: Naming,
        organisation: Organisation,
        microcredential: Microcredential,
        place: Place,
        now: datetime,
        mandator: Organisation | None = None,
    ) -> bytes:
        """Return the linted payload of one credential, or raise LintError.

        What no template can be made of, such as a text that looks like a mark, is built by itself.
        """
        kind = (Shape.of(wanted), naming.issuer, microcredential, organisation, mandator)
        template = self._kept.get(kind)
        if template is not None:
            return template.fill(wanted, naming=naming, place=place, now=now)
        made_of = {
            "naming": naming,
            "organisation": organisation,
            "microcredential": microcredential,
            "place": place,
            "now": now,
            "mandator": mandator,
        }
        try:
            template = CredentialTemplate.of(wanted, **made_of)  # type: ignore[arg-type] # said once
        except LintError:
            return payload_of(build_credential(wanted, **made_of))  # type: ignore[arg-type] # said once
        self._kept[kind] = template
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return template.fill(wanted, naming=naming, place=place, now=now)


def _members(
    wanted: WantedAward, *, naming: Naming, place: Place, now: datetime
) -> dict[str, object]:
    begins, starts = _moment(now)
    members: dict[str, object] = {
        "id": credential_urn(naming.credential_id),
        "subject": f"urn:uuid:{naming.subject_id}",
        "from": begins,
        "begins": starts,
        "awarded": _day(wanted.awarded_on),
        "identifiers": identity_members(wanted.learner, salt=naming.salt),
        "entry": f"{place.url}#{place.index}",
        "index": str(place.index),
        "list": place.url,
    }
    if wanted.valid_until is not None:
        members["until"], members["ends"] = _moment(wanted.valid_until)
    if wanted.grade is not None:
        members["grade"] = value_of_grade(wanted.grade)
    return members


def _placed(wire: Wire, members: Mapping[str, object]) -> Wire:
    """Return the credential with these members in their places."""
    subject = wire["credentialSubject"] | {
        "id": members["subject"],
        "identifier": members["identifiers"],
    }
    if "grade" in members:
        [result] = subject["result"]
        subject["result"] = [result | {"value": members["grade"]}]
    status = wire["credentialStatus"] | {
        "id": members["entry"],
        "statusListIndex": members["index"],
        "statusListCredential": members["list"],
    }
    placed: dict[str, Any] = {
        **wire,
        "id": members["id"],
        "validFrom": members["from"],
        "awardedDate": members["awarded"],
        "credentialSubject": subject,
        "credentialStatus": status,
        "jti": members["id"],
        "sub": members["subject"],
        "nbf": members["begins"],
    }
    if "until" in members:
        placed |= {"validUntil": members["until"], "exp": members["ends"]}
    return placed


def _cut(wire: Wire) -> tuple[bytes | str, ...]:
    """Cut the bytes of a credential at what differs, or raise LintError when a mark is a text."""
    expected = dict.fromkeys(_STANDS_ONCE, 1) | dict.fromkeys(_STANDS_TWICE, 2)
    if "validUntil" in wire:
        expected |= {"until": 1, "ends": 1}
    if "result" in wire["credentialSubject"]:
        expected["grade"] = 1
    pieces = _MARK.split(to_json(_placed(wire, {name: f"@@{name}@@" for name in expected})))
    names = [name.decode() for name in pieces[1::2]]
    if {name: names.count(name) for name in names} != expected:  # 2
        raise LintError
    return tuple(piece.decode() if number % 2 else piece for number, piece in enumerate(pieces))


@lru_cache(maxsize=64)
def _moment(when: datetime) -> tuple[str, int]:
    text = stamp(when)
    return text, int(moment(text).timestamp())


@lru_cache(maxsize=512)
def _day(day: date) -> str:
    return stamp_of_day(day)
