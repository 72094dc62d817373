"""OEAPI v6 associations as an institution sends them, and what is answered; no answer names anyone.

Of an association only what an award is made of is read: the rest of a person stays where it is.
"""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from services.issuer.domain import AwardState, Learner, today
from services.issuer.domain.triggers import (
    Association,
    AssociationKind,
    AssociationRefusedError,
    Outcome,
    ReceivedAssociation,
)
from services.issuer.schemas.awards import LearnerBody, award_url
from shared.contracts.requests import fault
from shared.contracts.vocabulary import LocalText
from shared.errors import Fault
from shared.runtime.api_model import ApiAnswer, ApiModel

_ID: Final = "3d0f2a86-5d2c-4c0a-9a57-7e3c6a1b9f10"
_RESULT: Final = f"https://issuer.waarmerk.example/v1/association-results/{_ID}"
EDU_ID_CODES: Final = frozenset({"x-eduid", "x-edu-id", "x-edu_id", "eduid", "edu_id", "eduID"})
Word = Annotated[str, Field(min_length=1, max_length=64)]


class _OeapiModel(ApiModel, extra="ignore"):
    """A part of OEAPI: members that are not needed here are passed over, as OEAPI asks."""


class CodeBody(_OeapiModel):
    """An OEAPI IdentifierEntry."""

    code_type: Word = Field(examples=["x-eduid"])
    code: Annotated[str, Field(min_length=1, max_length=256)] = Field(examples=["QC-101-2027-1"])


class PersonBody(_OeapiModel):
    """An OEAPI Person, as far as an award needs to know them."""

    primary_code: CodeBody | None = None
    other_codes: Annotated[tuple[CodeBody, ...], Field(max_length=50)] | None = None
    given_name: Annotated[str, Field(max_length=256)] | None = Field(default=None, examples=["Jo"])
    preferred_name: Annotated[str, Field(max_length=256)] | None = None
    surname_prefix: Annotated[str, Field(max_length=256)] | None = Field(
        default=None, examples=["de"]
    )
    surname: Annotated[str, Field(max_length=256)] | None = Field(default=None, examples=["Vries"])
    email: Annotated[str, Field(max_length=256)] | None = Field(
        default=None, examples=["j.devries@example.nl"]
    )

    def as_learner(self) -> Learner:
        """Return the person by eduID, or else by e-mail address; or raise what is wrong."""
        codes = [one for one in (self.primary_code, *(self.other_codes or ())) if one is not None]
        edu_id = next((one.code for one in codes if one.code_type in EDU_ID_CODES), None)
        family = " ".join(part for part in (self.surname_prefix, self.surname) if part)
        known = {
            "eduId": edu_id,
            "email": None if edu_id else self.email or None,
            "givenName": self.given_name or self.preferred_name or None,
            "familyName": family or None,
        }
        if not edu_id and not self.email:
            return Learner()
        try:
            return LearnerBody.model_validate(known).as_learner()
        except ValidationError as error:
            raise AssociationRefusedError(faults=_faults_of(error)) from None


def _faults_of(error: ValidationError) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            "/learner" + "".join(f"/{part}" for part in one["loc"]),
            "person-incomplete",
            "The person is known by an eduID, or by a good e-mail address with both names.",
            "De persoon is bekend met een eduID, of met een goed e-mailadres en beide namen.",
        )
        for one in error.errors(include_url=False, include_input=False)
    )


class OfferingBody(_OeapiModel):
    """An OEAPI offering, expanded."""

    course_offering_id: UUID | None = None
    programme_offering_id: UUID | None = None
    primary_code: CodeBody | None = None


class ResultBody(_OeapiModel):
    """An OEAPI Result."""

    state: Word = Field(examples=["completed"])
    passed: Word | None = Field(default=None, alias="pass", examples=["passed"])
    score: Annotated[str, Field(max_length=20)] | None = Field(default=None, examples=["8.5"])
    final: bool | None = Field(default=None, description="made final by the board of examiners")
    result_date_time: AwareDatetime


