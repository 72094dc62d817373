"""Everything the register has of one learner, as it is shown to them (GDPR article 15)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.registry.domain.consultations import ConsumerName, Line
from services.registry.domain.facts import Fact
from services.registry.domain.profiles import LegalProfile
from shared.contracts.award import Pseudonym
from shared.contracts.registration import Registration
from shared.errors import UnavailableError


class ExportsClosedError(UnavailableError):
    """This register gives no access exports: it was given no key to sign them with."""

    code = "exports-closed"
    dutch = "Dit register geeft geen inzage-overzichten: het heeft geen sleutel om te ondertekenen."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFact:
    """One fact with its opening, and the proof of where it stands in the log, once it does."""

    fact: Fact
    index: int | None
    proof: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRegistration:
    """A registration with its whole history; `restricted` when nobody else is shown it."""

    registration: Registration
    restricted: bool
    facts: tuple[ShownFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessExport:
    """All there is about one learner at one moment."""

    export_id: UUID
    created_at: datetime
    profile: LegalProfile
    learner: Pseudonym = field(repr=False)
    registrations: tuple[ShownRegistration, ...]
    consultations: tuple[Line, ...] = field(repr=False)
    names: Mapping[str, list[ConsumerName]] = field(repr=False)
