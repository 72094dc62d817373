"""The verdict: never greener than the weakest finding, because it is the weakest finding.

Every finding that is not ok stands for a state; the gravest of them is the verdict. So no order
of checks, and no check added later, can make a verdict better than its worst part (DESIGN
decision 12).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from services.verifier.domain.findings import Check, Code, Finding, Outcome


class State(StrEnum):
    """What a verification can end in, from the best to the gravest (people.md 2a)."""

    VALID = "valid"
    ISSUER_LEFT = "issuer-left"
    PAPER_IN_DOUBT = "paper-in-doubt"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REPLACED = "replaced"
    CANNOT_CHECK = "cannot-check"
    NOT_FOUND = "not-found"
    NOT_SHARED = "not-shared"
    ERASED = "erased"
    SUSPENDED = "suspended"
    ISSUER_UNKNOWN = "issuer-unknown"
    OTHER_HOLDER = "other-holder"
    NOT_A_CREDENTIAL = "not-a-credential"
    REVOKED = "revoked"
    ALTERED = "altered"

    @property
    def gravity(self) -> int:
        """Return how grave it is; 0 is best."""
        return _GRAVITY[self]


_GRAVITY: Final = {state: gravity for gravity, state in enumerate(State)}


class Look(StrEnum):
    """The colour that goes with a state; a picture and words always say the same."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


LOOKS: Final = {
    State.VALID: Look.GREEN,
    State.ISSUER_LEFT: Look.GREEN,
    State.PAPER_IN_DOUBT: Look.AMBER,
    State.EXPIRED: Look.AMBER,
    State.NOT_YET_VALID: Look.AMBER,
    State.REPLACED: Look.AMBER,
    State.CANNOT_CHECK: Look.GREY,
    State.NOT_FOUND: Look.GREY,
    State.NOT_SHARED: Look.GREY,
    State.ERASED: Look.GREY,
    State.SUSPENDED: Look.AMBER,
    State.ISSUER_UNKNOWN: Look.AMBER,
    State.OTHER_HOLDER: Look.RED,
    State.NOT_A_CREDENTIAL: Look.GREY,
    State.REVOKED: Look.RED,
    State.ALTERED: Look.RED,
}

