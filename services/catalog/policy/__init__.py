"""The quality framework as rules: which policy holds on a day, and what it says of a description.

Pure and in three parts: `periods` (which policy), `judgement` (the rules), `sentences` (why each is
asked and who uses the answer, in Dutch and English).
"""

from services.catalog.policy.judgement import (
    Finding,
    PolicyNotMetError,
    broken,
    judge,
    judge_provider,
    require,
)
from services.catalog.policy.periods import (
    NoPolicyError,
    PolicyClashError,
    PolicyPeriodError,
    PolicyUnknownError,
    check_next,
    policy_in_force,
)

__all__ = [
    "Finding",
    "NoPolicyError",
    "PolicyClashError",
    "PolicyNotMetError",
    "PolicyPeriodError",
    "PolicyUnknownError",
    "broken",
    "check_next",
    "judge",
    "judge_provider",
    "policy_in_force",
    "require",
]
