"""Finding a microcredential: the question, its facets, and how many there are of each. Pure."""

from services.catalog.search.question import (
    LONGEST_WORDS,
    MOST_CHOSEN,
    Choice,
    Facet,
    Found,
    Hit,
    Listing,
    Order,
    Question,
    Suggestion,
)

__all__ = [
    "LONGEST_WORDS",
    "MOST_CHOSEN",
    "Choice",
    "Facet",
    "Found",
    "Hit",
    "Listing",
    "Order",
    "Question",
    "Suggestion",
]
