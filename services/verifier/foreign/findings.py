"""What can come out of looking for a stranger's key or list, and the sentence for each.

Separate from the checks' own findings, because these say how a stranger's house is kept; what it
means for a credential is for the checks to say.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.verifier.domain.text import Text
from shared.proofs.public_keys import VerifyingKey


class ForeignOutcome(StrEnum):
    """How looking ended."""

    FOUND = "found"
    UNKNOWN = "unknown"
    """It could not be had or read: says nothing against the credential."""
    REFUSED = "refused"
    """What the credential names can never be a key of this issuer, or no longer."""


class ForeignCode(StrEnum):
    """What exactly came out."""

    FOUND = "foreign-found"

    NOT_ALLOWED = "foreign-not-allowed"
    METHOD_UNKNOWN = "foreign-method-unknown"
    NAME_INTERNATIONAL = "foreign-name-international"
    ADDRESS_REFUSED = "foreign-address-refused"
    UNREACHABLE = "foreign-unreachable"
    TOO_SLOW = "foreign-too-slow"
    TOO_LARGE = "foreign-too-large"
    BUSY = "foreign-busy"
    REDIRECTED = "foreign-redirected"
    NOT_PUBLISHED = "foreign-not-published"
    ANSWER_REFUSED = "foreign-answer-refused"
    DOCUMENT_UNREADABLE = "foreign-document-unreadable"
    DOCUMENT_OF_ANOTHER = "foreign-document-of-another"
    KEY_UNKNOWN = "foreign-key-unknown"
    KEY_TWICE = "foreign-key-twice"
    KEY_KIND = "foreign-key-kind"
    KEY_UNREADABLE = "foreign-key-unreadable"
    KEY_EXPIRED = "foreign-key-expired"
    KEY_PER_CREDENTIAL = "foreign-key-per-credential"
    LIST_ADDRESS_REFUSED = "foreign-list-address-refused"

    ID_REFUSED = "foreign-id-refused"
    KEY_OF_ANOTHER = "foreign-key-of-another"
    KEY_NOT_FOR_ASSERTION = "foreign-key-not-for-assertion"
    KEY_REVOKED = "foreign-key-revoked"
    KEY_PRIVATE_PART = "foreign-key-private-part"

    @property
    def outcome(self) -> ForeignOutcome:
        """Return how looking ended, when it ended so."""
        if self is ForeignCode.FOUND:
            return ForeignOutcome.FOUND
        return ForeignOutcome.REFUSED if self in _REFUSED else ForeignOutcome.UNKNOWN


# Only what no better answer could mend; a stranger's bad housekeeping accuses nobody.
_REFUSED: Final = frozenset(
    {
        ForeignCode.ID_REFUSED,
        ForeignCode.KEY_OF_ANOTHER,
        ForeignCode.KEY_NOT_FOR_ASSERTION,
        ForeignCode.KEY_REVOKED,
        ForeignCode.KEY_PRIVATE_PART,
    }
)


class ForeignRefusedError(Exception):
    """What was looked for is not there, or may not be used; the code says why."""

    def __init__(self, code: ForeignCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFinding:
    """What became of looking for a key; `source` is the address asked, None when none was."""

    code: ForeignCode
    key: VerifyingKey | None = field(default=None, repr=False)
    source: str | None = None
    looked_up_at: datetime | None = None

    @property
    def outcome(self) -> ForeignOutcome:
        """Return how looking ended."""
        return self.code.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignList:
    """What became of asking for a status list: as it was answered, verified by nobody yet."""

    code: ForeignCode
    source: str
    signed: bytes = field(default=b"", repr=False)
    media_type: str = ""
    looked_up_at: datetime | None = None

    @property
    def outcome(self) -> ForeignOutcome:
        """Return how looking ended."""
        return self.code.outcome


SENTENCES: Final = {
    ForeignCode.FOUND: Text(
        nl="De uitgever maakt deze sleutel zelf bekend, op zijn eigen adres.",
        en="The issuer publishes this key itself, at its own address.",
    ),
    ForeignCode.NOT_ALLOWED: Text(
        nl="Wij zoeken geen sleutels op van uitgevers buiten de landelijke lijst.",
        en="We do not look up keys of issuers outside the national list.",
    ),
    ForeignCode.METHOD_UNKNOWN: Text(
        nl="De uitgever noemt zich op een manier die wij niet kunnen opzoeken.",
        en="The issuer names itself in a way that we cannot look up.",
    ),
    ForeignCode.NAME_INTERNATIONAL: Text(
        nl="Het adres van de uitgever heeft letters die op andere lijken. Daar kijken wij niet.",
        en="The issuer's address has letters that look like others. We do not look there.",
    ),
    ForeignCode.ADDRESS_REFUSED: Text(
        nl="Het adres van de uitgever leidt naar een plek die niet openbaar is.",
        en="The issuer's address leads to a place that is not public.",
    ),
    ForeignCode.UNREACHABLE: Text(
        nl="Het systeem van de uitgever is nu niet te bereiken.",
        en="The issuer's system cannot be reached now.",
    ),
    ForeignCode.TOO_SLOW: Text(
        nl="Het systeem van de uitgever deed er te lang over.",
        en="The issuer's system took too long.",
    ),
    ForeignCode.TOO_LARGE: Text(
        nl="Het systeem van de uitgever gaf een veel te groot antwoord.",
        en="The issuer's system gave an answer that is far too large.",
    ),
    ForeignCode.BUSY: Text(
        nl="Wij vragen op dit moment al te veel op. Probeer het over een minuut opnieuw.",
        en="We are asking too much already. Try again in a minute.",
    ),
    ForeignCode.REDIRECTED: Text(
        nl="Het systeem van de uitgever verwijst door naar een ander adres. Dat volgen wij niet.",
        en="The issuer's system sends us on to another address. We do not follow that.",
    ),
    ForeignCode.NOT_PUBLISHED: Text(
        nl="Op het adres van de uitgever staat niets.",
        en="There is nothing at the issuer's address.",
    ),
    ForeignCode.ANSWER_REFUSED: Text(
        nl="Het systeem van de uitgever gaf iets anders dan wij vroegen.",
        en="The issuer's system gave something else than we asked for.",
    ),
    ForeignCode.DOCUMENT_UNREADABLE: Text(
        nl="Wat de uitgever bekendmaakt, kunnen wij niet lezen.",
        en="We cannot read what the issuer publishes.",
    ),
    ForeignCode.DOCUMENT_OF_ANOTHER: Text(
        nl="Wat op het adres van de uitgever staat, gaat over iemand anders.",
        en="What is at the issuer's address is about somebody else.",
    ),
    ForeignCode.KEY_UNKNOWN: Text(
        nl="De uitgever maakt deze sleutel niet bekend, of niet meer.",
        en="The issuer does not publish this key, or no longer.",
    ),
    ForeignCode.KEY_TWICE: Text(
        nl="De uitgever geeft twee sleutels dezelfde naam. Wij weten niet welke het is.",
        en="The issuer gives two keys the same name. We do not know which one it is.",
    ),
    ForeignCode.KEY_KIND: Text(
        nl="Met dit soort sleutel kunnen wij niet controleren.",
        en="We cannot check with this kind of key.",
    ),
    ForeignCode.KEY_UNREADABLE: Text(
        nl="De sleutel die de uitgever bekendmaakt, is geen geldige sleutel.",
        en="The key that the issuer publishes is not a valid key.",
    ),
    ForeignCode.KEY_EXPIRED: Text(
        nl="De uitgever zegt dat deze sleutel verlopen is.",
        en="The issuer says that this key has expired.",
    ),
    ForeignCode.KEY_PER_CREDENTIAL: Text(
        nl="De uitgever heeft voor elk bewijs een ander adres. Vragen zou verraden wie u nagaat.",
        en="The issuer has another address for each credential. Asking would tell whom you check.",
    ),
    ForeignCode.LIST_ADDRESS_REFUSED: Text(
        nl="Het adres van de statuslijst is niet geschreven zoals het hoort.",
        en="The address of the status list is not written as it should be.",
    ),
    ForeignCode.ID_REFUSED: Text(
        nl="De naam van de uitgever of van zijn sleutel is niet geschreven zoals het hoort.",
        en="The name of the issuer or of its key is not written as it should be.",
    ),
    ForeignCode.KEY_OF_ANOTHER: Text(
        nl="De sleutel is van een ander dan de uitgever.",
        en="The key belongs to another than the issuer.",
    ),
    ForeignCode.KEY_NOT_FOR_ASSERTION: Text(
        nl="De uitgever laat zijn bewijzen niet met deze sleutel ondertekenen.",
        en="The issuer does not let this key sign its credentials.",
    ),
    ForeignCode.KEY_REVOKED: Text(
        nl="De uitgever heeft deze sleutel ingetrokken.",
        en="The issuer has withdrawn this key.",
    ),
    ForeignCode.KEY_PRIVATE_PART: Text(
        nl="De geheime helft van deze sleutel is openbaar. Iedereen kan ermee ondertekenen.",
        en="The secret half of this key is public. Anybody can sign with it.",
    ),
}
