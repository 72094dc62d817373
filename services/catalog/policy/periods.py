"""Which policy holds for a sector on a day: exactly one, however many versions there are.

1. Of one policy id the newest version that has begun counts; it replaces what came before it.
2. Of several ids a temporary policy (one with a last day) goes before a permanent one, and after
   that the one that began last. Two ids that these rules cannot tell apart may not both exist.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import ClassVar, Final

from shared.contracts.policy import Policy
from shared.contracts.vocabulary import Sector
from shared.errors import ConflictError, Fault, NotFoundError, RuleError


class PolicyUnknownError(NotFoundError):
    """There is no such policy, or not in this version."""

    code: ClassVar[str] = "policy-unknown"
    dutch: ClassVar[str] = "Deze afspraken bestaan niet, of niet in deze versie."


class NoPolicyError(RuleError):
    """No policy holds for the provider's sector today, so nothing can be judged or published."""

    code: ClassVar[str] = "no-policy"
    dutch: ClassVar[str] = (
        "Voor de sector van de aanbieder gelden vandaag geen afspraken; er kan dus niets worden "
        "beoordeeld of gepubliceerd."
    )


class PolicyPeriodError(RuleError):
    """The policy contradicts itself or its earlier versions: its days, its sizes or its sector."""

    code: ClassVar[str] = "policy-period"
    dutch: ClassVar[str] = (
        "De afspraken zijn in strijd met zichzelf of met hun eerdere versies: de dagen, de omvang"
        " of de sector."
    )


class PolicyClashError(ConflictError):
    """Another policy of this sector begins on the same day; it must be clear which one holds."""

    code: ClassVar[str] = "policy-clash"
    dutch: ClassVar[str] = (
        "Andere afspraken voor deze sector beginnen op dezelfde dag; het moet duidelijk zijn welke "
        "gelden."
    )


class OnePolicyError(RuleError):
    """Name either a sector or a policy to judge by."""

    code: ClassVar[str] = "one-policy"
    dutch: ClassVar[str] = "Noem een sector of afspraken om mee te beoordelen, en niet allebei."


ONE_POLICY: Final = tuple(
    Fault(
        pointer,
        "one-policy",
        "Either sector or policyId is needed, and not both.",
        "Of sector of policyId is nodig, en niet allebei.",
    )
    for pointer in ("/sector", "/policyId")
)


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


def policies_in_force(policies: Sequence[Policy], day: date) -> list[Policy]:
    """Return the policy of each sector that has one on this day, in the order of the sectors."""
    found = []
    for sector in Sector:
        try:
            found.append(policy_in_force(policies, sector, day))
        except NoPolicyError:
            continue
    return found


def check_next(policy: Policy, *, existing: Iterable[Policy]) -> None:
    """Refuse a version that makes no sense, or that leaves unclear which policy holds."""
    existing = tuple(existing)
    if faults := (*_find_faults(policy), *_check_sector(policy, existing)):
        raise PolicyPeriodError(faults=faults)
    if any(
        other.policy_id != policy.policy_id
        and other.sector is policy.sector
        and _precedence(other) == _precedence(policy)
        for other in existing
    ):
        raise PolicyClashError


def _check_sector(policy: Policy, existing: Sequence[Policy]) -> Iterator[Fault]:
    if {one.sector for one in existing if one.policy_id == policy.policy_id} - {policy.sector}:
        yield Fault(
            "/sector",
            "policy-sector",
            "Earlier versions of this policy are of another sector; take another policyId.",
            "Eerdere versies van deze afspraken zijn van een andere sector; neem een andere"
            " policyId.",
        )


def _find_faults(policy: Policy) -> Iterator[Fault]:
    for rule in RULES:
        yield from rule(policy)


def _check_days(policy: Policy) -> Iterator[Fault]:
    if policy.valid_until is not None and policy.valid_until < policy.valid_from:
        yield Fault(
            "/validUntil",
            "policy-period",
            "The last day is before the first day.",
            "De laatste dag ligt voor de eerste dag.",
        )


def _check_maximum(policy: Policy) -> Iterator[Fault]:
    if policy.maximum is not None and policy.maximum < policy.minimum:
        yield Fault(
            "/maximum",
            "policy-sizes",
            "The maximum is smaller than the minimum.",
            "Het maximum is kleiner dan het minimum.",
        )


def _check_step(policy: Policy) -> Iterator[Fault]:
    if policy.minimum % policy.step:
        yield Fault(
            "/step",
            "policy-sizes",
            "The minimum cannot be reached in steps of this size.",
            "Het minimum is niet te bereiken in stappen van deze grootte.",
        )
    elif policy.maximum is not None and policy.maximum % policy.step:
        yield Fault(
            "/maximum",
            "policy-sizes",
            "The maximum cannot be reached in steps of this size.",
            "Het maximum is niet te bereiken in stappen van deze grootte.",
        )


def _check_guideline(policy: Policy) -> Iterator[Fault]:
    advised = policy.guideline
    if advised is None:
        return
    too_large = policy.maximum is not None and policy.maximum < advised
    if advised < policy.minimum or too_large or advised % policy.step:
        yield Fault(
            "/guideline",
            "policy-sizes",
            "What is advised is a size that is allowed.",
            "Wat wordt aangeraden, is een omvang die mag.",
        )


RULES: Final[Sequence[Callable[[Policy], Iterator[Fault]]]] = (
    _check_days,
    _check_maximum,
    _check_step,
    _check_guideline,
)
"""What a policy is judged by alone; each rule by itself, so that none stands in another's way."""
