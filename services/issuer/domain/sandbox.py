"""The fixed magic values of a sandbox: by which an integrator can try each outcome for sure.

Pure, and apart from every rule of the field, because none of this is true anywhere else.
"""

from enum import StrEnum

from services.issuer.domain.awards import WantedAward
from shared.errors import RuleError

REFERENCE_PREFIX = "sandbox-"
EMAIL_DOMAIN = "@sandbox.example"


class Magic(StrEnum):
    """What can be asked for: by a reference `sandbox-<word>…`, or the address `<word>@…`."""

    REVOKED = "revoked"
    SUSPENDED = "suspended"
    ERASED = "erased"
    ARCHIVED = "archived"
    NOT_KNOWN_YET = "not-known-yet"
    NO_SIGNING_KEY = "no-signing-key"
    STILL_RUNNING = "still-running"
    SLOW = "slow"
    ROW_FAILS = "row-fails"


TOLD: dict[Magic, str] = {
    Magic.REVOKED: "granted, and revoked at once (administrative-error)",
    Magic.SUSPENDED: "granted, and suspended at once (administrative-check)",
    Magic.ERASED: "granted, and the learner is erased at once, with all their awards",
    Magic.ARCHIVED: "409 `microcredential-archived`",
    Magic.NOT_KNOWN_YET: "409 `microcredential-not-known-yet`, with Retry-After",
    Magic.NO_SIGNING_KEY: "503 `no-signing-key`, with Retry-After",
    Magic.STILL_RUNNING: "409 `still-running`, with Retry-After",
    Magic.SLOW: "granted, after ten seconds",
    Magic.ROW_FAILS: "400 `sandbox-row-fails`; in a batch the row fails when it is signed",
}


class SandboxRowFailsError(RuleError):
    """This enrolment is one that always fails in a sandbox."""

    code = "sandbox-row-fails"
    dutch = "Deze inschrijving is er een die in een sandbox altijd mislukt."


def magic_of(wanted: WantedAward) -> Magic | None:
    """Return what a wish asks a sandbox for, if it does; the longest word that fits."""
    reference = wanted.enrolment_reference.casefold()
    address = (wanted.learner.email or "").casefold()
    asked = [
        one
        for one in Magic
        if reference.startswith(REFERENCE_PREFIX + one) or address == one + EMAIL_DOMAIN
    ]
    return max(asked, key=len, default=None)


def table() -> str:
    """Return all of them as a table in Markdown."""
    rows = [
        f"| `{REFERENCE_PREFIX}{one}…` | `{one}{EMAIL_DOMAIN}` | {told} |"
        for one, told in TOLD.items()
    ]
    head = ["| enrolmentReference | or learner's email | what happens |", "|---|---|---|"]
    return "\n".join([*head, *rows])
