"""What a row asks beside what was awarded before: the same, in what it differs, or another's.

Apart from checking, because an earlier credential must be opened for it: that runs in the workshop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic_core import from_json

from services.issuer.batches.columns import ColumnMapping, Field
from services.issuer.batches.sentences import Sentence, quoted
from services.issuer.batches.wordings import Code
from services.issuer.credential.building import value_of_grade
from services.issuer.domain import Learner, WantedAward, dutch_grade, today
from services.issuer.operations.batches.remarks import Remark, remark_at, write_remarks
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.desk import Desk
from services.issuer.operations.payloads import open_payload
from services.issuer.repository.batches_checks import EarlierAward
from shared.contracts.credential import stamp
from shared.proofs.identity import is_identity
from shared.proofs.pseudonyms import normalise_identifier

_OTHER_IDENTIFIER: Final = Sentence("een ander eduID of adres", "another eduID or address")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOrder:
    """The rows of a slice whose enrolments have an award already."""

    batch_id: UUID
    number: int
    organisation: str
    wrapped_key: bytes = field(repr=False)
    sealed_layout: bytes = field(repr=False)
    sealed_wishes: bytes = field(repr=False)
    earlier: dict[int, EarlierAward]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a row is beside its earlier award: the same, different or somebody else's; and why."""

    code: Code
    sealed_faults: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a credential says of what a row can say too."""

    person: str | None
    identities: tuple[Mapping[str, str], ...]
    name: str | None
    awarded_on: str
    grade: str | None
    valid_until: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a row says, in the words of a credential."""

    person: str
    name: str | None
    awarded_on: str
    grade: str | None
    valid_until: str | None


def compare_slice(desk: Desk, order: CompareOrder) -> dict[int, Compared]:
    """Compare each of these rows with the award that is there, by line."""
    seals = Seals(desk, order.batch_id, order.wrapped_key)
    mapping = seals.open_layout(order.sealed_layout).mapping
    wishes = seals.open_wishes(order.sealed_wishes, order.number)
    compared = {}
    for line, earlier in order.earlier.items():
        told = _told(desk, earlier, organisation=order.organisation)
        code, remarks = _compare(desk, told, wishes[line], mapping, line=line, earlier=earlier)
        compared[line] = Compared(
            code=code, sealed_faults=seals.close(write_remarks(remarks), f"faults|{line}")
        )
    return compared


def _compare(
    desk: Desk,
    told: _Told,
    wanted: WantedAward,
    mapping: ColumnMapping,
    *,
    line: int,
    earlier: EarlierAward,
) -> tuple[Code, list[Remark]]:
    """Say what a row is beside an award; a file never moves an award to another person."""
    asked = _asked(desk, wanted)
    at = Field.ENROLMENT_REFERENCE
    if not _is_same_person(told, asked, wanted.learner):
        code, found = Code.EXISTS_OTHER_PERSON, wanted.enrolment_reference
        hint: str | Sentence = str(earlier.award_id)
        return code, [remark_at(code, at, mapping, line=line, found=found, hint=hint)]
    code = Code.EXISTS_DIFFERS
    differences = [
        remark_at(code, place, mapping, line=line, found=now, hint=then)
        for place, then, now in _differences(told, asked, wanted.learner)
    ]
    if differences:
        return code, differences
    code, day = Code.EXISTS_SAME, _said(Field.AWARDED_ON, told.awarded_on)
    hint = Sentence(f" op {day.nl}", f" on {day.en}")
    return code, [remark_at(code, at, mapping, line=line, hint=hint)]


def _is_same_person(told: _Told, asked: _Asked, learner: Learner) -> bool:
    """Say whether one of the identifiers of a row is of who holds the award, or nobody knows."""
    if told.person is None or asked.person == told.person:
        return True
    mine = [normalise_identifier(one) for one in (learner.edu_id, learner.email) if one]
    return any(
        is_identity(identifier, salt=one["salt"], identity_hash=one["identityHash"])
        for one in told.identities
        for identifier in mine
    )


def _differences(
    told: _Told, asked: _Asked, learner: Learner
) -> Iterator[tuple[Field, Sentence, Sentence]]:
    """Yield where a row differs from an award, what was awarded, and what the row says."""
    if told.person != asked.person:
        mine = learner.identifier
        place = Field.EDU_ID if learner.edu_id else Field.EMAIL
        yield place, _OTHER_IDENTIFIER, Sentence(mine, mine)
    # Who is known by an eduID may have no name in the file: nothing is not another name.
    name = asked.name or told.name
    pairs = (
        (Field.FAMILY_NAME, told.name, name),
        (Field.AWARDED_ON, told.awarded_on, asked.awarded_on),
        (Field.GRADE, told.grade, asked.grade),
        (Field.VALID_UNTIL, told.valid_until, asked.valid_until),
    )
    for place, then, now in pairs:
        if then != now:
            before = _said(place, then)
            quotes = Sentence(quoted(before.nl), quoted(before.en)) if then else before
            yield place, quotes, _said(place, now)


def _said(place: Field, value: str | None) -> Sentence:
    """Say a value as people write it: a day and a grade are written otherwise in Dutch."""
    if not value:
        return Sentence("\N{EN DASH}", "\N{EN DASH}")
    if place is Field.GRADE and dutch_grade(value) is not None:
        return Sentence(value.replace(".", ","), value)
    if place is Field.VALID_UNTIL:
        value = today(datetime.fromisoformat(value)).isoformat()
    elif place is not Field.AWARDED_ON:
        return Sentence(value, value)
    return Sentence(f"{date.fromisoformat(value):%d-%m-%Y}", value)


def _told(desk: Desk, earlier: EarlierAward, *, organisation: str) -> _Told:
    if earlier.sealed_payload is None or earlier.wrapped_key is None:
        return _Told(None, (), None, "", None, None)
    key = desk.learner_key(
        earlier.wrapped_key, organisation=organisation, learner=earlier.pseudonym or ""
    )
    credential_id = earlier.credential_id or UUID(int=0)
    payload = from_json(open_payload(earlier.sealed_payload, key=key, credential_id=credential_id))
    subject = payload["credentialSubject"]
    names = [
        one["identityHash"] for one in subject["identifier"] if one.get("identityType") == "name"
    ]
    results = subject.get("result") or [{}]
    return _Told(
        person=earlier.pseudonym,
        identities=tuple(one for one in subject["identifier"] if one.get("hashed")),
        name=names[0] if names else None,
        awarded_on=payload["awardedDate"][:10],
        grade=results[0].get("value"),
        valid_until=payload.get("validUntil"),
    )


def _asked(desk: Desk, wanted: WantedAward) -> _Asked:
    return _Asked(
        person=desk.pseudonym_of(wanted.learner.identifier),
        name=wanted.learner.full_name,
        awarded_on=_day(wanted.awarded_on),
        grade=None if wanted.grade is None else value_of_grade(wanted.grade),
        valid_until=None if wanted.valid_until is None else _moment(wanted.valid_until),
    )


def _day(day: date) -> str:
    return day.isoformat()


def _moment(moment: datetime) -> str:
    return stamp(moment)
