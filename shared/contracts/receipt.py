"""A receipt of a verification: what was checked, against which versions, and what came out.

Apart from what a verifier answers, because a receipt is kept by strangers and read for years: it
says as little as it can, and its closed words are plain text here, so that a word that is new to a
reader does not make a receipt unreadable.

Times are ISO 8601 in UTC, digests SHA-256 in lower-case hexadecimal. `iss`, `jti` and `iat` are
those of RFC 7519.
"""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.contracts.model import Contract
from shared.contracts.policy import Sha256Hex

URN: Final = "urn:uuid:"
Word = Annotated[str, Field(max_length=100)]
Name = Annotated[str, Field(max_length=1000)]


def _is_urn(spelled: str) -> str:
    if spelled != f"{URN}{UUID(spelled.removeprefix(URN))}":
        raise ValueError("a number is spelled as urn:uuid: and its lower-case form")
    return spelled


class Said(Contract):
    """The same sentence or name in both languages."""

    nl: Name = Field(examples=["Echt en geldig"])
    en: Name = Field(examples=["Genuine and valid"])


class SaidFile(Contract):
    """The file that was handed in, such as a PDF or a picture around the credential."""

    sha256: Sha256Hex = Field(
        description="of the file, byte for byte",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    media_type: Word = Field(
        description="what it is by its content (RFC 6838)", examples=["application/pdf"]
    )


class HandedIn(Contract):
    """What was handed in to be verified: only digests, so that its holder can match it."""

    sha256: Sha256Hex = Field(
        description="of a token without blanks, of JSON without blanks around it and with plain "
        "line ends, of any other file byte for byte",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    credential_sha256: Sha256Hex | None = Field(
        default=None,
        description="the same, of the credential that was found in a picture, PDF or other file",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    file: SaidFile | None = Field(
        default=None, description="absent when a text was pasted, or sent in JSON"
    )


class SaidVerdict(Contract):
    """What the verification ended in."""

    state: Word = Field(examples=["valid"])
    code: Word = Field(examples=["registered"])
    title: Said


class SaidLookup(Contract):
    """Where something was looked up, and up to when that was complete."""

    where: Word = Field(examples=["register"])
    name: Said
    as_of: datetime | None = None


class SaidCheck(Contract):
    """One numbered check and what came out of it."""

    number: int = Field(ge=1, le=99)
    name: Word = Field(examples=["signature"])
    title: Said
    outcome: Word = Field(examples=["ok"])
    code: Word = Field(examples=["signature-holds"])
    looked_up: SaidLookup | None = None


class SaidIssuer(Contract):
    """The issuer as the national catalogue knew it, and the key the credential was signed with."""

    oin: Word = Field(examples=["00000099000000210000"])
    did: Name = Field(examples=["did:web:issuer.example.nl:issuers:00000099000000210000"])
    name: Said
    kid: Name | None = Field(
        default=None, examples=["did:web:issuer.example.nl:issuers:00000099000000210000#k"]
    )


class SaidMicrocredential(Contract):
    """What was earned, in the version the credential names."""

    id: Name = Field(examples=["https://catalog.example.nl/microcredentials/3f0c7f6a"])
    version: Word | None = Field(default=None, examples=["1"])
    name: Name = Field(examples=["Inleiding kwantumcomputers"])


class SaidPolicy(Contract):
    """The policy the credential was judged by."""

    policy_id: Word = Field(examples=["wo"])
    version: Word = Field(examples=["1"])


class SaidFramework(Contract):
    """The quality framework that policy pins."""

    name: Name = Field(examples=["Kwaliteitskader microcredentials"])
    version: Word = Field(examples=["2.0"])
    url: Name = Field(examples=["https://example.nl/kwaliteitskader"])
    sha256: Sha256Hex = Field(examples=["ab" * 32])


class SaidRegistration(Contract):
    """The registration that was found, in the version it had."""

    registration_id: UUID
    record_version: int = Field(ge=1)
    log_index: int | None = Field(default=None, ge=0, description="its place in the log, if known")


class CheckedAgainst(Contract):
    """Which version of everything the credential was held against."""

    microcredential: SaidMicrocredential
    policy: SaidPolicy | None = None
    quality_framework: SaidFramework | None = None
    issuer: SaidIssuer | None = None
    registration: SaidRegistration | None = None


class SaidPerson(Contract):
    """What the checker saw of the person; only in a receipt that was asked for with it."""

    name: Name | None = Field(default=None, examples=["Sam de Vries"])
    result: Name | None = Field(default=None, examples=["8.0"])


class SaidKnowledge(Contract):
    """How fresh the verifier's copies of everything were."""

    as_of: datetime | None = None


class Software(Contract):
    """What verified."""

    name: Word = Field(default="waarmerk", examples=["waarmerk"])
    version: Word = Field(examples=["0.1.0"])


class Receipt(Contract):
    """All that a receipt says; of a credential that is not believed nothing is said but that."""

    iss: Name = Field(description="the verifier", examples=["https://verifier.example.nl"])
    jti: Annotated[str, AfterValidator(_is_urn)] = Field(
        description="this receipt", examples=["urn:uuid:5a1c0c3e-6c0e-4f55-8a58-4e9a3a0b6f10"]
    )
    iat: int = Field(ge=0, description="when it was signed, in seconds since 1970")
    verification_id: UUID
    checked_at: datetime
    handed_in: HandedIn
    verdict: SaidVerdict
    test: bool = Field(description="a test credential, without any value")
    checks: Annotated[tuple[SaidCheck, ...], Field(min_length=1, max_length=99)]
    knowledge: SaidKnowledge
    checked_against: CheckedAgainst | None = None
    person: SaidPerson | None = None
    software: Software
