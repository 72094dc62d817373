"""The sentence of each verdict: the first heading of the page, word for word people.md 2a.

Separate from the explanations, because these are promised: an employer learns to know them.
Where the state's own sentence would not be true, the code has one of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.verifier.domain import text
from services.verifier.domain.findings import Check, Code, Finding, Outcome
from services.verifier.domain.text import Text
from services.verifier.domain.verdict import State, Verdict, state_of

TEST_BANNER: Final = Text(nl="Testbewijs, zonder waarde", en="Test credential, no value")
TRY_AGAIN_AFTER: Final = timedelta(minutes=5)

TITLES: Final = {
    State.VALID: Text(nl="Echt en geldig", en="Genuine and valid"),
    State.REPLACED: Text(
        nl="Echt, maar vervangen door een verbeterde versie van {date}",
        en="Genuine, but replaced by a corrected version of {date}",
    ),
    State.EXPIRED: Text(nl="Echt, maar verlopen op {date}", en="Genuine, but expired on {date}"),
    State.NOT_YET_VALID: Text(
        nl="Echt, maar pas geldig vanaf {date}", en="Genuine, but not valid before {date}"
    ),
    State.SUSPENDED: Text(
        nl="Tijdelijk opgeschort door {issuer}", en="Temporarily suspended by {issuer}"
    ),
    State.REVOKED: Text(
        nl="Ingetrokken door {issuer} op {date}. Niet meer geldig.",
        en="Revoked by {issuer} on {date}. No longer valid.",
    ),
    State.ISSUER_UNKNOWN: Text(
        nl="De handtekening klopt, maar deze uitgever staat niet in het landelijke overzicht",
        en="Signature is right, but this issuer is not listed nationally",
    ),
    State.ISSUER_LEFT: Text(
        nl="Uitgever was erkend op de dag van uitgifte, nu niet meer",
        en="Issuer was recognised then, is not now",
    ),
    State.ALTERED: Text(
        nl="Niet te vertrouwen: de inhoud is veranderd. We tonen de inhoud niet.",
        en="Not to be trusted: altered. We do not show it.",
    ),
    State.CANNOT_CHECK: Text(
        nl="We kunnen dit nu niet volledig controleren ({which}). Probeer het om {time} opnieuw.",
        en="We cannot fully check this now ({which}). Try again at {time}.",
    ),
    State.NOT_FOUND: Text(nl="We vinden deze code niet.", en="We cannot find this code"),
    State.NOT_SHARED: Text(
        nl="De eigenaar deelt dit bewijs niet (meer). Vraag een nieuwe link.",
        en="The holder does not share this",
    ),
    State.ERASED: Text(
        nl="Gewist uit het landelijke register. Niemand kan nog zeggen of dit geldt.",
        en="Erased from the national register. Nobody can say any more whether this counts.",
    ),
    State.NOT_A_CREDENTIAL: Text(
        nl="Dit is geen bewijs dat we kunnen controleren",
        en="This is not a credential we can check",
    ),
}
TITLES_BY_CODE: Final = {
    Code.ISSUER_UNKNOWN: Text(
        nl="Deze uitgever staat niet in het landelijke overzicht",
        en="This issuer is not listed nationally",
    ),
    Code.NOT_RECOGNISED_THEN: Text(
        nl="De handtekening klopt, maar deze uitgever was niet erkend op de dag van uitgifte",
        en="Signature is right, but this issuer was not recognised on the day of the award",
    ),
    Code.KEY_COMPROMISED: Text(
        nl="Niet te vertrouwen: de sleutel van de uitgever is gestolen. We tonen de inhoud niet.",
        en="Not to be trusted: the issuer's key was stolen. We do not show it.",
    ),
}
_REVOKED_UNDATED: Final = Text(
    nl="Ingetrokken door {issuer}. Niet meer geldig.", en="Revoked by {issuer}. No longer valid."
)
CHECK_NAMES: Final = {
    Check.PARSE: Text(nl="leesbaar", en="readable"),
    Check.PROFILE: Text(nl="vorm", en="form"),
    Check.ISSUER: Text(nl="uitgever", en="issuer"),
    Check.KEY: Text(nl="sleutel", en="key"),
    Check.SIGNATURE: Text(nl="handtekening", en="signature"),
    Check.CLAIMS: Text(nl="gegevens", en="claims"),
    Check.DATES: Text(nl="datums", en="dates"),
    Check.SCHEMA: Text(nl="catalogus", en="catalogue"),
    Check.STATUS: Text(nl="intrekking", en="revocation"),
    Check.REGISTER: Text(nl="landelijk register", en="national register"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who and when: what the blanks of a title are filled with."""

    issuer: Text
    now: datetime
    revoked_at: datetime | None = None
    replaced_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def title_of(verdict: Verdict, findings: Sequence[Finding], occasion: Occasion) -> Text:
    """Return the sentence of a verdict."""
    sentence = TITLES_BY_CODE.get(verdict.code, TITLES[verdict.state])
    if verdict.state is State.REVOKED and occasion.revoked_at is None:
        sentence = _REVOKED_UNDATED
    if "{" not in sentence.nl:
        return sentence
    date = {
        State.REVOKED: occasion.revoked_at,
        State.REPLACED: occasion.replaced_at,
        State.EXPIRED: occasion.valid_until,
        State.NOT_YET_VALID: occasion.valid_from,
    }.get(verdict.state)
    return sentence.with_(
        {
            "issuer": occasion.issuer,
            "date": text.day(date or occasion.now),
            "time": text.time_of_day(occasion.now + TRY_AGAIN_AFTER),
            "which": _undecided(findings),
        }
    )


def _undecided(findings: Sequence[Finding]) -> Text:
    names = [
        CHECK_NAMES[finding.check]
        for finding in findings
        if finding.outcome is not Outcome.NOT_RUN and state_of(finding) is State.CANNOT_CHECK
    ]
    return Text(nl=", ".join(n.nl for n in names), en=", ".join(n.en for n in names))
