"""The families of refusal a sender can act on; HTTP appears in one table at the edge.

WaarmerkError
├── NotFoundError            it is not there, or not yours (the same thing to a stranger)
├── GoneError                it was there, and is kept no longer
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

Remedy = tuple[str, str]
"""What to do about a refusal: in English, and in Dutch."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: where (RFC 6901 pointer), which (code), and a sentence without the value.

    `dutch` is the same sentence for who prefers Dutch; a test asks for it wherever one is made.
    """

    pointer: str
    code: str
    detail: str
    dutch: str = ""


class WaarmerkError(Exception):
    """Something the sender can act on went wrong."""

    code: ClassVar[str] = "error"
    dutch: ClassVar[str] = "Er ging iets mis waar u iets aan kunt doen."
    """The sentence of the docstring in Dutch."""
    remedy: ClassVar[Remedy | None] = None
    """What its page tells to do about it; without one, what is said of its status."""

    def __init__(self, detail: str | None = None, dutch: str | None = None) -> None:
        """Keep the sentence in both languages; without one the class says it."""
        self.detail = detail or self.sentence()
        self.detail_in_dutch = dutch or self.dutch
        super().__init__(self.detail)

    @classmethod
    def sentence(cls) -> str:
        """Return the sentence of every error of this class, in English."""
        return (cls.__doc__ or "").strip().splitlines()[0]


class NotFoundError(WaarmerkError):
    """There is no such thing here."""

    code = "not-found"
    dutch = "Dit bestaat hier niet."


class GoneError(WaarmerkError):
    """This was here, and is kept no longer."""

    code = "gone"
    dutch = "Dit was hier, en wordt niet langer bewaard."


class ConflictError(WaarmerkError):
    """The request does not fit the present state."""

    code = "conflict"
    dutch = "Het verzoek past niet bij de huidige toestand."

    def __init__(
        self,
        detail: str | None = None,
        dutch: str | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        """Keep the sentence, and after how many seconds trying again makes sense."""
        super().__init__(detail, dutch)
        self.retry_after = retry_after


class StaleError(WaarmerkError):
    """This was changed since you read it; read it again, and decide again."""

    code = "stale"
    dutch = "Dit is gewijzigd sinds u het las; lees het opnieuw en beslis opnieuw."


class UnconditionalError(WaarmerkError):
    """Say which state you read, in If-Match, so that nobody's work is overwritten unseen."""

    code = "unconditional"
    dutch = (
        "Geef in If-Match aan welke toestand u las, zodat niemands werk ongezien wordt "
        "overschreven."
    )


class NotPermittedError(WaarmerkError):
    """The caller may not do this."""

    code = "not-permitted"
    dutch = "U mag dit niet doen."


class UnauthenticatedError(NotPermittedError):
    """A valid access token is needed."""

    code = "unauthenticated"
    dutch = "Hiervoor is een geldig access token nodig."


class RuleError(WaarmerkError):
    """The request breaks a rule."""

    code = "rule-broken"
    dutch = "Het verzoek voldoet niet aan een regel."
    pointer: ClassVar[str] = ""
    """What breaks it, where that is the same in every request (RFC 6901)."""

    def __init__(
        self,
        detail: str | None = None,
        dutch: str | None = None,
        *,
        faults: tuple[Fault, ...] = (),
    ) -> None:
        """Keep the sentence and every fault found, so that one round of mending is enough."""
        super().__init__(detail, dutch)
        self.faults = faults


class UnavailableError(WaarmerkError):
    """This cannot be answered now; try again later."""

    code = "unavailable"
    dutch = "Dit kan nu niet worden beantwoord; probeer het later opnieuw."

    def __init__(
        self, detail: str | None = None, dutch: str | None = None, *, retry_after: int = 5
    ) -> None:
        """Keep the sentence, and after how many seconds to try again."""
        super().__init__(detail, dutch)
        self.retry_after = retry_after
