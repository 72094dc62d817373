"""The credential on the wire: an Open Badges 3.0 AchievementCredential (VC data model 2.0).

In strict form: sets are arrays, absent members are left out, moments are whole seconds in UTC. The
Dutch terms stand under the type `NLMicrocredential`, whose JSON-LD context is
`contexts/nl-microcredential-v1.json`. Unknown members are accepted from others (the OB 3.0 schema
allows them) and never written by us.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from shared.contracts.model import Contract
from shared.strict_json import JsonObject

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
OB_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
NL_CONTEXT = "https://waarmerk.example/contexts/nl-microcredential/v1"
CONTEXTS = (VC_CONTEXT, OB_CONTEXT, NL_CONTEXT)
"""The only list of contexts we sign and accept, in this order."""

_MOMENT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"
)


def moment(text: str) -> datetime:
    """Read a VC 2.0 dateTimeStamp (date, time and zone); raise ValueError for anything else."""
    return datetime.fromisoformat(text).astimezone(UTC)


def stamp(when: datetime) -> str:
    """Write a moment as a dateTimeStamp in UTC with whole seconds, as `nbf` can equal it."""
    return when.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def _real_moment(text: str) -> str:
    moment(text)
    return text


DateTimeStamp = Annotated[
    str, StringConstraints(pattern=_MOMENT, max_length=40), AfterValidator(_real_moment)
]
Uri = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$", max_length=2048)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Types = Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=10)]


class Part(Contract):
    """A part of a credential; strict, so that a number is never taken from a text."""

    model_config = ConfigDict(strict=True)


def _holds(*needed: str) -> AfterValidator:
    def check(types: tuple[str, ...]) -> tuple[str, ...]:
        if not set(needed) & set(types):
            raise ValueError(f"must name {' or '.join(needed)}")
        return types

    return AfterValidator(check)


def _holds_all(*needed: str) -> AfterValidator:
    def check(types: tuple[str, ...]) -> tuple[str, ...]:
        if missing := set(needed) - set(types):
            raise ValueError(f"must name {' and '.join(sorted(missing))}")
        return types

    return AfterValidator(check)


class Address(Part):
    """Where an issuer is, by country (ISO 3166-1 alpha-2)."""

    type: Annotated[Types, _holds("Address")] = ("Address",)
    address_country_code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "NL"


class IdentifierEntry(Part):
    """An identifier of the issuer elsewhere, such as its OIN or BRIN."""

    type: Literal["IdentifierEntry"] = "IdentifierEntry"
    identifier: ShortText
    identifier_type: ShortText


class Profile(Part):
    """An organisation: the issuer, or on whose behalf it awards."""

    id: Uri
    type: Annotated[Types, _holds("Profile")] = ("Profile",)
    name: ShortText | None = None
    url: Uri | None = None
    address: Address | None = None
    other_identifier: tuple[IdentifierEntry, ...] | None = None


class IdentityObject(Part):
    """The learner, by a salted hash or in clear (OB 3.0 IdentityObject)."""

    type: Literal["IdentityObject"] = "IdentityObject"
    hashed: bool
    identity_hash: ShortText
    identity_type: ShortText
    salt: ShortText | None = None


class Alignment(Part):
    """How the achievement relates to a framework: level, quality assurance, field."""

    type: Annotated[Types, _holds("Alignment")] = ("Alignment",)
    target_name: ShortText
    target_url: Uri
    target_code: ShortText | None = None
    target_framework: ShortText | None = None
    target_type: ShortText | None = None
    target_description: LongText | None = None


class Criteria(Part):
    """What had to be shown to earn it."""

    id: Uri | None = None
    narrative: LongText | None = None


class QualityFrameworkPin(Part):
    """The quality framework, pinned to a version and a digest (Dutch term)."""

    id: Uri
    type: Literal["QualityFramework"] = "QualityFramework"
    name: ShortText
    version: ShortText
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ResultDescription(Part):
    """What a result of this achievement looks like."""

    id: Uri
    type: Annotated[Types, _holds("ResultDescription")] = ("ResultDescription",)
    name: ShortText
    result_type: ShortText
    value_min: ShortText | None = None
    value_max: ShortText | None = None
    required_value: ShortText | None = None


class Image(Part):
    """A picture to show, by its address; no credential is inside it."""

    id: Uri
    type: Literal["Image"] = "Image"
    caption: ShortText | None = None


class Achievement(Part):
    """What was earned: Open Badges terms first, the Dutch terms after."""

    id: Uri
    type: Annotated[Types, _holds("Achievement")] = ("Achievement", "NLMicrocredential")
    achievement_type: ShortText | None = None
    name: ShortText
    description: LongText
    criteria: Criteria
    image: Image | None = None
    creator: Profile | None = None
    in_language: ShortText | None = None
    credits_available: Annotated[float, Field(ge=0)] | None = None
    field_of_study: ShortText | None = None
    version: ShortText | None = None
    alignment: tuple[Alignment, ...] | None = None
    result_description: tuple[ResultDescription, ...] | None = None
    study_load_unit: ShortText | None = None
    study_load_hours: Annotated[float, Field(ge=0)] | None = None
    learning_outcome: tuple[LongText, ...] | None = None
    assessment_type: tuple[ShortText, ...] | None = None
    participation_type: tuple[ShortText, ...] | None = None
    supervision_type: ShortText | None = None
    level_basis: ShortText | None = None
    level_registration: ShortText | None = None
    prerequisite: LongText | None = None
    stackability: LongText | None = None
    policy: ShortText | None = None
    quality_framework: QualityFrameworkPin | None = None


class Result(Part):
    """The learner's own result."""

    type: Annotated[Types, _holds("Result")] = ("Result",)
    result_description: Uri | None = None
    value: ShortText | None = None
    status: ShortText | None = None


