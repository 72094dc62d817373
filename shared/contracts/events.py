"""Every event on the bus.

Events are poor in information on purpose: no name, e-mail address, birth date or BSN, not even
sealed.
Within v1 only optional members are added; consumers ignore what they do not know.
"""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AnyHttpUrl, Field

from shared.contracts import topics
from shared.contracts.award import Award, Correction, Reinstatement, Revocation, Suspension
from shared.contracts.identifiers import Oin, microcredential_subject, policy_subject
from shared.contracts.microcredential import Microcredential
from shared.contracts.model import Contract
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation, Policy, Sha256Hex
from shared.contracts.registration import Registration
from shared.contracts.topics import Topic

TYPE_PREFIX = "nl.microcredentials."
SCHEMA_BASE = "https://waarmerk.example/contracts/v1/"


class Event(Contract):
    """A fact about one subject; `record_version` counts the facts about it from 1."""

    name: ClassVar[str]
    topic: ClassVar[Topic]
    history: ClassVar[bool] = False
    """True when every version must be heard in turn; False when the newest says it all."""

    record_version: int = Field(ge=1)

    @property
    def subject(self) -> str:
        """Return the opaque id of what this is about; also the key on the bus."""
        raise NotImplementedError

    @classmethod
    def type_(cls) -> str:
        """Return the CloudEvents type, such as `nl.microcredentials.award-granted.v1`."""
        return f"{TYPE_PREFIX}{cls.name}.v1"


class OrganisationRecorded(Event):
    """The catalogue knows an organisation and its periods of recognition, or knows them anew."""

    name = "organisation-recorded"
    topic = topics.CATALOG
    organisation: Organisation

    @property
    def subject(self) -> str:
        """Return the organisation's OIN."""
        return self.organisation.oin


class PolicyPublished(Event):
    """A version of a policy is published; it will never change."""

    name = "policy-published"
    topic = topics.CATALOG
    policy: Policy

    @property
    def subject(self) -> str:
        """Return `<policyId>@<version>`."""
        return policy_subject(self.policy.policy_id, self.policy.version)


class _AboutMicrocredential(Event):
    topic = topics.CATALOG
    microcredential: Microcredential

    @property
    def subject(self) -> str:
        """Return `<microcredentialId>/versions/<n>`."""
        about = self.microcredential
        return microcredential_subject(about.microcredential_id, about.version)


class MicrocredentialPublished(_AboutMicrocredential):
    """A version of a microcredential can be awarded from now on."""

    name = "microcredential-published"


class MicrocredentialArchived(_AboutMicrocredential):
    """A version of a microcredential can no longer be awarded; what was awarded stays good."""

    name = "microcredential-archived"


class OfferingRecorded(Event):
    """A provider offers a microcredential on certain days, or changed what it offers."""

    name = "offering-recorded"
    topic = topics.CATALOG
    offering: Offering

    @property
    def subject(self) -> str:
        """Return the offering's id."""
        return str(self.offering.offering_id)


class IssuerKey(Contract):
    """A public signing key of an issuer; it stays known for ever, whatever becomes of it."""

    kid: str = Field(description="DID URL of the key: <issuer did>#<RFC 7638 thumbprint>")
    issuer: str = Field(description="did:web of the organisation")
    organisation: Oin
    algorithm: Literal["ES256", "Ed25519"] = Field(
        default="ES256", description="ES256 signs JWTs, Ed25519 embedded proofs (Data Integrity)"
    )
    public_jwk: dict[str, str]
    published_at: datetime
    signs_from: datetime | None = Field(
        default=None, description="not before this moment; from its publication when absent"
    )
    retired_at: datetime | None = None
    compromised_at: datetime | None = Field(default=None, description="when it was marked so")
    compromised_since: datetime | None = Field(
        default=None, description="since when it may have been in wrong hands, as far as known"
    )


class _AboutIssuerKey(Event):
    topic = topics.ISSUER_KEYS
    key: IssuerKey

    @property
    def subject(self) -> str:
        """Return the key id."""
        return self.key.kid


