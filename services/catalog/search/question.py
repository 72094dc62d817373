"""What a reader asks and what comes back: words, facets and their counts.

The same for the API, the pages and the feeds, so that a search is one address everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText


class Order(StrEnum):
    """In which order hits come; none of them knows who provides."""

    RELEVANCE = "relevance"
    """What the words mean most to goes first; what is equal, and all without words, by chance."""
    FIRST_PUBLISHED = "first-published"
    """New ones come last, so that who reads page by page misses none."""
    NEWEST = "newest"


class Facet(StrEnum):
    """A question with a closed set of answers; the value is the query key of API and pages."""

    LEVEL = "level"
    LEVEL_BASIS = "levelBasis"
    SIZE = "size"
    LANGUAGE = "language"
    FORM = "form"
    START = "start"
    REGION = "region"
    SECTOR = "sector"
    PROVIDER_KIND = "providerKind"
    FIELD = "field"
    SKILL = "skill"
    PRICE = "price"
    ADMISSION = "admission"


LONGEST_WORDS: Final = 200
MOST_CHOSEN: Final = 50
"""So many facet values in one question; more is nobody's search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody looks for: all the words, and of each facet one of the chosen values.

    Numbers and days hold with their ends included; `price_max` is in euros, and what has no known
    price is not found by it. What cannot be earned now, because its provider is not recognised
    today, is found by nobody but a machine that reads all that is published.
    """

    words: str | None = None
    provider: str | None = None
    chosen: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    min_ects: Decimal | None = None
    max_ects: Decimal | None = None
    price_max: Decimal | None = None
    starts_from: date | None = None
    starts_until: date | None = None
    earnable_only: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, how it reads, and how many there are if it is chosen as well."""

    value: str
    label: LocalText
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A microcredential that was found, with what its card shows."""

    microcredential: Microcredential
    provider: Organisation
    next_offering: Offering | None
    open_offerings: int
    place: tuple[str | int, ...]
    """Where it stands in this order; the cursor of the page that begins after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What to drop from a question that finds nothing, and how many would be found then."""

    facet: Facet | None
    """None stands for the words."""
    value: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of hits, in the order of relevance only, and all counts beside it."""

    hits: Sequence[Hit]
    total: int
    choices: Mapping[Facet, Sequence[Choice]]
    searched_for: str | None
    """The words that were looked for, when a typing error in the question was mended."""
    suggestions: Sequence[Suggestion] = ()
    after: tuple[str | int, ...] | None = None
    """The cursor of the next page, or None when this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All that search looks at of one microcredential: what the index is made of."""

    microcredential: Microcredential
    provider: Organisation
    offerings: Sequence[Offering]
