"""A finding: one numbered check, what came out, and under which code.

Separate from the checks that make them, because verdicts, wording and answers all speak of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final


class Check(StrEnum):
    """The thirteen checks, in the order in which they are made."""

    CONTAINER = "container"
    PARSE = "parse"
    PROFILE = "profile"
    ISSUER = "issuer"
    KEY = "key"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    DATES = "dates"
    SCHEMA = "schema"
    STATUS = "status"
    REGISTER = "register"
    ENDORSEMENTS = "endorsements"
    HOLDER = "holder"

    @property
    def number(self) -> int:
        """Return its number, from 1."""
        return _NUMBERS[self]


_NUMBERS: Final = {check: number for number, check in enumerate(Check, 1)}


class Outcome(StrEnum):
    """What came out of a check."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_RUN = "not-run"


class Source(StrEnum):
    """Where something was looked up: our own copy of what its owner announced.

    Only of issuers outside the national list is anything asked elsewhere, and only when the
    operator allows it.
    """

    CATALOGUE = "catalogue"
    ISSUER_KEYS = "issuer-keys"
    STATUS_LIST = "status-list"
    REGISTER = "register"
    ISSUER_ADDRESS = "issuer-address"


class Code(StrEnum):
    """What exactly came out; stable words for programs, explained to people in `wording`."""

    NOT_RUN = "not-run"

    CONTAINER_READ = "container-read"
    CONTAINER_REFUSED = "container-refused"
    NOTHING_FOUND = "nothing-found"
    LINK_OPENED = "link-opened"
    CODE_OPENED = "code-opened"
    CODE_UNKNOWN = "code-unknown"
    CODE_MISTYPED = "code-mistyped"
    CODE_ENDED = "code-ended"
    LINK_UNKNOWN = "link-unknown"
    LINK_CUT = "link-cut"
    LINK_ENDED = "link-ended"
    OTHER_ADDRESS = "other-address"
    PAPER_CHANGED = "paper-changed"
    PAPER_ADDED_TO = "paper-added-to"
    PAPER_SEAL_UNCHECKED = "paper-seal-unchecked"

    READABLE = "readable"
    TOO_LARGE = "too-large"
    NOT_A_JWS = "not-a-jws"
    NOT_CANONICAL = "not-canonical"
    HEADER_UNREADABLE = "header-unreadable"
    CONTENT_UNREADABLE = "content-unreadable"

    PROFILE_FOLLOWED = "profile-followed"
    ALGORITHM_REFUSED = "algorithm-refused"
    KEY_IN_HEADER = "key-in-header"
    HEADER_REFUSED = "header-refused"
    KEY_ID_MISSING = "key-id-missing"
    TYP_REFUSED = "typ-refused"
    ENVELOPE_CLAIM = "envelope-claim"
    DISCLOSURE_CUT = "disclosure-cut"
    CONTEXT_REFUSED = "context-refused"
    TYPE_REFUSED = "type-refused"
    UNSIGNED = "unsigned"
    OPEN_BADGES_2 = "open-badges-2"
    EUROPEAN_MODEL = "european-model"
    EUROPEAN_SEALED = "european-sealed"
    MEANINGLESS = "meaningless"
    PROOF_REFUSED = "proof-refused"
    DISCLOSURES_BROKEN = "disclosures-broken"
    PRESENTATION_REFUSED = "presentation-refused"

    RECOGNISED = "recognised"
    RECOGNISED_THEN = "recognised-then"
    NOT_RECOGNISED_THEN = "not-recognised-then"
    ISSUER_UNLISTED = "issuer-unlisted"
    ISSUER_UNKNOWN = "issuer-unknown"
    SEALER_UNLISTED = "sealer-unlisted"
    SEALER_UNKNOWN = "sealer-unknown"
    NOTHING_KNOWN_YET = "nothing-known-yet"

    KEY_PUBLISHED = "key-published"
    KEY_RETIRED = "key-retired"
    KEY_COMPROMISED = "key-compromised"
    KEY_LOST_LATER = "key-lost-later"
    KEY_OF_ANOTHER = "key-of-another"
    KEY_UNKNOWN = "key-unknown"
    KEY_LOOKED_UP = "key-looked-up"
    KEY_REFUSED = "key-refused"
    KEY_OUT_OF_REACH = "key-out-of-reach"
    SEAL_ANCHORED = "seal-anchored"
    SEAL_UNANCHORED = "seal-unanchored"
    SEAL_NO_ANCHORS = "seal-no-anchors"
    SEAL_UNTIMELY = "seal-untimely"
    SEAL_UNFIT = "seal-unfit"

    SIGNATURE_HOLDS = "signature-holds"
    SIGNATURE_BROKEN = "signature-broken"
    SEAL_HOLDS = "seal-holds"

    CLAIMS_EQUAL = "claims-equal"
    CLAIMS_ONCE = "claims-once"
    ISS_DIFFERS = "iss-differs"
    JTI_DIFFERS = "jti-differs"
    SUB_DIFFERS = "sub-differs"
    NBF_DIFFERS = "nbf-differs"
    EXP_DIFFERS = "exp-differs"
    AUDIENCE_NAMED = "audience-named"

    IN_FORCE = "in-force"
    DATE_MALFORMED = "date-malformed"
    DATES_REVERSED = "dates-reversed"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"

    MATCHES_CATALOGUE = "matches-catalogue"
    SCHEMA_BROKEN = "schema-broken"
    SCHEMA_FOREIGN = "schema-foreign"
    ACHIEVEMENT_UNKNOWN = "achievement-unknown"
    ACHIEVEMENT_DIFFERS = "achievement-differs"
    POLICY_UNKNOWN = "policy-unknown"
    POLICY_DIFFERS = "policy-differs"
    OUTSIDE_POLICY = "outside-policy"

    NOT_REVOKED = "not-revoked"
    REVOKED = "revoked"
    RAISED_FOR_REPLACED = "raised-for-replaced"
    RAISED_FOR_ERASED = "raised-for-erased"
    STATUS_MISSING = "status-missing"
    STATUS_SUSPENDED = "status-suspended"
    STATUS_VALUE_UNKNOWN = "status-value-unknown"
    STATUS_TYPE_UNKNOWN = "status-type-unknown"
    STATUS_ENTRY_MALFORMED = "status-entry-malformed"
    STATUS_PURPOSE_DIFFERS = "status-purpose-differs"
    STATUS_INDEX_OUT_OF_RANGE = "status-index-out-of-range"
    STATUS_LIST_UNKNOWN = "status-list-unknown"
    STATUS_LIST_UNSIGNED = "status-list-unsigned"
    STATUS_LIST_OF_ANOTHER = "status-list-of-another"
    STATUS_LIST_MALFORMED = "status-list-malformed"
    STATUS_LIST_TOO_SHORT = "status-list-too-short"
    STATUS_LIST_EXPIRED = "status-list-expired"
    STATUS_LIST_NOT_YET_VALID = "status-list-not-yet-valid"

    REGISTERED = "registered"
    REGISTRATION_UNKNOWN = "registration-unknown"
    REGISTRATION_ERASED = "registration-erased"
    REGISTRATION_DIFFERS = "registration-differs"
    REGISTRATION_OF_ANOTHER = "registration-of-another"
    REGISTRATION_SUSPENDED = "registration-suspended"
    REGISTRATION_REVOKED = "registration-revoked"
    REGISTRATION_REPLACED = "registration-replaced"
    REGISTRATION_EXPIRED = "registration-expired"
    REGISTER_NATIONAL = "register-national"
    KNOWLEDGE_OLD = "knowledge-old"

    NO_ENDORSEMENTS = "no-endorsements"
    ENDORSEMENTS_HOLD = "endorsements-hold"
    ENDORSEMENTS_SET_ASIDE = "endorsements-set-aside"
    ENDORSEMENT_REVOKED = "endorsement-revoked"
    ENDORSEMENT_UNCHECKED = "endorsement-unchecked"
    ENDORSEMENT_BROKEN = "endorsement-broken"

    NOT_ASKED = "not-asked"
    HOLDER_MATCHES = "holder-matches"
    HOLDER_DIFFERS = "holder-differs"
    HOLDER_NOT_NAMED = "holder-not-named"
    HOLDER_BOUND = "holder-bound"
    BINDING_FOR_ANOTHER = "binding-for-another"
    BINDING_BROKEN = "binding-broken"


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What one check found, and where it was looked up; what says the same is the same."""

    check: Check
    outcome: Outcome
    code: Code
    source: Source | None = None
    reason: str | None = None
    """The rule in more detail, where a code stands for many: why a container was refused."""


# A finding is made of closed words only, so each is made once: what thirteen of them add up to is
# found again in 1 us, by what they are and not by what they say.
_find: Final = cache(Finding)


def ok(check: Check, code: Code, source: Source | None = None) -> Finding:
    """Find that the check is passed."""
    return _find(check, Outcome.OK, code, source, None)


def failed(
    check: Check, code: Code, source: Source | None = None, *, reason: str | None = None
) -> Finding:
    """Find that the check is not passed."""
    return _find(check, Outcome.FAILED, code, source, reason)


def unknown(
    check: Check, code: Code, source: Source | None = None, *, reason: str | None = None
) -> Finding:
    """Find that we cannot tell."""
    return _find(check, Outcome.UNKNOWN, code, source, reason)


def not_run(check: Check, code: Code = Code.NOT_RUN) -> Finding:
    """Say that an earlier check left nothing to look at, or that nobody asked."""
    return _find(check, Outcome.NOT_RUN, code, None, None)
