"""What a row asks beside what was awarded before: the same, or in what it differs.

Apart from checking, because an earlier credential must be opened for it: that runs in the workshop.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from services.issuer.batches.columns import Field
from services.issuer.batches.wordings import Code
from services.issuer.credential.building import value_of_grade
from services.issuer.domain import WantedAward
from services.issuer.operations.batches.remarks import Remark, remark_at, write_remarks
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import payload_context
from services.issuer.repository.batches_checks import EarlierAward
from shared.contracts.credential import stamp
from shared.proofs.sealing import open_sealed


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
    """Whether a row differs from its earlier award, and in what, under seal."""

    is_changed: bool
    sealed_faults: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a credential says of what a row can say too."""

    person: str | None
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
        wanted = wishes[line]
        told = _told(desk, earlier, organisation=order.organisation)
        asked = _asked(desk, wanted)
        remarks = [
            remark_at(
                Code.EXISTS_DIFFERS, place, mapping, line=line, found=_shown(now), hint=_shown(then)
            )
            for place, then, now in _pairs(told, asked)
            if then != now
        ]
        is_changed = bool(remarks)
        if not is_changed:
            remarks = [_same(mapping_of=mapping, line=line)]
        compared[line] = Compared(
            is_changed=is_changed,
            sealed_faults=seals.close(write_remarks(remarks), f"faults|{line}"),
        )
    return compared


def _same(*, mapping_of: Any, line: int) -> Remark:  # noqa: ANN401 - a mapping, handed on
    return remark_at(Code.EXISTS_SAME, Field.ENROLMENT_REFERENCE, mapping_of, line=line)


def _pairs(told: _Told, asked: _Told) -> list[tuple[Field, str | None, str | None]]:
    # Who is known by an eduID may have no name in the file: nothing is not another name.
    name = asked.name or told.name
    return [
        (Field.EMAIL, told.person and "", "" if asked.person == told.person else "\N{BULLET}"),
        (Field.FAMILY_NAME, told.name, name),
        (Field.AWARDED_ON, told.awarded_on, asked.awarded_on),
        (Field.GRADE, told.grade, asked.grade),
        (Field.VALID_UNTIL, told.valid_until, asked.valid_until),
    ]


def _shown(value: str | None) -> str:
    return value or "\N{EN DASH}"


def _told(desk: Desk, earlier: EarlierAward, *, organisation: str) -> _Told:
    if earlier.sealed_payload is None or earlier.wrapped_key is None:
        return _Told(None, None, "", None, None)
    key = desk.learner_key(
        earlier.wrapped_key, organisation=organisation, learner=earlier.pseudonym or ""
    )
    context = payload_context(earlier.credential_id or UUID(int=0))
    payload = from_json(open_sealed(earlier.sealed_payload, key=key, context=context))
    subject = payload["credentialSubject"]
    names = [
        one["identityHash"] for one in subject["identifier"] if one.get("identityType") == "name"
    ]
    results = subject.get("result") or [{}]
    return _Told(
        person=earlier.pseudonym,
        name=names[0] if names else None,
        awarded_on=payload["awardedDate"][:10],
        grade=results[0].get("value"),
        valid_until=payload.get("validUntil"),
    )


def _asked(desk: Desk, wanted: WantedAward) -> _Told:
    return _Told(
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
