"""The level a credential claims, read from its alignments.

Separate, because the page shows the same level that check 8 compares with the catalogue.
"""

from shared.contracts.credential import Achievement
from shared.contracts.vocabulary import QualificationLevel

_PREFIXES = {"ext:NLQFLevel": "nlqf_", "ext:EQFLevel": "eqf_"}


def level_of(achievement: Achievement) -> QualificationLevel | None:
    """Return the level; NLQF 4+ has no EQF number of its own, so it goes before the EQF one."""
    claimed = {
        f"{_PREFIXES[alignment.target_type]}{(alignment.target_code or '').lower()}"
        for alignment in achievement.alignment or ()
        if alignment.target_type in _PREFIXES
    }
    claimed = {level.replace("4+", "4plus") for level in claimed}
    plus = QualificationLevel.NLQF_4PLUS
    if plus in claimed:
        return plus
    return next((level for level in QualificationLevel if level in claimed), None)