# Of who was erased nothing is shown that was to be forgotten.
_NEVER_SHOWN: Final = frozenset({State.ALTERED, State.NOT_A_CREDENTIAL, State.ERASED})
_IN_ORDER: Final = list(Check)
_UNREADABLE: Final = frozenset({Check.CONTAINER, Check.PARSE, Check.PROFILE})
_STATES: Final = {
    Code.CODE_UNKNOWN: State.NOT_FOUND,
    Code.CODE_MISTYPED: State.NOT_FOUND,
    Code.CODE_ENDED: State.NOT_SHARED,
    Code.LINK_UNKNOWN: State.NOT_FOUND,
    Code.LINK_CUT: State.NOT_FOUND,
    Code.LINK_ENDED: State.NOT_SHARED,
    Code.RECOGNISED_THEN: State.ISSUER_LEFT,
    Code.NOT_RECOGNISED_THEN: State.ISSUER_UNKNOWN,
    Code.ISSUER_UNLISTED: State.ISSUER_UNKNOWN,
    Code.ISSUER_UNKNOWN: State.ISSUER_UNKNOWN,
    Code.PAPER_CHANGED: State.PAPER_IN_DOUBT,
    Code.PAPER_ADDED_TO: State.PAPER_IN_DOUBT,
    Code.PAPER_SEAL_UNCHECKED: State.PAPER_IN_DOUBT,
    Code.SEALER_UNLISTED: State.ISSUER_UNKNOWN,
    Code.SEALER_UNKNOWN: State.ISSUER_UNKNOWN,
    Code.SEAL_UNANCHORED: State.ISSUER_UNKNOWN,
    Code.SEAL_UNTIMELY: State.ISSUER_UNKNOWN,
    Code.SEAL_UNFIT: State.ISSUER_UNKNOWN,
    Code.DATE_MALFORMED: State.NOT_A_CREDENTIAL,
    Code.DATES_REVERSED: State.NOT_A_CREDENTIAL,
    Code.NOT_YET_VALID: State.NOT_YET_VALID,
    Code.EXPIRED: State.EXPIRED,
    Code.SCHEMA_BROKEN: State.NOT_A_CREDENTIAL,
    Code.REVOKED: State.REVOKED,
    Code.RAISED_FOR_REPLACED: State.REPLACED,
    Code.RAISED_FOR_ERASED: State.ERASED,
    Code.STATUS_SUSPENDED: State.SUSPENDED,
    Code.STATUS_MISSING: State.CANNOT_CHECK,
    Code.STATUS_ENTRY_MALFORMED: State.CANNOT_CHECK,
    Code.STATUS_PURPOSE_DIFFERS: State.CANNOT_CHECK,
    Code.STATUS_INDEX_OUT_OF_RANGE: State.CANNOT_CHECK,
    Code.REGISTRATION_SUSPENDED: State.SUSPENDED,
    Code.REGISTRATION_REVOKED: State.REVOKED,
    Code.REGISTRATION_REPLACED: State.REPLACED,
    Code.REGISTRATION_EXPIRED: State.EXPIRED,
    Code.REGISTRATION_ERASED: State.ERASED,
    Code.ENDORSEMENT_BROKEN: State.CANNOT_CHECK,
    Code.HOLDER_DIFFERS: State.OTHER_HOLDER,
    Code.BINDING_BROKEN: State.OTHER_HOLDER,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state, and the code of the finding that decided it."""

    state: State
    code: Code

    @property
    def look(self) -> Look:
        """Return the colour it is shown in."""
        return LOOKS[self.state]


def state_of(finding: Finding) -> State:
    """Return what this finding alone makes of a credential."""
    if finding.code in _STATES:
        return _STATES[finding.code]
    if finding.outcome is Outcome.OK:
        return State.VALID
    if finding.outcome is not Outcome.FAILED:
        return State.CANNOT_CHECK
    return State.NOT_A_CREDENTIAL if finding.check in _UNREADABLE else State.ALTERED


def decide_verdict(findings: Sequence[Finding]) -> Verdict:
    """Return the verdict of all findings: the gravest, and of equals the first.

    A check that was not run decides nothing while an earlier one says why, and never leaves green;
    but whose credential it is needs no answer when nobody asked.
    """
    return _decide(tuple(findings))


@lru_cache(maxsize=4096)
def _decide(findings: tuple[Finding, ...]) -> Verdict:
    if [finding.check for finding in findings] != _IN_ORDER:
        raise ValueError("a verdict needs every check once, in order")
    made = [finding for finding in findings if finding.outcome is not Outcome.NOT_RUN]
    gravest = max(made, key=lambda finding: _GRAVITY[state_of(finding)], default=findings[0])
    left = [
        finding
        for finding in findings
        if finding.outcome is Outcome.NOT_RUN and finding.code is not Code.NOT_ASKED
    ]
    if left and LOOKS[state_of(gravest)] is Look.GREEN:
        gravest = left[0]
    return Verdict(state=state_of(gravest), code=_last_word(gravest, findings))


def shows_content(verdict: Verdict, findings: Sequence[Finding]) -> bool:
    """Say whether what the credential says may be shown: only when its issuer surely said it."""
    signed = any(
        finding.check is Check.SIGNATURE and finding.outcome is Outcome.OK for finding in findings
    )
    return signed and verdict.state not in _NEVER_SHOWN


def _last_word(gravest: Finding, findings: Sequence[Finding]) -> Code:
    # A valid credential is registered: that says more than that it could be read.
    if state_of(gravest) is not State.VALID:
        return gravest.code
    return next(finding.code for finding in findings if finding.check is Check.REGISTER)
