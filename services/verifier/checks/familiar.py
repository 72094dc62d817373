"""What was found out of an achievement before: most credentials are of a few, and say the same.

Only of what was earned, which is public; never of whom. What is remembered counts only for an
achievement that is the same in every byte of its JSON.
"""

from collections.abc import Callable
from operator import is_
from typing import Final, Generic, TypeVar

import orjson

from shared.strict_json import JsonObject

Made = TypeVar("Made")
_MOST: Final = 1024


class Familiar(Generic[Made]):
    """Things made of achievements; a stranger who names many only makes us make them again."""

    def __init__(self) -> None:
        self._made: dict[bytes, tuple[tuple[object, ...], Made]] = {}

    def find(self, said: bytes, make: Callable[[], Made], *beside: object) -> Made:
        """Return what is made of an achievement of which this is said (`said_of`).

        Of what was made beside other things, such as a published version, nothing counts any more
        once those are read anew.
        """
        known = self._made.get(said)
        if known is not None and all(map(is_, known[0], beside)):
            return known[1]
        made = make()
        if len(self._made) >= _MOST:
            self._made.clear()
        self._made[said] = beside, made
        return made


def said_of(claims: JsonObject) -> bytes:
    """Return all that a credential says of what was earned, as JSON."""
    subject = claims.get("credentialSubject")
    return orjson.dumps(subject.get("achievement")) if isinstance(subject, dict) else b""
