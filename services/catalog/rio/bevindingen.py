"""What a dry run for RIO finds: what RIO would refuse, what is lost, what to know."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from shared.contracts.vocabulary import LocalText


class Severity(StrEnum):
    """What a finding means for who wants to register."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class RioFinding:
    """One thing found: where, and a sentence without the value.

    The pointer is into the microcredential (`/content/…`, `/provider/…`), or into the offering when
    one is named. An error points to what is missing; a warning to what is there, but not in RIO.
    """

    code: str
    severity: Severity
    pointer: str
    sentence: LocalText
    offering_id: UUID | None = None


@dataclass(slots=True)
class Findings:
    """Gathers what is found while a message is made, of one subject."""

    offering_id: UUID | None = None
    found: list[RioFinding] = field(default_factory=list)

    def error(self, code: str, pointer: str, sentence: LocalText) -> None:
        """RIO would refuse the message."""
        self._add(code, Severity.ERROR, pointer, sentence)

    def warning(self, code: str, pointer: str, sentence: LocalText) -> None:
        """Something is left out, cut or changed."""
        self._add(code, Severity.WARNING, pointer, sentence)

    def note(self, code: str, pointer: str, sentence: LocalText) -> None:
        """Good to know; nothing is lost."""
        self._add(code, Severity.NOTE, pointer, sentence)

    def _add(self, code: str, severity: Severity, pointer: str, sentence: LocalText) -> None:
        self.found.append(RioFinding(code, severity, pointer, sentence, self.offering_id))
