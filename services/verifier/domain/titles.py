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
    State.PAPER_IN_DOUBT: Text(
        nl="Het bewijs is echt en geldig, maar de PDF eromheen is veranderd",
        en="The credential is genuine and valid, but the PDF around it was changed",
    ),
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
    State.OTHER_HOLDER: Text(
        nl="Dit bewijs is niet van de persoon die u noemt",
        en="This credential is not of the person you name",
    ),
    State.NOT_A_CREDENTIAL: Text(
        nl="Dit is geen bewijs dat we kunnen controleren",
        en="This is not a credential we can check",
    ),
}
TITLES_BY_CODE: Final = {
    Code.LINK_UNKNOWN: Text(nl="We vinden deze link niet.", en="We cannot find this link"),
    Code.LINK_CUT: Text(nl="Van deze link ontbreekt een stuk.", en="Part of this link is missing"),
    Code.BINDING_BROKEN: Text(
        nl="Niet te vertrouwen: wie dit toont, is niet aantoonbaar de eigenaar",
        en="Not to be trusted: whoever shows this has not proved to be its holder",
    ),
    Code.OPEN_BADGES_2: Text(
        nl="Dit is een badge van een oudere soort, die we niet kunnen controleren",
        en="This is a badge of an older kind, which we cannot check",
    ),
    Code.EUROPEAN_MODEL: Text(
        nl="Dit is een Europees bewijs (Europass), waarvan we het zegel niet kunnen lezen",
        en="This is a European credential (Europass), of which we cannot read the seal",
    ),
    Code.PAPER_ADDED_TO: Text(
        nl="Het bewijs is echt en geldig, maar aan de PDF eromheen is iets toegevoegd",
        en="The credential is genuine and valid, but something was added to the PDF around it",
    ),
    Code.PAPER_SEAL_UNCHECKED: Text(
        nl="Het bewijs is echt en geldig, maar het zegel van de PDF kunnen we niet controleren",
        en="The credential is genuine and valid, but we cannot check the seal of the PDF",
    ),
    Code.SEALER_UNKNOWN: Text(
        nl="Niet veranderd sinds het is verzegeld, maar we weten niet door wie",
        en="Not changed since it was sealed, but we do not know by whom",
    ),
    Code.OTHER_ADDRESS: Text(
        nl="Dit is een adres van een andere website. Dat openen we niet.",
        en="This is an address of another website. We do not open it.",
    ),
    Code.HOLDER_NOT_NAMED: Text(
        nl="We kunnen niet zeggen of dit bewijs van deze persoon is",
        en="We cannot say whether this credential is this person's",
    ),
    Code.BINDING_FOR_ANOTHER: Text(
        nl="We kunnen niet zeggen wie u dit laat zien",
        en="We cannot say who shows you this",
    ),
    Code.UNSIGNED: Text(
        nl="Dit bewijs is niet ondertekend. Iedereen kan het gemaakt hebben.",
        en="This credential is not signed. Anybody may have made it.",
    ),
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
    Check.CONTAINER: Text(nl="bestand", en="file"),
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
    Check.ENDORSEMENTS: Text(nl="aanbevelingen", en="endorsements"),
    Check.HOLDER: Text(nl="van wie het is", en="whose it is"),
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
    sentence = plain_title(verdict)
    if sentence is not None:
        return sentence
    sentence = _sentence(verdict)
    if verdict.state is State.REVOKED and occasion.revoked_at is None:
        sentence = _REVOKED_UNDATED
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


def plain_title(verdict: Verdict) -> Text | None:
    """Return the sentence of a verdict that is the same on every occasion; None where it is not."""
    sentence = _sentence(verdict)
    return None if "{" in sentence.nl else sentence


def _sentence(verdict: Verdict) -> Text:
    return TITLES_BY_CODE.get(verdict.code, TITLES[verdict.state])


def _undecided(findings: Sequence[Finding]) -> Text:
    names = [
        CHECK_NAMES[finding.check]
        for finding in findings
        if finding.outcome is not Outcome.NOT_RUN and state_of(finding) is State.CANNOT_CHECK
    ]
    return Text(nl=", ".join(n.nl for n in names), en=", ".join(n.en for n in names))