class IssuerKeyPublished(_AboutIssuerKey):
    """An issuer signs with this key from now on, or from the moment it says."""

    name = "issuer-key-published"


class IssuerKeyRetired(_AboutIssuerKey):
    """An issuer signs with this key no more; what it signed stays good."""

    name = "issuer-key-retired"


class IssuerKeyCompromised(_AboutIssuerKey):
    """A key is in wrong hands; its signatures alone prove nothing from then on."""

    name = "issuer-key-compromised"


class StatusListPublished(Event):
    """An issuer signed a new edition of a status list; the list itself is in here."""

    name = "status-list-published"
    topic = topics.STATUS_LISTS
    url: AnyHttpUrl
    organisation: Oin
    signed: str = Field(description="BitstringStatusListCredential as vc+jwt")

    @property
    def subject(self) -> str:
        """Return the address of the list."""
        return str(self.url)


class _AboutAward(Event):
    topic = topics.AWARDS
    history = True
    award_id: UUID

    @property
    def subject(self) -> str:
        """Return the award's id."""
        return str(self.award_id)


class AwardGranted(_AboutAward):
    """An organisation decided that a learner earned a microcredential, and signed it."""

    name = "award-granted"
    award: Award


class AwardRevoked(_AboutAward):
    """An organisation decided that an award no longer counts."""

    name = "award-revoked"
    revocation: Revocation


class AwardCorrected(_AboutAward):
    """An organisation decided that an award reads otherwise, and signed a new credential."""

    name = "award-corrected"
    award: Award
    correction: Correction


class AwardSuspended(_AboutAward):
    """An organisation decided that an award does not count for now."""

    name = "award-suspended"
    suspension: Suspension


class AwardReinstated(_AboutAward):
    """An organisation decided that a suspended award counts again."""

    name = "award-reinstated"
    reinstatement: Reinstatement


class AwardExpired(_AboutAward):
    """The day until which an award was valid has passed."""

    name = "award-expired"
    expired_at: datetime


class AwardErased(_AboutAward):
    """All that was known of the learner of an award is destroyed; nothing more follows."""

    name = "award-erased"
    erased_at: datetime


class _AboutRegistration(Event):
    topic = topics.REGISTRATIONS
    history = True
    registration: Registration

    @property
    def subject(self) -> str:
        """Return the registration's id, which is the award's."""
        return str(self.registration.registration_id)


class RegistrationRecorded(_AboutRegistration):
    """The national register holds an award."""

    name = "registration-recorded"


class RegistrationStatusChanged(_AboutRegistration):
    """The national register holds another status of an award."""

    name = "registration-status-changed"


class RegistrationCorrected(_AboutRegistration):
    """The national register holds a new credential of an award; the one before is replaced."""

    name = "registration-corrected"


class RegistrationErased(Event):
    """The national register holds this registration no more."""

    name, topic, history = "registration-erased", topics.REGISTRATIONS, True
    registration_id: UUID
    organisation: Oin
    erased_at: datetime
    known_by: tuple[Sha256Hex, ...] | None = Field(default=None, description="`credential_mark`s")

    @property
    def subject(self) -> str:
        """Return the registration's id, which is the award's."""
        return str(self.registration_id)


class RegistrationState(_AboutRegistration):
    """All the register says of an award now; the last one is enough."""

    name, topic, history = "registration-state", topics.REGISTRATIONS_STATE, False


EVENTS: tuple[type[Event], ...] = (
    OrganisationRecorded,
    PolicyPublished,
    MicrocredentialPublished,
    MicrocredentialArchived,
    OfferingRecorded,
    IssuerKeyPublished,
    IssuerKeyRetired,
    IssuerKeyCompromised,
    StatusListPublished,
    AwardGranted,
    AwardCorrected,
    AwardSuspended,
    AwardReinstated,
    AwardRevoked,
    AwardExpired,
    AwardErased,
    RegistrationRecorded,
    RegistrationCorrected,
    RegistrationStatusChanged,
    RegistrationErased,
    RegistrationState,
)
EVENT_OF_TYPE: dict[str, type[Event]] = {event.type_(): event for event in EVENTS}
