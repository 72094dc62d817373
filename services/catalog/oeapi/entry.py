"""What one microcredential is in OEAPI: a specification, and what is taught for it.

OEAPI has no microcredential, and says level and document of a programme only. So each becomes a
Programme of type `specification`; what is taught is a Course, or with non-formal education a
Programme, as RIO wants it (netherlands.md 2.3, 2.4).
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.catalog.domain.days import AMSTERDAM
from services.catalog.oeapi.identity import delivery_id, outcome_id
from shared.contracts.microcredential import Description, Microcredential
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import Sector
from shared.strict_json import JsonObject, JsonValue

ALLIANCE_CODE: Final = "x-eduxchange-alliance"
"""With this code type a provider says for which eduXchange alliance a microcredential is meant."""
OWN_CODE: Final = "x-waarmerk-microcredential"
RIO_SECTORS: Final = (Sector.HBO, Sector.WO, Sector.PRIVATE)
"""What SURF's RIO mapper can send on: higher education and non-formal education, not mbo."""
_LAST_SECOND: Final = time(23, 59, 59)


class Audience(StrEnum):
    """For whom the `consumer` member is filled (OEAPI consumer registry)."""

    RIO = "rio"
    EDUXCHANGE = "eduxchange"


class Expand(StrEnum):
    """What may be written out in full instead of by its id."""

    PARENT = "parent"
    CHILDREN = "children"
    COORDINATORS = "coordinators"
    INSTRUCTORS = "instructors"
    ORGANISATION = "organisation"
    PROGRAMMES = "programmes"
    PROGRAMME = "programme"
    COURSE = "course"
    LEARNING_OUTCOMES = "learning_outcomes"
    PARENTS = "parents"
    ACADEMIC_SESSION = "academic_session"
    COURSE_OFFERING = "course_offering"
    LEARNING_COMPONENT = "learning_component"
    PROGRAMME_OFFERING = "programme_offering"
    TEST_COMPONENT = "test_component"


@dataclass(frozen=True, slots=True)
class Entry:
    """A published version and who provides it."""

    microcredential: Microcredential
    provider: Organisation

    @property
    def content(self) -> Description:
        """Return what the provider tells."""
        return self.microcredential.content

    @property
    def is_private(self) -> bool:
        """Say whether it is non-formal education, which is taught as a Programme."""
        return self.provider.sector is Sector.PRIVATE

    @property
    def specification(self) -> UUID:
        """Return the id of the specification."""
        return self.microcredential.microcredential_id

    @property
    def delivery(self) -> UUID:
        """Return the id of the course or programme that is taught."""
        return delivery_id(self.microcredential.microcredential_id)

    @property
    def outcomes(self) -> list[UUID]:
        """Return the ids of the learning outcomes."""
        owner = self.microcredential.microcredential_id
        return [outcome_id(owner, at) for at in range(len(self.content.learning_outcomes))]

    @property
    def alliances(self) -> list[str]:
        """Return the eduXchange alliances it is meant for."""
        return [one.code for one in self.content.other_codes if one.code_type == ALLIANCE_CODE]


@dataclass(frozen=True, slots=True)
class Run:
    """An offering and what it is an offering of."""

    offering: Offering
    entry: Entry


@dataclass(frozen=True, slots=True)
class Outcome:
    """A learning outcome, by its place."""

    entry: Entry
    at: int


def compact(members: JsonObject) -> JsonObject:
    """Leave out what is absent or empty; OEAPI has lists of at least one."""
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def begin_of(day: date | None) -> str | None:
    """Write the first moment of a Dutch day; its own offset keeps the day readable."""
    return None if day is None else datetime.combine(day, time(), AMSTERDAM).isoformat()


def end_of(day: date | None) -> str | None:
    """Write the last second of a Dutch day."""
    return None if day is None else datetime.combine(day, _LAST_SECOND, AMSTERDAM).isoformat()


def moment(value: datetime | None) -> str | None:
    """Write a moment."""
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def code(code_type: str, value: str) -> JsonObject:
    """Write a code (IdentifierEntry)."""
    return {"codeType": code_type, "code": value}


def listed(ids: list[UUID]) -> list[JsonValue]:
    """Write ids."""
    return [str(one) for one in ids]
