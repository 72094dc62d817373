"""The quality framework as rules: which policy holds on a day, and what it says of a description.

Pure and in three parts: `periods` (which policy), `judgement` (the rules), `sentences` (why each is
asked and who uses the answer, in Dutch and English).
"""

from services.catalog.policy.judgement import (
    Finding,
    PolicyNotMetError,
    ask_every_rule,
    broken,
    judge,
    judge_provider,
    nearest_sizes,
    require,
)
from services.catalog.policy.periods import (
    ONE_POLICY,
    NoPolicyError,
    OnePolicyError,
    PolicyClashError,
    PolicyPeriodError,
    PolicyUnknownError,
    check_next,
    policies_in_force,
    policy_in_force,
)

__all__ = [
    "ONE_POLICY",
    "Finding",
    "NoPolicyError",
    "OnePolicyError",
    "PolicyClashError",
    "PolicyNotMetError",
    "PolicyPeriodError",
    "PolicyUnknownError",
    "ask_every_rule",
    "broken",
    "check_next",
    "judge",
    "judge_provider",
    "nearest_sizes",
    "policies_in_force",
    "policy_in_force",
    "require",
]
