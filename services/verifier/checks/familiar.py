"""What was found out of an achievement before: most credentials are of a few, and say the same.

Only of what was earned, which is public; never of whom. What is remembered counts only for an
achievement that is equal in everything it says.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from shared.contracts.credential import Achievement

Made = TypeVar("Made")
_MOST: Final = 1024


class Familiar(Generic[Made]):
    """Things made of achievements; a stranger who names many only makes us make them again."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str | None], tuple[Achievement, Made]] = {}

    def find(self, achievement: Achievement, make: Callable[[Achievement], Made]) -> Made:
        """Return what is made of this achievement."""
        name = (achievement.id, achievement.version)
        known = self._made.get(name)
        if known is not None and known[0] == achievement:
            return known[1]
        made = make(achievement)
        if len(self._made) >= _MOST:
            self._made.clear()
        self._made[name] = (achievement, made)
        return made
