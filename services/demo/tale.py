"""What can happen in the story, as plain records, and who tells it.

Apart from the playing and the telling, which know nothing of each other but this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypedDict

from services.demo.class_list import ClassList, ListedLearner

SERVICES = ("catalog", "issuer", "registry", "verifier")


@dataclass(frozen=True, slots=True)
class Places:
    """Where each service is."""

    catalog: str
    issuer: str
    registry: str
    verifier: str

    @classmethod
    def under(cls, address: str) -> Self:
        """Return the places of a demo."""
        return cls(**{name: f"{address}/{name}" for name in SERVICES})

    def of(self, service: str) -> str:
        """Return the place of a service by its name."""
        return str(getattr(self, service))


class Words(TypedDict):
    """A text in both languages, as the API gives it."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier said, and in how many seconds."""

    state: str
    title: Words
    seconds: float


@dataclass(frozen=True, slots=True)
class Publication:
    """The version that is awarded, and whether it is from today's story."""

    title: str
    version: int
    is_new: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class AwardedRow:
    """One right row of the list after its request; without an award `refusal` says why."""

    learner: ListedLearner
    seconds: float
    award_id: str = ""
    is_new: bool = False
    refusal: str = ""
    registered_after: float | None = None
    verifiable_after: float | None = None
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Revocation:
    """A credential before and after it was revoked."""

    row: int
    award_id: str
    before: Verdict
    after: Verdict
    registered_after: float


class Teller(Protocol):
    """Whoever tells the story while it is played."""

    def published(self, publication: Publication) -> None:
        """Tell that the microcredential is there."""

    def awarded(self, listed: ClassList, rows: Sequence[AwardedRow]) -> None:
        """Tell what became of every row."""

    def revoked(self, revocation: Revocation | None) -> None:
        """Tell of the revocation, or that there is nothing left to revoke."""
