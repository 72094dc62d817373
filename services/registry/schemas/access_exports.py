"""The body of an access export: what is shown to a learner, in one form that is signed."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from services.registry.domain.access_exports import AccessExport, ShownFact, ShownRegistration
from services.registry.domain.profiles import LegalProfile, processings
from services.registry.schemas.consultations import (
    ConsultationAnswer,
    ConsumerNameAnswer,
    LearnerQuestion,
)
from services.registry.schemas.retention import ProcessingAnswer
from shared.contracts.registration import Registration
from shared.proofs.lines import spell_base64
from shared.proofs.log_entries import EntryKind
from shared.runtime.api_model import ApiAnswer, ApiModel
from shared.strict_json import JsonObject, load_object

_HASH = "qLdJ7ZfPWzv0k8Q2yq1l1b0Kf0v9l3m8y5uYb7b2d1E="


class ExportRequest(ApiModel):
    """Of whom to show everything."""

    learner: LearnerQuestion


class FactAnswer(ApiAnswer):
    """One fact: what it said, what opens its entry in the log, and where that stands."""

    record_version: int = Field(ge=1)
    kind: EntryKind
    recorded_at: datetime
    commitment: str = Field(description="base64, as in the log", examples=[_HASH])
    salt: str | None = Field(
        default=None, description="base64; absent once erased", examples=[_HASH]
    )
    content: dict[str, object] | None = Field(
        default=None, description="what the entry commits to under the salt", examples=[{}]
    )
    index: int | None = Field(default=None, ge=0, description="its place in the log")
    proof: str | None = Field(
        default=None,
        description="C2SP tlog-proof: `waarmerk verify --offline` believes it without us",
        examples=["c2sp.org/tlog-proof@v1\nextra …\nindex 0\n\nregister.example.nl/log\n…"],
    )

    @classmethod
    def of(cls, shown: ShownFact) -> Self:
        """Show a fact."""
        fact = shown.fact
        return cls(
            record_version=fact.record_version,
            kind=fact.kind,
            recorded_at=fact.recorded_at,
            commitment=spell_base64(fact.commitment),
            salt=None if fact.salt is None else spell_base64(fact.salt),
            content=None if fact.content is None else {**load_object(fact.content.encode())},
            index=shown.index,
            proof=None if shown.proof is None else shown.proof.decode(),
        )


class ExportedRegistration(ApiAnswer):
    """A registration, and all that was ever recorded of it."""

    registration: Registration
    restricted: bool = Field(description="kept by law, and shown to nobody but the learner")
    facts: tuple[FactAnswer, ...]

    @classmethod
    def of(cls, shown: ShownRegistration) -> Self:
        """Show a registration."""
        return cls(
            registration=shown.registration,
            restricted=shown.restricted,
            facts=tuple(map(FactAnswer.of, shown.facts)),
        )


class ConsumerNames(ApiAnswer):
    """By which names one consumer knows the learner."""

    organisation: str = Field(examples=["00000099000000210000"])
    names: tuple[ConsumerNameAnswer, ...]


class ExportAnswer(ApiAnswer):
    """Everything the register has about one learner; no name, for it has none."""

    export_id: UUID
    created_at: datetime
    register_url: str = Field(examples=["https://register.example.nl"])
    profile: LegalProfile
    learner: str = Field(
        description="the name by which the register knows the learner",
        examples=["q3tNHfTjqbaDfZUXr0hXAZ0VdfLXyhV3gOeR5tLbq1A"],
    )
    registrations: tuple[ExportedRegistration, ...]
    consultations: tuple[ConsultationAnswer, ...]
    consumer_names: tuple[ConsumerNames, ...]
    processing_activities: tuple[ProcessingAnswer, ...]

    @classmethod
    def of(cls, export: AccessExport, *, public_url: str) -> Self:
        """Show everything."""
        return cls(
            export_id=export.export_id,
            created_at=export.created_at,
            register_url=public_url,
            profile=export.profile,
            learner=export.learner,
            registrations=tuple(map(ExportedRegistration.of, export.registrations)),
            consultations=tuple(
                ConsultationAnswer.of(line, public_url=public_url) for line in export.consultations
            ),
            consumer_names=tuple(
                ConsumerNames(organisation=consumer, names=tuple(map(ConsumerNameAnswer.of, names)))
                for consumer, names in export.names.items()
            ),
            processing_activities=tuple(
                ProcessingAnswer.of(one, export.profile) for one in processings(export.profile)
            ),
        )

    def as_json(self) -> JsonObject:
        """Return it as the JSON that is signed."""
        said: JsonObject = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return said


class SignedExport(ApiAnswer):
    """An export, and the operator's signature under its SHA-256 (RFC 8785 form)."""

    export: ExportAnswer
    signature: str = Field(
        description="compact JWS (ES256) of `iss`, `exportId`, `createdAt` and `sha256`; "
        "the key is at /v1/access-export-keys",
        examples=["eyJhbGciOiJFUzI1NiIsInR5cCI6IndhYXJtZXJrLWFjY2Vzcy1leHBvcnQrandzIn0.e30.AA"],
    )


class ExportKeys(ApiAnswer):
    """The keys that exports are signed with (RFC 7517)."""

    keys: tuple[dict[str, str], ...] = Field(
        examples=[[{"kty": "EC", "crv": "P-256", "kid": "…", "alg": "ES256", "use": "sig"}]]
    )
