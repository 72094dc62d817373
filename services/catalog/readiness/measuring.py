"""Measure a description: what every reader asks, laid beside what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.catalog.oeapi.identity import delivery_id
from services.catalog.policy import Finding
from services.catalog.readiness import asking
from services.catalog.readiness.asked_by import Field, says
from services.catalog.readiness.asking import Asked
from services.catalog.readiness.fields import FIELDS
from services.catalog.readiness.gaps import Gap, Meter, PartName, Reading, Remark
from services.catalog.rio import Severity, Stand, rio_report, soort_of
from shared.contracts.microcredential import Description
from shared.contracts.policy import Organisation, Policy
from shared.contracts.vocabulary import LocalText, Sector, StudyLoadUnit
from shared.strict_json import JsonObject, JsonValue

_SAMPLE_EC: Final = Decimal(5)
_LEVELS: Final = {
    Sector.HBO: ("eqf_6", "accredited-programme", "niveau 6", "level 6"),
    Sector.WO: ("eqf_7", "accredited-programme", "niveau 7", "level 7"),
    Sector.MBO: ("eqf_4", "accredited-programme", "niveau 4", "level 4"),
    Sector.PRIVATE: ("eqf_5", "self-declared", "niveau 5", "level 5"),
}
_SYSTEMATIC: Final = frozenset({"no-place", "no-level", "kind-of-document", "code-to-come"})
"""True of every microcredential in RIO: the dry run tells them, the meter would only repeat."""
_UNITS: Final = {
    StudyLoadUnit.ECTS: ("EC", "ECTS credits"),
    StudyLoadUnit.SBU: ("SBU", "SBU (hours of study load)"),
    StudyLoadUnit.HOUR: ("uur", "hours"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is measured, and by which policy and findings."""

    microcredential_id: UUID
    content: Description
    provider: Organisation | None
    policy: Policy | None
    findings: Sequence[Finding]
    day: date


def measure(of: Measured) -> Meter:
    """Return the meter of a description: five readings, every gap explained."""
    return Meter(
        (
            _read(of, PartName.EU, asking.EU, _remarks(asking.AT_THE_AWARD)),
            _read_framework(of),
            _read(of, PartName.OEAPI, asking.OEAPI, _oeapi_remarks(of)),
            _read_rio(of),
            _read(of, PartName.EUROPASS, asking.EUROPASS, _remarks(asking.SEALED_LATER)),
        )
    )


def _remarks(*sentences: LocalText) -> tuple[Remark, ...]:
    return tuple(Remark("", sentence) for sentence in sentences)


def _oeapi_remarks(of: Measured) -> tuple[Remark, ...]:
    if of.content.primary_code is not None:
        return ()
    return (Remark("/content/primaryCode", asking.OUR_CODE),)


def _read(
    of: Measured, part: PartName, asked: Sequence[Asked], remarks: tuple[Remark, ...] = ()
) -> Reading:
    missing = [one for one in asked if not _is_there(of, one.field.pointer)]
    return _reading(
        part,
        total=len(asked),
        gaps=[_gap(of, one.field, called=one.called, mandatory=one.mandatory) for one in missing],
        remarks=remarks,
    )


def _reading(
    part: PartName,
    *,
    total: int,
    gaps: Sequence[Gap],
    remarks: tuple[Remark, ...],
    waiting: int = 0,
) -> Reading:
    present = total - len(gaps) - waiting
    return Reading(
        part=part,
        title=asking.TITLES[part],
        summary=asking.summary(part, present, total),
        present=present,
        total=total,
        gaps=tuple(gaps),
        remarks=remarks,
    )


def _is_there(of: Measured, pointer: str) -> bool:
    """Say whether something is at a pointer; white space, and an empty list, are nothing."""
    if pointer == FIELDS["rioCode"].pointer:
        known = {one.code_type for one in of.content.other_codes}
        return "x-rio-opleidingseenheidcode" in known
    provider = of.provider.model_dump(mode="json") if of.provider else {}
    here: JsonValue = {"content": of.content.model_dump(mode="json"), "provider": provider}
    for part in pointer.split("/")[1:]:
        here = here.get(part) if isinstance(here, dict) else None
    return _says_something(here)


