"""A published microcredential: what can be earned, in one version that never changes."""

from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import (
    AnyHttpUrl,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from shared.contracts.codes import (
    WebAddress,
    judge_code,
    judge_duplicates,
    judge_field_of_study,
    judge_skill,
)
from shared.contracts.identifiers import Oin
from shared.contracts.languages import LanguageTag
from shared.contracts.model import Contract, Credits
from shared.contracts.plain_text import ONE_LINE
from shared.contracts.policy import Framework, PolicyId
from shared.contracts.requests import fault, judge, text_when_asked, when_asked
from shared.contracts.vocabulary import (
    Admission,
    AssessmentType,
    LevelBasis,
    LocalText,
    ModeOfDelivery,
    PrivateCategory,
    QualificationLevel,
    StudyLoadUnit,
    Supervision,
)

IscedF = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{2,4}$"),
    text_when_asked(judge_field_of_study),
    Field(examples=["0533"]),
]
DISTINCT: Final = when_asked(judge_duplicates)
"""No item of a list stands in it twice."""


class StudyLoad(Contract):
    """How much an average learner works for it."""

    unit: StudyLoadUnit
    value: Credits


class Level(Contract):
    """The level of the learning outcomes and who claims it."""

    value: QualificationLevel
    basis: LevelBasis
    registration_id: Annotated[str, Field(min_length=1, max_length=64), ONE_LINE] | None = Field(
        default=None, examples=["NLQF-000123"]
    )

    @model_validator(mode="after")
    def _registered_names_its_registration(self) -> Self:
        if self.basis is LevelBasis.NCP_REGISTERED and self.registration_id is None:
            raise fault(
                "registration-missing",
                "A level registered with the NCP NLQF names its registration (registrationId).",
                "Een niveau dat bij het NCP NLQF is geregistreerd, noemt zijn registratie "
                "(registrationId).",
            )
        return self


class Assessment(Contract):
    """What the learner had to show, and how it was tested."""

    types: Annotated[tuple[AssessmentType, ...], Field(min_length=1, max_length=7), DISTINCT]
    description: LocalText


class QualityAssurance(Contract):
    """The statement of quality assurance that is shown under each credential."""

    statement: LocalText
    url: WebAddress | None = None


class Skill(Contract):
    """A skill that is learnt, as ESCO names it."""

    uri: Annotated[AnyHttpUrl, when_asked(judge_skill)] = Field(
        examples=["http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"]
    )
    label: LocalText


class OtherCode(Contract):
    """What another system calls this microcredential (OEAPI otherCodes)."""

    code_type: str = Field(
        pattern=r"^(x-)?[a-z][a-z0-9_-]*$",
        max_length=64,
        examples=["x-rio-opleidingseenheidcode", "x-crebo", "uuid"],
    )
    code: Annotated[str, Field(min_length=1, max_length=256), ONE_LINE] = Field(
        examples=["1000O1234"]
    )

    @model_validator(mode="after")
    def _has_the_form_of_its_type(self, info: ValidationInfo) -> Self:
        judge(judge_code(self.code_type, self.code), info)
        return self


class Description(Contract):
    """All a provider tells about a microcredential; a policy says what may not be left out."""

    title: LocalText
    description: LocalText | None = None
    learning_outcomes: Annotated[tuple[LocalText, ...], Field(max_length=30), DISTINCT] = ()
    study_load: StudyLoad | None = None
    level: Level | None = None
    assessment: Assessment | None = None
    modes_of_delivery: Annotated[tuple[ModeOfDelivery, ...], Field(max_length=9), DISTINCT] = ()
    quality_assurance: QualityAssurance | None = None
    in_language: LanguageTag | None = None
    supervision: Supervision | None = None
    admission_requirements: LocalText | None = None
    stackability: LocalText | None = None
    field_of_study: IscedF | None = None
    further_information: WebAddress | None = None
    primary_code: Annotated[str, Field(min_length=1, max_length=256), ONE_LINE] | None = Field(
        default=None,
        description="what the provider's own systems call it",
        examples=["QC-101"],
    )
    other_codes: Annotated[tuple[OtherCode, ...], Field(max_length=20), DISTINCT] = ()
    abbreviation: Annotated[str, Field(min_length=1, max_length=40), ONE_LINE] | None = Field(
        default=None, examples=["Intro QC"]
    )
    target_group: LocalText | None = None
    admission: Admission | None = None
    skills: Annotated[tuple[Skill, ...], Field(max_length=30), DISTINCT] = ()
    keywords: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=60), ONE_LINE], ...],
        Field(max_length=20, examples=[["qubit"]]),
        DISTINCT,
    ] = ()
    private_categories: Annotated[tuple[PrivateCategory, ...], Field(max_length=3), DISTINCT] = ()


class PolicyPin(Contract):
    """The policy version a microcredential was judged by, with the framework document's digest."""

    policy_id: PolicyId
    version: int = Field(ge=1)
    framework: Framework


class Approval(Contract):
    """The institution's quality body approved this version; its people are not named."""

    body: LocalText
    approved_on: date


class Microcredential(Contract):
    """One published version of a microcredential."""

    microcredential_id: UUID
    version: int = Field(ge=1)
    provider: Oin
    on_behalf_of: Oin | None = Field(
        default=None, description="the organisation whose microcredential the provider awards"
    )
    page: AnyHttpUrl
    content: Description
    policy: PolicyPin
    approval: Approval | None = None
    published_at: datetime
    archived_at: datetime | None = None
