"""What is known of the requests of a group, and what becomes of each."""

import asyncio
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.issuer.domain import WantedAward
from services.issuer.operations.drafts import Intent
from services.issuer.operations.granting import Asking
from shared.contracts.microcredential import Microcredential
from shared.errors import WaarmerkError
from shared.runtime.idempotency import StoredAnswer


@dataclass(slots=True, eq=False)
class Request:
    """One request that waits for its answer."""

    wanted: WantedAward
    asking: Asking
    request_id: str | None
    now: datetime
    answer: "asyncio.Future[StoredAnswer]"
    context: Context = field(default_factory=copy_context)
    """Where it came in: what is logged of it bears its own request id."""

    @property
    def enrolment(self) -> tuple[str, UUID]:
        """Return what can be awarded once only."""
        return self.wanted.enrolment_reference, self.wanted.microcredential_id

    def give(self, answer: StoredAnswer) -> None:
        """Answer, unless the sender went away."""
        with suppress(asyncio.InvalidStateError):
            self.answer.set_result(answer)

    def refuse(self, error: Exception) -> None:
        """Let the sender hear why not, unless they went away."""
        with suppress(asyncio.InvalidStateError):
            self.answer.set_exception(error)


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that may be granted: of which version, to whom."""

    request: Request
    chosen: Microcredential
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Intended:
    """What was made durable for one request, and is to be signed."""

    request: Request
    intent: Intent

    @property
    def award_id(self) -> str:
        """Return the award it will be."""
        return str(self.intent.award.award_id)


@dataclass(slots=True)
class Plan:
    """What becomes of a group; who is in neither list goes alone."""

    intended: list[Intended] = field(default_factory=list)
    refused: list[tuple[Request, WaarmerkError]] = field(default_factory=list)
