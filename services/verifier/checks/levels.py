"""The level a credential claims, read from its alignments.

Separate, because the page shows the same level that check 9 compares with the catalogue.
"""

from typing import Final

from shared.contracts.credential import Achievement
from shared.contracts.vocabulary import QualificationLevel

_PREFIXES: Final = {"ext:NLQFLevel": "nlqf_", "ext:EQFLevel": "eqf_"}
_LEVELS: Final = {level.value: level for level in QualificationLevel}
_ORDER: Final = {level: place for place, level in enumerate(QualificationLevel)}


def level_of(achievement: Achievement) -> QualificationLevel | None:
    """Return the level; NLQF 4+ has no EQF number of its own, so it goes before the EQF one."""
    claimed = set()
    for alignment in achievement.alignment or ():
        prefix = _PREFIXES.get(alignment.target_type or "")
        if prefix is not None:
            code = (alignment.target_code or "").lower().replace("4+", "4plus")
            level = _LEVELS.get(prefix + code)
            if level is not None:
                claimed.add(level)
    plus = QualificationLevel.NLQF_4PLUS
    if plus in claimed:
        return plus
    return min(claimed, key=_ORDER.__getitem__, default=None)
