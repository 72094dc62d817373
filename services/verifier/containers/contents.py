"""What a container turned out to hold, as its reader says it.

Apart from what was handed in (`domain.handed`): these are bytes that still have to be recognised,
and they cross from the process that reads to the one that answers.
"""

from dataclasses import dataclass

from pydantic import Base64Bytes, TypeAdapter

from services.verifier.containers.limits import Limits
from services.verifier.domain.handed import WHOLE, Container, Form, IntakeRefusal, Place
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.seals import Seal


class NotReadError(ValueError):
    """A container breaks a rule, and nothing of it counts."""

    def __init__(self, code: RefusalCode) -> None:
        """Keep which rule."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something inside a container; `form` where the container itself says what it is."""

    content: Base64Bytes
    place: Place = WHOLE
    form: Form | None = None
    is_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that was inside one container, in its order."""

    found: tuple[Found, ...] = ()
    refusals: tuple[IntakeRefusal, ...] = ()
    seals: tuple[Seal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reading process is asked: to open bytes, which follow, as this container."""

    container: Container
    limits: Limits


CONTENTS = TypeAdapter(Contents)
WANTED = TypeAdapter(Wanted)


def refused(code: RefusalCode, reason: str = "") -> Contents:
    """Say that nothing of a container was read."""
    return Contents(refusals=(IntakeRefusal(code=code, reason=reason),))
