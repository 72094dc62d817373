"""What a batch is refused for, each time with what to do about it."""

from typing import ClassVar

from shared.errors import ConflictError, NotFoundError, Remedy, RuleError


class BatchNotFoundError(NotFoundError):
    """There is no such batch; a batch is wiped within an hour, or as soon as you ask for it."""

    code: ClassVar[str] = "verification-batch-not-found"
    dutch: ClassVar[str] = (
        "Deze controlelijst is er niet; een lijst wordt binnen een uur gewist, of zodra u erom "
        "vraagt."
    )


class BatchNotDoneError(ConflictError):
    """The batch is still being verified; its results are there when every row is."""

    code: ClassVar[str] = "verification-batch-not-done"
    dutch: ClassVar[str] = (
        "De lijst wordt nog gecontroleerd; de resultaten zijn er als elke rij er is."
    )
    remedy: ClassVar[Remedy | None] = (
        "Ask the batch itself how far it is, and its results once `done` is true.",
        "Vraag de lijst zelf hoe ver die is, en de resultaten zodra `done` waar is.",
    )


class TooManyEntriesError(RuleError):
    """There are more than 500 credentials in this request; send the rest in a batch of its own."""

    code: ClassVar[str] = "too-many-credentials"
    dutch: ClassVar[str] = (
        "Er zitten meer dan 500 bewijzen in dit verzoek; stuur de rest als een aparte lijst."
    )


class NoEntriesError(RuleError):
    """There is nothing to verify: no file, or an empty one."""

    code: ClassVar[str] = "no-credentials"
    dutch: ClassVar[str] = "Er is niets om te controleren: geen bestand, of een leeg bestand."