def _says_something(value: JsonValue) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, dict):
        return any(_says_something(each) for each in value.values())
    if isinstance(value, list):
        return any(_says_something(each) for each in value)
    return value is not None


def _gap(of: Measured, field: Field, *, called: str, mandatory: bool) -> Gap:
    example, reads = _example(of, field)
    return Gap(
        pointer=field.pointer,
        name=field.name,
        called=called,
        why=field.why,
        used_by=field.used_by,
        example=example,
        example_reads=reads,
        mandatory=mandatory,
    )


def _example(of: Measured, field: Field) -> tuple[JsonValue, LocalText]:
    """Return an example that this provider's own policy would take."""
    sector = of.provider.sector if of.provider else Sector.HBO
    if field is FIELDS["level"]:
        value, basis, nl, en = _LEVELS[sector]
        return {"value": value, "basis": basis}, says(nl, en)
    if field is FIELDS["studyLoad"]:
        return _example_size(of, sector)
    return field.example, field.reads


def _example_size(of: Measured, sector: Sector) -> tuple[JsonValue, LocalText]:
    rules = of.policy
    if rules is None:
        unit, size = StudyLoadUnit.ECTS, _SAMPLE_EC
        if sector is Sector.MBO:
            unit, size = StudyLoadUnit.SBU, Decimal(240)
    else:
        unit = rules.unit
        size = rules.guideline or rules.minimum
        if unit is StudyLoadUnit.ECTS:
            fits = rules.minimum <= _SAMPLE_EC <= (rules.maximum or _SAMPLE_EC)
            size = _SAMPLE_EC if fits and not _SAMPLE_EC % rules.step else rules.minimum
    whole = size == size.to_integral_value()
    plain = f"{size.normalize():f}"
    nl, en = _UNITS[unit]
    value: JsonObject = {"unit": unit.value, "value": int(size) if whole else float(size)}
    return value, says(f"{plain.replace('.', ',')} {nl}", f"{plain} {en}")


def _read_framework(of: Measured) -> Reading:
    """Read the findings of the policy; advice counts, but never as mandatory."""
    failed = [one for one in of.findings if not one.passed and not one.pending]
    waiting = sum(one.pending and not one.passed for one in of.findings)
    remarks = _remarks(asking.NO_POLICY) if of.policy is None else ()
    return _reading(
        PartName.FRAMEWORK,
        total=len(of.findings),
        gaps=[_gap_of(of, one) for one in failed],
        remarks=remarks,
        waiting=waiting,
    )


def _gap_of(of: Measured, finding: Finding) -> Gap:
    field = _field_at(finding.pointer)
    gap = _gap(of, field, called=finding.code, mandatory=not finding.advice)
    return Gap(
        pointer=field.pointer,
        name=gap.name,
        called=gap.called,
        why=finding.sentence,
        used_by=gap.used_by,
        example=gap.example,
        example_reads=gap.example_reads,
        mandatory=gap.mandatory,
    )


def _field_at(pointer: str) -> Field:
    """Return the field a finding is about: the shortest one that its pointer is inside."""
    for field in FIELDS.values():
        if pointer == field.pointer or pointer.startswith(f"{field.pointer}/"):
            return field
    return FIELDS["recognition"]


def _read_rio(of: Measured) -> Reading:
    sector = of.provider.sector if of.provider else Sector.HBO
    asked = asking.RIO[soort_of(sector)]
    return _read(of, PartName.RIO, asked, _rio_remarks(of))


def _rio_remarks(of: Measured) -> tuple[Remark, ...]:
    """Tell what RIO would cut or leave out of this description, as the dry run finds it."""
    if of.provider is None:
        return ()
    stand = Stand(
        microcredential_id=of.microcredential_id,
        delivery_id=delivery_id(of.microcredential_id),
        provider=of.provider,
        versions=((of.day, of.content),),
    )
    return tuple(
        Remark(one.pointer, one.sentence)
        for one in rio_report(stand).findings
        if one.severity is not Severity.ERROR and one.code not in _SYSTEMATIC
    )
