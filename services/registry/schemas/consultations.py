"""Bodies of questions about learners: who they are stands in here, and in no address or log."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from services.registry.domain.consultations import (
    MOST_LEARNERS,
    ConsumerName,
    Known,
    Line,
    LineStatus,
    Purpose,
    Reason,
)
from services.registry.domain.profiles import Basis
from shared.contracts.identifiers import Oin
from shared.contracts.learner import EduId, Email
from shared.contracts.registration import Registration
from shared.contracts.requests import fault
from shared.runtime.api_model import ApiAnswer, ApiModel

_TRACE: tuple[str, str] = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
_PSEUDONYM = "q3tNHfTjqbaDfZUXr0hXAZ0VdfLXyhV3gOeR5tLbq1A"
# No '@': an e-mail address is a person's, and this reference is kept in clear.
Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[!-?A-~ ]+$"),
    Field(
        description="your own reference of the case; no name or e-mail address",
        examples=["ADM-2026-004711"],
    ),
]


class LearnerQuestion(ApiModel):
    """A learner, by eduID or by e-mail address, as their awards were made out."""

    edu_id: EduId | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _is_known_one_way(self) -> Self:
        if (self.edu_id is None) == (self.email is None):
            raise fault(
                "learner-by-one",
                "Give either eduId or email.",
                "Geef eduId of email, niet allebei.",
            )
        return self

    @property
    def identifier(self) -> str:
        """What the learner's pseudonym is made of."""
        return self.edu_id or self.email or ""


class RegistrationSearch(ApiModel):
    """Whom to look up, for what, and by which right."""

    learners: Annotated[tuple[LearnerQuestion, ...], Field(min_length=1, max_length=MOST_LEARNERS)]
    purpose: Purpose
    legal_basis: Basis
    reference: Reference

    @property
    def reason(self) -> Reason:
        """Why it is asked, in the words of the domain."""
        return Reason(purpose=self.purpose, basis=self.legal_basis, reference=self.reference)


class ConsultationSearch(ApiModel):
    """About whom to tell who asked."""

    learner: LearnerQuestion


class ConsumerNameAnswer(ApiAnswer):
    """A learner's name for you alone, and which of your keys it was made with."""

    version: int = Field(ge=1)
    pseudonym: str = Field(examples=[_PSEUDONYM])

    @classmethod
    def of(cls, name: ConsumerName) -> Self:
        """Show a name."""
        return cls(version=name.version, pseudonym=name.pseudonym)


class FoundLearner(ApiAnswer):
    """What is registered of one of the learners you asked for."""

    learner: ConsumerNameAnswer
    earlier: tuple[ConsumerNameAnswer, ...] = Field(
        description="the same learner by your earlier keys, for what you keep under those"
    )
    registrations: tuple[Registration, ...]

    @classmethod
    def of(cls, known: Known) -> Self:
        """Show what is known of a learner."""
        return cls(
            learner=ConsumerNameAnswer.of(known.name),
            earlier=tuple(map(ConsumerNameAnswer.of, known.earlier)),
            registrations=known.registrations,
        )


class FoundLearners(ApiAnswer):
    """The learners you asked for, in your order."""

    items: tuple[FoundLearner, ...]


class ForeignOperation(ApiAnswer):
    """The operation at the asking organisation that led to this one."""

    trace_id: str = Field(examples=[_TRACE[0]])
    operation_id: str = Field(examples=[_TRACE[1]])


class LineAttributes(ApiAnswer):
    """The attributes that the Logboek Dataverwerkingen names."""

    model_config = ConfigDict(alias_generator=None, populate_by_name=True, serialize_by_alias=True)

    activity: str = Field(
        alias="dpl.core.processing_activity_id",
        examples=["https://register.example.nl/v1/processing-activities/admission"],
    )
    subject: str = Field(alias="dpl.core.data_subject_id", examples=[_PSEUDONYM])


class ConsultationAnswer(ApiAnswer):
    """One time that somebody looked, in the fields of the Logboek Dataverwerkingen."""

    trace_id: str = Field(examples=[_TRACE[0]])
    operation_id: str = Field(examples=[_TRACE[1]])
    parent_operation_id: str | None = Field(default=None, examples=[_TRACE[1]])
    foreign_operation: ForeignOperation | None = None
    status_code: LineStatus
    name: str = Field(examples=["search registrations"])
    start_time: datetime
    end_time: datetime
    attributes: LineAttributes
    organisation: Oin
    client: str = Field(description="the system that asked; never a person", examples=["sis"])
    purpose: Purpose | None = None
    legal_basis: Basis | None = None
    reference: str | None = Field(default=None, examples=["ADM-2026-004711"])
    found: int = Field(ge=0, description="how many registrations, or lines, were shown")

    @classmethod
    def of(cls, line: Line, *, public_url: str) -> Self:
        """Show a line."""
        trace, reason = line.trace, line.reason
        foreign = None
        if trace.foreign is not None:
            foreign = ForeignOperation(
                trace_id=trace.foreign.trace_id, operation_id=trace.foreign.operation_id
            )
        child = line.operation_id != trace.operation_id
        return cls(
            trace_id=trace.trace_id,
            operation_id=line.operation_id,
            parent_operation_id=trace.operation_id if child else None,
            foreign_operation=foreign,
            status_code=line.status,
            name=line.name,
            start_time=line.started_at,
            end_time=line.ended_at,
            attributes=LineAttributes(
                activity=f"{public_url}/v1/processing-activities/{line.activity}",
                subject=line.subject,
            ),
            organisation=line.organisation,
            client=line.client,
            purpose=reason.purpose if reason else None,
            legal_basis=reason.basis if reason else None,
            reference=reason.reference if reason else None,
            found=line.found,
        )


class PseudonymKeyAnswer(ApiAnswer):
    """A version of the key by which learners have a name for you alone; never the key itself."""

    version: int = Field(ge=1)
    created_at: datetime
