"""The families of refusal a sender can act on; HTTP appears in one table at the edge.

WaarmerkError
├── NotFoundError            it is not there, or not yours (the same thing to a stranger)
├── ConflictError            it is there, but in the way; retrying unchanged will not help yet
├── StaleError               it changed since you read it; read it again
├── UnconditionalError       you did not say which state you read
├── NotPermittedError        you may not
│   └── UnauthenticatedError we do not know who you are
├── RuleError                what you sent breaks a rule; `faults` names every one
└── UnavailableError         we cannot answer now; try again
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: where (RFC 6901 pointer), which (code), and a sentence without the value.

    `dutch` is the same sentence for who prefers Dutch.
    """

    pointer: str
    code: str
    detail: str
    dutch: str = ""


class WaarmerkError(Exception):
    """Something the sender can act on went wrong."""

    code: ClassVar[str] = "error"
    dutch: ClassVar[str] = ""
    """The sentence of the docstring in Dutch."""

    def __init__(self, detail: str | None = None) -> None:
        """Keep the sentence for the reader; without one the class docstring is that sentence."""
        self.detail = detail or (type(self).__doc__ or "").strip().splitlines()[0]
        super().__init__(self.detail)


class NotFoundError(WaarmerkError):
    """There is no such thing here."""

    code = "not-found"


class ConflictError(WaarmerkError):
    """The request does not fit the present state."""

    code = "conflict"

    def __init__(self, detail: str | None = None, *, retry_after: int | None = None) -> None:
        """Keep the sentence, and after how many seconds trying again makes sense."""
        super().__init__(detail)
        self.retry_after = retry_after


class StaleError(WaarmerkError):
    """This was changed since you read it; read it again, and decide again."""

    code = "stale"


class UnconditionalError(WaarmerkError):
    """Say which state you read, in If-Match, so that nobody's work is overwritten unseen."""

    code = "unconditional"


class NotPermittedError(WaarmerkError):
    """The caller may not do this."""

    code = "not-permitted"


class UnauthenticatedError(NotPermittedError):
    """A valid access token is needed."""

    code = "unauthenticated"


class RuleError(WaarmerkError):
    """The request breaks a rule."""

    code = "rule-broken"

    def __init__(self, detail: str | None = None, *, faults: tuple[Fault, ...] = ()) -> None:
        """Keep the sentence and every fault found, so that one round of mending is enough."""
        super().__init__(detail)
        self.faults = faults


class UnavailableError(WaarmerkError):
    """This cannot be answered now; try again later."""

    code = "unavailable"

    def __init__(self, detail: str | None = None, *, retry_after: int = 5) -> None:
        """Keep the sentence, and after how many seconds to try again."""
        super().__init__(detail)
        self.retry_after = retry_after