class AchievementSubject(Part):
    """Who earned it, and with what result."""

    id: Uri
    type: Annotated[Types, _holds("AchievementSubject")] = ("AchievementSubject",)
    identifier: tuple[IdentityObject, ...] | None = None
    credits_earned: Annotated[float, Field(ge=0)] | None = None
    achievement: Achievement
    result: tuple[Result, ...] | None = None


class StatusEntry(Part):
    """Where its revocation shows: one bit of a Bitstring Status List."""

    id: Uri
    type: Literal["BitstringStatusListEntry"] = "BitstringStatusListEntry"
    status_purpose: Literal["revocation"] = "revocation"
    status_list_index: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,9})$")]
    status_list_credential: Uri


class AchievementCredential(Part):
    """The whole credential, unsigned: the one source all signed forms are made from."""

    context: Annotated[tuple[str, ...], Field(alias="@context", min_length=2, max_length=8)] = (
        CONTEXTS
    )
    id: Uri
    type: Annotated[
        Types,
        _holds_all("VerifiableCredential"),
        _holds("OpenBadgeCredential", "AchievementCredential"),
    ] = ("VerifiableCredential", "OpenBadgeCredential")
    name: ShortText | None = None
    issuer: Profile
    valid_from: DateTimeStamp
    valid_until: DateTimeStamp | None = None
    awarded_date: DateTimeStamp | None = None
    credential_subject: AchievementSubject
    credential_status: StatusEntry | None = None

    def to_wire(self) -> dict[str, object]:
        """Return the JSON object to sign: aliases, arrays, absent members left out."""
        return self.model_dump(mode="json", exclude_none=True)


def with_jwt_claims(
    wire: dict[str, object], credential: AchievementCredential
) -> dict[str, object]:
    """Add the claims an OB 3.0 VC-JWT must carry, each equal to the member it repeats (8.2.4).

    iss = issuer.id, jti = id, sub = credentialSubject.id, nbf = validFrom and exp = validUntil in
    seconds since 1970 (RFC 7519 NumericDate); exp only when the credential ends.
    """
    claims: dict[str, object] = {
        "iss": credential.issuer.id,
        "jti": credential.id,
        "sub": credential.credential_subject.id,
        "nbf": int(moment(credential.valid_from).timestamp()),
    }
    if credential.valid_until is not None:
        claims["exp"] = int(moment(credential.valid_until).timestamp())
    return wire | claims


def without_jwt_claims(wire: JsonObject) -> JsonObject:
    """Return the credential as JSON-LD alone: the claims say nothing that is not said within."""
    return {name: value for name, value in wire.items() if name not in _JWT_CLAIMS}


_JWT_CLAIMS = frozenset({"iss", "jti", "sub", "nbf", "exp"})
