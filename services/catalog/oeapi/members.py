"""From members that somebody else's system gave to a record of ours, with all that fits.

Apart from the reading, because it is one rule for every record: what breaks a rule is left out and
named, and only what nothing can do without refuses the whole.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from services.catalog.oeapi.losses import Losses
from shared.contracts.requests import REQUEST
from shared.errors import Fault, RuleError
from shared.strict_json import JsonObject

Record = TypeVar("Record", bound=BaseModel)
_ROUNDS: Final = 8


class NotReadableError(RuleError):
    """This is not what OEAPI describes, or it lacks what nothing can do without."""

    code: ClassVar[str] = "oeapi-not-readable"
    dutch: ClassVar[str] = (
        "Dit is niet wat OEAPI beschrijft, of er ontbreekt iets waar niets zonder kan."
    )


def build(
    kind: type[Record],
    members: JsonObject,
    *,
    needed: Collection[str],
    pointers: Mapping[str, str],
    losses: Losses,
) -> Record:
    """Build a record out of what fits; without a needed member, refuse with every fault."""
    left: dict[str, Any] = {name: value for name, value in members.items() if value is not None}
    for _ in range(_ROUNDS):
        try:
            return kind.model_validate(left, context=REQUEST)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False)
        fatal = [one for one in faults if not one["loc"] or one["loc"][0] in needed]
        if fatal:
            raise NotReadableError(faults=tuple(_fault(one, pointers) for one in fatal))
        for one in faults:
            losses.add(_fault(one, pointers))
        _leave_out(left, faults)
    raise NotReadableError


def _leave_out(members: dict[str, Any], faults: Collection[ErrorDetails]) -> None:
    """Take away each item of a list that is wrong, and every other member that is."""
    for name in {str(one["loc"][0]) for one in faults}:
        wrong = {
            one["loc"][1] if len(one["loc"]) > 1 else None
            for one in faults
            if one["loc"][0] == name
        }
        value = members.get(name)
        if isinstance(value, list) and all(isinstance(at, int) for at in wrong):
            members[name] = [item for at, item in enumerate(value) if at not in wrong]
        elif isinstance(value, list) and any(one["type"] == "too_long" for one in faults):
            members[name] = value[: _most(faults, name)]
        else:
            members.pop(name, None)


def _most(faults: Collection[ErrorDetails], name: str) -> int:
    return next(
        int(one["ctx"]["max_length"])
        for one in faults
        if one["loc"][0] == name and one["type"] == "too_long"
    )


def _fault(error: ErrorDetails, pointers: Mapping[str, str]) -> Fault:
    """Say which member it is, as the source has it, and why; never what it was."""
    first = str(error["loc"][0]) if error["loc"] else ""
    rest = "".join(f"/{part}" for part in error["loc"][1:] if isinstance(part, int))
    pointer = pointers.get(first, f"/{first}" if first else "") + rest
    dutch = error.get("ctx", {}).get("dutch")
    if isinstance(dutch, str):
        return Fault(pointer, error["type"], error["msg"], dutch)
    kind = "name-missing" if error["type"] == "missing" else "value-unreadable"
    losses = Losses()
    losses.note(pointer, kind)
    return losses.noted[0]
