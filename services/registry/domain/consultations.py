"""Who may ask the register about a learner, for what, and what is remembered of every time.

A line has the fields of the Logboek Dataverwerkingen (Logius): one for each learner, also when
nothing was found, and never of only a sample. It names no person: the learner stands in it under a
name that is used nowhere else, and who asked is an organisation with one of its systems.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from secrets import token_hex
from typing import Final, Self

from services.registry.domain.profiles import Basis
from shared.contracts.award import Pseudonym
from shared.contracts.registration import Registration
from shared.errors import RuleError, UnavailableError

MOST_LEARNERS: Final = 100
_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")


class Purpose(StrEnum):
    """What somebody asks about a learner for."""

    ADMISSION = "admission"
    EXEMPTION = "exemption"
    STACKING = "stacking"
    CREDENTIAL_CHECK = "credential-check"
    FUNDING = "funding"


class LineStatus(StrEnum):
    """How a processing ended, in OpenTelemetry's words."""

    OK = "ok"
    ERROR = "error"


class BasisRefusedError(RuleError):
    """For this purpose nobody may ask on this legal basis."""

    code = "legal-basis"
    dutch = "Voor dit doel mag niemand op deze grondslag vragen."


class SearchClosedError(UnavailableError):
    """This register does not answer questions about learners: it was given no keys for that."""

    code = "search-closed"
    dutch = "Dit register beantwoordt geen vragen over lerenden: het heeft er geen sleutels voor."


_ALLOWED: Final[Mapping[Purpose, frozenset[Basis]]] = {
    Purpose.ADMISSION: frozenset({Basis.PUBLIC_TASK, Basis.CONTRACT, Basis.CONSENT}),
    Purpose.EXEMPTION: frozenset({Basis.PUBLIC_TASK, Basis.CONTRACT, Basis.CONSENT}),
    Purpose.STACKING: frozenset({Basis.PUBLIC_TASK, Basis.CONTRACT, Basis.CONSENT}),
    Purpose.CREDENTIAL_CHECK: frozenset({Basis.CONSENT, Basis.CONTRACT, Basis.LEGAL_OBLIGATION}),
    Purpose.FUNDING: frozenset({Basis.LEGAL_OBLIGATION, Basis.PUBLIC_TASK}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody asks: a purpose, a legal basis, and a reference in their own files."""

    purpose: Purpose
    basis: Basis
    reference: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """The operation at another organisation that this one came from."""

    trace_id: str
    operation_id: str


@dataclass(frozen=True, slots=True)
class Trace:
    """The trace a question is part of, its own operation in it, and where it came from."""

    trace_id: str
    operation_id: str
    foreign: Foreign | None = None

    @classmethod
    def of_header(cls, traceparent: str | None) -> Self:
        """Continue what a caller sends (W3C Trace Context), or begin a trace."""
        found = _TRACEPARENT.fullmatch(traceparent or "")
        if found is None:
            return cls(token_hex(16), new_operation())
        return cls(found[1], new_operation(), Foreign(found[1], found[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is remembered of one time that something of one learner was processed."""

    number: int | None = None
    trace: Trace
    operation_id: str
    name: str
    status: LineStatus
    started_at: datetime
    ended_at: datetime
    organisation: str
    client: str
    activity: str
    subject: str = field(repr=False)
    reason: Reason | None = None
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the register has of one learner, under the name by which one consumer knows them."""

    name: "ConsumerName"
    earlier: tuple["ConsumerName", ...]
    registrations: tuple[Registration, ...]


@dataclass(frozen=True, slots=True)
class ConsumerName:
    """A learner's pseudonym for one consumer, and the version of the key it was made with."""

    version: int
    pseudonym: Pseudonym


def decide_reason(reason: Reason) -> None:
    """Allow asking for this reason, or raise BasisRefusedError."""
    allowed = _ALLOWED[reason.purpose]
    if reason.basis not in allowed:
        choice = ", ".join(sorted(allowed))
        raise BasisRefusedError(
            f"For {reason.purpose} one of these legal bases is expected: {choice}.",
            f"Voor {reason.purpose} hoort hier een van deze grondslagen: {choice}.",
        )


def new_operation() -> str:
    """Make the id of an operation: 8 random bytes, in hexadecimals."""
    return token_hex(8)
