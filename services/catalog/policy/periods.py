"""Which policy holds for a sector on a day: exactly one, however many versions there are.

1. Of one policy id the newest version that has begun counts; it replaces what came before it.
2. Of several ids a temporary policy (one with a last day) goes before a permanent one, and after
   that the one that began last. Two ids that these rules cannot tell apart may not both exist.
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from shared.contracts.policy import Policy
from shared.contracts.vocabulary import Sector
from shared.errors import ConflictError, Fault, NotFoundError, RuleError


class PolicyUnknownError(NotFoundError):
    """There is no such policy, or not in this version."""

    code: ClassVar[str] = "policy-unknown"


class NoPolicyError(RuleError):
    """No policy holds for the provider's sector today, so nothing can be judged or published."""

    code: ClassVar[str] = "no-policy"


class PolicyPeriodError(RuleError):
    """The policy ends before it begins, or its sizes contradict each other."""

    code: ClassVar[str] = "policy-period"


class PolicyClashError(ConflictError):
    """Another policy of this sector begins on the same day; it must be clear which one holds."""

    code: ClassVar[str] = "policy-clash"


def policy_in_force(policies: Iterable[Policy], sector: Sector, day: date) -> Policy:
    """Return the one policy that holds for this sector on this day."""
    newest: dict[str, Policy] = {}
    for policy in policies:
        if policy.sector is sector and policy.valid_from <= day:
            known = newest.get(policy.policy_id)
            if known is None or known.version < policy.version:
                newest[policy.policy_id] = policy
    holding = [policy for policy in newest.values() if policy.holds_on(day)]
    if not holding:
        raise NoPolicyError
    return max(holding, key=_precedence)


def _precedence(policy: Policy) -> tuple[bool, date]:
    return policy.valid_until is not None, policy.valid_from


def check_next(policy: Policy, *, existing: Iterable[Policy]) -> None:
    """Refuse a version that makes no sense, or that leaves unclear which policy holds."""
    faults = []
    if policy.valid_until is not None and policy.valid_until < policy.valid_from:
        faults.append(
            Fault("/validUntil", "policy-period", "The last day is before the first day.")
        )
    if policy.maximum is not None and policy.maximum < policy.minimum:
        faults.append(Fault("/maximum", "policy-sizes", "The maximum is smaller than the minimum."))
    if policy.minimum % policy.step:
        faults.append(
            Fault("/step", "policy-sizes", "The minimum cannot be reached in steps of this size.")
        )
    if faults:
        raise PolicyPeriodError(faults=tuple(faults))
    if any(
        other.policy_id != policy.policy_id
        and other.sector is policy.sector
        and _precedence(other) == _precedence(policy)
        for other in existing
    ):
        raise PolicyClashError