class AssociationBody(_OeapiModel):
    """An OEAPI v6 CourseOfferingAssociation or ProgrammeOfferingAssociation."""

    association_id: UUID | None = None
    role: Word = Field(examples=["student"])
    state: Word = Field(examples=["finished"])
    course_offering_id: UUID | None = None
    course_offering: OfferingBody | None = None
    programme_offering_id: UUID | None = None
    programme_offering: OfferingBody | None = None
    person_id: UUID | None = None
    person: PersonBody | None = None
    result: ResultBody | None = None

    def as_association(self, association_id: UUID, kind: AssociationKind) -> Association:
        """Return it in the words of the domain, or raise what is wrong with its person."""
        is_course = kind is AssociationKind.COURSE
        whole = (self.course_offering if is_course else self.programme_offering) or OfferingBody()
        inside = whole.course_offering_id if is_course else whole.programme_offering_id
        outside = self.course_offering_id if is_course else self.programme_offering_id
        result = self.result
        return Association(
            association_id=association_id,
            kind=kind,
            role=self.role,
            state=self.state,
            offering_id=outside or inside,
            offering_code=whole.primary_code.code if whole.primary_code else None,
            learner=self.person.as_learner() if self.person else Learner(),
            result_state=result.state if result else None,
            passed=result.passed if result else None,
            is_final=bool(result and result.final),
            score=(result.score or None) if result else None,
            decided_on=today(result.result_date_time) if result else None,
        )

    def kept(self) -> bytes:
        """Return what is kept of it, under seal."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class AssociationAnswer(ApiAnswer):
    """What OEAPI answers a change of an association with, and where to read what came of it."""

    association_id: UUID
    state: str = Field(examples=["finished"])
    message: tuple[dict[str, str], ...]
    redirect: str = Field(examples=[_RESULT])


class AssociationFaultAnswer(ApiAnswer):
    """One reason why an association cannot become an award."""

    pointer: str = Field(examples=["/result/score"])
    code: str = Field(examples=["grade-insufficient"])
    detail: LocalText = Field(
        examples=[
            {
                "en": "A grade below 5.5 is no pass, so there is nothing to award.",
                "nl": "Een cijfer onder de 5,5 is geen voldoende; er is niets toe te kennen.",
            }
        ]
    )


class AssociationResultLinks(ApiAnswer):
    """Where the outcome is, and the award if there is one."""

    self: str = Field(examples=[_RESULT])
    award: str | None = Field(
        default=None,
        examples=["https://issuer.waarmerk.example/v1/awards/8f14e45f-ceea-467f-ab3e-5c1b2f0d9a67"],
    )


class AssociationResultAnswer(ApiAnswer):
    """What came of an association that was received or pulled."""

    association_id: UUID = Field(examples=[_ID])
    kind: AssociationKind
    outcome: Outcome
    reason: str | None = Field(
        default=None, description="why it is not, or not simply, awarded", examples=["not-final"]
    )
    faults: tuple[AssociationFaultAnswer, ...] | None = None
    microcredential_id: UUID | None = None
    award_id: UUID | None = None
    award_status: AwardState | None = Field(
        default=None, description="what the award is now, whatever became of it since"
    )
    revision: int = Field(ge=1, description="how often it changed")
    pulled: bool = Field(description="whether it was first pulled; else it was sent")
    received_at: datetime
    changed_at: datetime
    retry_at: datetime | None = None
    links: AssociationResultLinks

    @classmethod
    def of(cls, received: ReceivedAssociation, *, public_url: str) -> Self:
        """Return what the organisation may read of it."""
        settled = received.settled
        faults = tuple(
            AssociationFaultAnswer(
                pointer=one.pointer, code=one.code, detail=LocalText(en=one.detail, nl=one.dutch)
            )
            for one in settled.faults
        )
        return cls(
            association_id=received.association_id,
            kind=received.kind,
            outcome=settled.outcome,
            reason=settled.reason,
            faults=faults or None,
            microcredential_id=settled.microcredential_id,
            award_id=settled.award_id,
            award_status=received.award_state,
            revision=received.revision,
            pulled=received.is_pulled,
            received_at=received.received_at,
            changed_at=received.changed_at,
            retry_at=settled.retry_at,
            links=AssociationResultLinks(
                self=result_url(public_url, received.association_id),
                award=award_url(public_url, settled.award_id) if settled.award_id else None,
            ),
        )


def result_url(public_url: str, association_id: UUID) -> str:
    """Return where the outcome of an association is found by its organisation."""
    return f"{public_url}/v1/association-results/{association_id}"


class SourceRequest(ApiModel):
    """Where your own OEAPI v6 tells of results, and what it asks for to be let in."""

    url: Annotated[str, Field(min_length=1, max_length=2048)] = Field(
        description="base address of your OEAPI v6",
        examples=["https://sis.example.nl/oeapi/v6"],
    )
    token: Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[!-~]+$")] | None = Field(
        default=None, description="bearer token; kept under seal", examples=["mc_test_token"]
    )
    user_name: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[!-~]+$")] | None = (
        Field(default=None, description="for Basic, with secret", examples=["waarmerk"])
    )
    secret: Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[!-~]+$")] | None = (
        Field(default=None, description="for Basic; kept under seal", examples=["mc_test_secret"])
    )
    interval_seconds: Annotated[int, Field(ge=60, le=604_800)] = Field(
        default=3600, description="how long to wait after a round", examples=[3600]
    )

    @model_validator(mode="after")
    def _lets_in_one_way(self) -> Self:
        both = self.token is not None and (self.user_name is not None or self.secret is not None)
        if both or (self.user_name is None) != (self.secret is None):
            raise fault(
                "authorisation-one-way",
                "Give either token, or userName and secret.",
                "Geef token, of userName en secret, niet allebei.",
            )
        if ":" in (self.user_name or ""):
            raise fault(
                "colon-in-user-name",
                "A user name for Basic has no colon (RFC 7617).",
                "Een gebruikersnaam voor Basic heeft geen dubbele punt (RFC 7617).",
            )
        return self

    def authorisation(self) -> tuple[str, ...]:
        """Return what lets us in: a token, a name and a secret, or nothing."""
        if self.token is not None:
            return (self.token,)
        return () if self.user_name is None else (self.user_name, self.secret or "")


class SourceAnswer(ApiAnswer):
    """A source of results, how its last round went, and never what lets us in."""

    source_id: UUID
    url: str = Field(examples=["https://sis.example.nl/oeapi/v6"])
    interval_seconds: int
    registered_at: datetime
    next_at: datetime = Field(description="when it is pulled next")
    completed_at: datetime | None = Field(default=None, description="end of the last whole round")
    failures: int = Field(description="failed pulls in a row")
    problem: str | None = Field(
        default=None, description="why the last pull failed", examples=["unreachable"]
    )


class SourcesAnswer(ApiAnswer):
    """Every source of an organisation."""

    items: tuple[SourceAnswer, ...]
