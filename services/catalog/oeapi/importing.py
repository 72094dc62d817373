"""What becomes of a thing that an import found, beside what is on the desk already.

Pure. Nothing a person wrote is overwritten: what an earlier import placed may be replaced by what
the source says now, as long as it is still there unchanged; otherwise the difference is named.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel

Record = TypeVar("Record", bound=BaseModel)


class Verdict(StrEnum):
    """What an import did with one thing."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MATCHED = "matched"
    KEPT = "kept"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"


class Basis(StrEnum):
    """By what a thing of the source was found to be one of ours."""

    EARLIER_IMPORT = "earlier-import"
    OWN_ID = "own-id"
    PRIMARY_CODE = "primary-code"
    RIO_CODE = "rio-code"


class Kind(StrEnum):
    """What can be imported."""

    PROGRAMME = "programme"
    COURSE = "course"
    OFFERING = "offering"


@dataclass(frozen=True, slots=True)
class Placing:
    """What to do, and in which members the source and we differ."""

    verdict: Verdict
    differences: tuple[str, ...] = ()

    @property
    def is_written(self) -> bool:
        """Say whether what the source says takes the place of what is there."""
        return self.verdict is Verdict.UPDATED


def decide_placing(
    present: Record,
    wanted: Record,
    *,
    taken: Record | None,
    is_known: bool,
    is_busy: bool = False,
) -> Placing:
    """Decide what becomes of what is there; `taken` is what the last import placed.

    `is_known` says an earlier import led here, `is_busy` that a person's work would be undone.
    """
    if present == wanted:
        return Placing(Verdict.UNCHANGED if is_known else Verdict.MATCHED)
    found = differences(present, wanted)
    if present == taken and not is_busy:
        return Placing(Verdict.UPDATED, found)
    return Placing(Verdict.KEPT, found)


def differences(present: BaseModel, wanted: BaseModel) -> tuple[str, ...]:
    """Return where two records differ, as pointers to their members."""
    ours = present.model_dump(mode="json", exclude_none=True, by_alias=True)
    theirs = wanted.model_dump(mode="json", exclude_none=True, by_alias=True)
    return tuple(
        f"/{name}"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    )
