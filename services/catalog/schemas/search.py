"""The question a caller asks in the query of a search, and the answer with its facets."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel, to_snake

from services.catalog.search import LONGEST_WORDS, MOST_CHOSEN, Facet, Question
from services.catalog.search.labels import closed_values, is_value
from services.catalog.search.values import PriceBand, Size, Start
from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import Microcredential
from shared.contracts.requests import fault
from shared.contracts.vocabulary import (
    Admission,
    LevelBasis,
    LocalText,
    ModeOfDelivery,
    ProviderKind,
    QualificationLevel,
    Sector,
)
from shared.runtime.api_model import ApiAnswer
from shared.runtime.paging import DEFAULT_LIMIT, MAX_LIMIT
from shared.runtime.query import DayInQuery

_REGIONS: Final = list(closed_values(Facet.REGION) or {})


def _known_to(facet: Facet, detail: str, dutch: str) -> Callable[[str], str]:
    """Return a check that a facet has a value; the refusal says what is expected."""

    def check(value: str) -> str:
        if not is_value(facet, value):
            raise fault("enum", detail, dutch)
        return value

    return check


LanguageValue = Annotated[
    str,
    StringConstraints(max_length=3),
    AfterValidator(
        _known_to(
            Facet.LANGUAGE,
            "A language code of ISO 639 is expected, such as nl.",
            "Hier hoort een taalcode van ISO 639, zoals nl.",
        )
    ),
]
FieldValue = Annotated[
    str,
    StringConstraints(max_length=4),
    AfterValidator(
        _known_to(
            Facet.FIELD,
            "A code of ISCED-F 2013 is expected, such as 06.",
            "Hier hoort een code van ISCED-F 2013, zoals 06.",
        )
    ),
]
SkillValue = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(
        _known_to(
            Facet.SKILL,
            "The URI of a skill is expected, as ESCO has it.",
            "Hier hoort de URI van een vaardigheid, zoals ESCO die heeft.",
        )
    ),
]
RegionValue = Annotated[
    str,
    AfterValidator(
        _known_to(
            Facet.REGION,
            f"One of these is expected: {', '.join(_REGIONS)}.",
            f"Hier hoort een van deze: {', '.join(_REGIONS)}.",
        )
    ),
    WithJsonSchema({"type": "string", "enum": _REGIONS}),
]


Credits = Annotated[Decimal | None, Field(ge=0, le=10_000, max_digits=6, decimal_places=1)]
Euros = Annotated[Decimal | None, Field(ge=0, le=1_000_000, max_digits=9, decimal_places=2)]
NUMBER: Final[dict[str, JsonValue]] = {"type": "number"}
Some = Field(default=(), max_length=MOST_CHOSEN)


class SearchQuery(BaseModel):
    """All words, and of each facet one of the values; a key may be repeated."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    q: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_WORDS,
        description='words in Dutch or English; "these words together", -not-this, this or that',
        examples=["quantum"],
    )
    provider: Oin | None = Field(default=None, description="OIN of the provider")
    level: tuple[QualificationLevel, ...] = Some
    level_basis: tuple[LevelBasis, ...] = Some
    size: tuple[Size, ...] = Field(
        default=(), max_length=MOST_CHOSEN, description="in EC; hours count as well, 28 to one EC"
    )
    language: tuple[LanguageValue, ...] = Field(
        default=(), max_length=MOST_CHOSEN, examples=[["nl", "en"]]
    )
    form: tuple[ModeOfDelivery, ...] = Some
    start: tuple[Start, ...] = Some
    region: tuple[RegionValue, ...] = Some
    sector: tuple[Sector, ...] = Some
    provider_kind: tuple[ProviderKind, ...] = Some
    field: tuple[FieldValue, ...] = Field(
        default=(), max_length=MOST_CHOSEN, description="ISCED-F 2013", examples=[["06", "0613"]]
    )
    skill: tuple[SkillValue, ...] = Field(
        default=(),
        max_length=MOST_CHOSEN,
        description="ESCO",
        examples=[["http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"]],
    )
    price: tuple[PriceBand, ...] = Field(
        default=(), max_length=MOST_CHOSEN, description="in euros, of what one can enrol in"
    )
    admission: tuple[Admission, ...] = Some
    min_ects: Credits = Field(default=None, json_schema_extra=NUMBER, examples=[3])
    max_ects: Credits = Field(default=None, json_schema_extra=NUMBER, examples=[7.5])
    price_max: Euros = Field(default=None, description="in euros", examples=[500])
    starts_from: DayInQuery | None = Field(default=None, json_schema_extra={"format": "date"})
    starts_until: DayInQuery | None = Field(default=None, json_schema_extra={"format": "date"})
    earnable: bool | None = Field(
        default=None,
        description=(
            "only of providers recognised today; absent: true with q, "
            "and without q all that is published and not archived"
        ),
    )
    facets: bool = Field(default=False, description="answer with the facets and their counts")
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most.")
    cursor: str | None = Field(
        default=None,
        max_length=512,
        description="The `next` of the page before.",
        examples=["WzQyXQ"],
    )

    @model_validator(mode="after")
    def _is_somebodys(self) -> Self:
        if sum(len(values) for _, values in self.chosen()) > MOST_CHOSEN:
            raise fault(
                "too_long",
                f"At most {MOST_CHOSEN} values may be chosen in all.",
                f"Er mogen in totaal hoogstens {MOST_CHOSEN} waarden zijn gekozen.",
            )
        return self

    def chosen(self) -> Iterator[tuple[Facet, frozenset[str]]]:
        """Return the chosen values of each facet of which any are."""
        for facet in Facet:
            values: tuple[str, ...] = getattr(self, to_snake(facet.value))
            if values:
                yield facet, frozenset(str(value) for value in values)

    def question(self) -> Question:
        """Return what is asked."""
        return Question(
            words=self.q,
            provider=self.provider,
            chosen=dict(self.chosen()),
            min_ects=self.min_ects,
            max_ects=self.max_ects,
            price_max=self.price_max,
            starts_from=self.starts_from,
            starts_until=self.starts_until,
            earnable_only=self.q is not None if self.earnable is None else self.earnable,
        )


class ChoiceAnswer(ApiAnswer):
    """A value of a facet, and how many there are when it is chosen as well."""

    value: str = Field(examples=["eqf_6"])
    label: LocalText
    count: int = Field(ge=0)
    is_chosen: bool


class FacetAnswer(ApiAnswer):
    """A facet: within it one of the chosen values is enough."""

    facet: Facet = Field(description="the query key")
    choices: list[ChoiceAnswer]


class SuggestionAnswer(ApiAnswer):
    """A query key to leave out, and how many are found then."""

    drop: str = Field(description="a facet, or q", examples=["level"])
    count: int = Field(ge=1)


class SearchAnswer(ApiAnswer):
    """A page of what was found, and how much there is of everything."""

    items: list[Microcredential]
    next: str | None = Field(
        default=None, description="Give this as `cursor` for the next page.", examples=["WzQyXQ"]
    )
    total: int = Field(ge=0, description="on all pages together")
    searched_for: str | None = Field(
        default=None,
        description="what was looked for instead of a word that stands nowhere",
        examples=["quantum"],
    )
    facets: list[FacetAnswer] | None = Field(default=None, description="when asked for")
    suggestions: list[SuggestionAnswer] | None = Field(
        default=None, description="when nothing was found"
    )
