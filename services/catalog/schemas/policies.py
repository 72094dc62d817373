"""What the steward publishes as a policy, and what anybody can have judged by one."""

from datetime import date
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from shared.contracts.codes import WebAddress
from shared.contracts.microcredential import DISTINCT, Description
from shared.contracts.model import Credits
from shared.contracts.plain_text import ONE_LINE
from shared.contracts.policy import Policy
from shared.contracts.vocabulary import Element, LocalText, Sector, StudyLoadUnit
from shared.runtime.api_model import ApiAnswer, ApiModel

RequiredElements = Annotated[
    tuple[Element, ...], Field(min_length=1, max_length=len(Element)), DISTINCT
]
DocumentText = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
DAY: Final = {"format": "date"}


class PublishFramework(ApiModel):
    """The quality framework document, as the text itself: its digest is of something real."""

    name: LocalText
    version: Annotated[str, StringConstraints(min_length=1, max_length=40), ONE_LINE]
    document: DocumentText = Field(description="Markdown, kept and served byte for byte")
    full_text: WebAddress | None = Field(
        default=None, description="where those who agreed on it tell all of it"
    )


class PublishPolicyVersion(ApiModel):
    """The next version of a policy; it replaces the one before from its first day on."""

    sector: Sector
    valid_from: date
    valid_until: Annotated[
        date | None,
        Field(
            description="last day the policy holds; a policy with one goes before one without",
            json_schema_extra={"format": "date"},
        ),
    ] = None
    unit: StudyLoadUnit
    minimum: Credits
    maximum: Credits | None = None
    step: Credits
    guideline: Credits | None = None
    required_elements: RequiredElements
    framework: PublishFramework


class EvaluatePolicy(ApiModel):
    """A description to be judged, by the policy of a sector on a day or by a policy by name."""

    content: Description
    sector: Sector | None = Field(
        default=None, description="judge by the policy that holds for this sector on the day"
    )
    policy_id: Annotated[
        str | None,
        StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(@[1-9][0-9]{0,8})?$", max_length=74),
        Field(
            description="or judge by this one, in its newest version or the one after the @",
            examples=["hbo", "wo-experiment@1"],
        ),
    ] = None
    on: Annotated[
        date | None, Field(description="absent: today in the Netherlands", json_schema_extra=DAY)
    ] = None


class RuleAnswer(ApiAnswer):
    """What one rule says of a description, why it is asked and who uses the answer."""

    code: str = Field(examples=["study-load-minimum"])
    pointer: str = Field(
        description="RFC 6901 pointer into the request", examples=["/content/studyLoad/value"]
    )
    passed: bool
    advice: bool = Field(description="advice never stands in the way of publication")
    pending: bool = Field(description="there is nothing to judge yet: mend another rule first")
    sentence: LocalText


class EvaluationAnswer(ApiAnswer):
    """The policy that was used, every rule of it, and whether the description meets them."""

    on: date
    policy: Policy
    meets_policy: bool = Field(description="true when no rule stands in the way of publication")
    rules: list[RuleAnswer]
