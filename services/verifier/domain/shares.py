"""What can be shared, for how long, and what sharing is refused for.

Apart from the keeping of shares, because pages, routes and operations all speak of these.
"""

from datetime import timedelta
from typing import ClassVar, Final

from services.verifier.domain.verdict import State
from shared.errors import ConflictError, NotFoundError, Remedy, RuleError, UnavailableError

LEAST_DAYS: Final = 1
MOST_DAYS: Final = 365
USUAL_DAYS: Final = 90
MOST_OF_ONE: Final = 50
"""So many links of one award at a time; who needs more withdraws one."""
MOST_BYTES: Final = 256 * 1024
"""No credential of ours is larger; what somebody wrapped around one is not kept."""
REMEMBERED: Final = timedelta(days=90)
"""So long after its end we know that a link was there, and nothing else of it."""
SWEEP: Final = timedelta(minutes=10)
"""How often what has ended is wiped; it is shown to nobody before that."""
SHAREABLE: Final = frozenset(
    {
        State.VALID,
        State.ISSUER_LEFT,
        State.EXPIRED,
        State.NOT_YET_VALID,
        State.REPLACED,
        State.SUSPENDED,
    }
)
"""Genuine, and not revoked: whatever becomes of it later is said to who opens the link then."""


class NotShareableError(RuleError):
    """Only a genuine credential that is in the national register can be shared."""

    code: ClassVar[str] = "not-shareable"
    dutch: ClassVar[str] = (
        "Alleen een echt bewijs dat in het landelijke register staat, kan worden gedeeld."
    )
    remedy: ClassVar[Remedy | None] = (
        "Verify it first, at `POST /v1/verifications`: the verdict says what is wrong.",
        "Controleer het eerst met `POST /v1/verifications`: de uitkomst zegt wat er mis is.",
    )


class PresentationNotShareableError(RuleError):
    """A presentation was made for one occasion; share the credential itself."""

    code: ClassVar[str] = "presentation-not-shareable"
    dutch: ClassVar[str] = "Een presentatie is voor één gelegenheid gemaakt; deel het bewijs zelf."


class LinkNotShareableError(RuleError):
    """Only who has the credential itself can share it, not who was given a link or a code."""

    code: ClassVar[str] = "link-not-shareable"
    dutch: ClassVar[str] = (
        "Alleen wie het bewijs zelf heeft, kan het delen, niet wie een link of code kreeg."
    )


class ManySharesError(ConflictError):
    """There are as many links of this credential as there can be; withdraw one first."""

    code: ClassVar[str] = "many-shares"
    dutch: ClassVar[str] = (
        "Er zijn al zoveel links van dit bewijs als er mogen zijn; trek er eerst een in."
    )
    remedy: ClassVar[Remedy | None] = (
        "Send `DELETE /v1/shares/{id}` with the secret of a link that is needed no more.",
        "Stuur `DELETE /v1/shares/{id}` met het geheim van een link die niet meer nodig is.",
    )


class ShareNotFoundError(NotFoundError):
    """There is no such share, it has ended, or this is not the secret that withdraws it."""

    code: ClassVar[str] = "share-not-found"
    dutch: ClassVar[str] = (
        "Deze link is er niet, is al gestopt, of dit is niet het geheim waarmee u hem intrekt."
    )


class CodesClosedError(UnavailableError):
    """This verifier gives no short codes; share a link instead."""

    code: ClassVar[str] = "codes-closed"
    dutch: ClassVar[str] = "Deze controleur geeft geen korte codes; deel een link."


class CodesBusyError(UnavailableError):
    """Too many short codes are being looked up at this moment; wait, or ask for the link."""

    code: ClassVar[str] = "codes-busy"
    dutch: ClassVar[str] = (
        "Er worden nu te veel korte codes opgezocht; wacht even, of vraag om de link."
    )
