"""A search and its address are the same thing, and no address is ever an error."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.pages.questions import BOUNDS, MOST_COMPARED, Asked, read
from services.catalog.search import LONGEST_WORDS, MOST_CHOSEN, Facet, Question
from services.catalog.search.labels import closed_values
from shared.runtime.paging import write_cursor

ONE, TWO, THREE, FOUR = (UUID(int=number) for number in range(1, 5))
OIN = "00000099000000210000"


def test_an_address_says_all_that_is_asked() -> None:
    asked = read(
        [
            ("q", "  quantum \t computing "),
            ("provider", OIN),
            ("level", "eqf_6"),
            ("level", "eqf_7"),
            ("form", "online"),
            ("field", "0613"),
            ("skill", "http://data.europa.eu/esco/skill/1"),
            ("minEcts", "2,5"),
            ("priceMax", "450"),
            ("startsFrom", "2027-01-31"),
            ("cursor", write_cursor((3, "x"))),
            ("compare", str(ONE)),
            ("lang", "en"),
            ("utm_source", "elsewhere"),
        ]
    )

    assert asked == Asked(
        question=Question(
            words="quantum computing",
            provider=OIN,
            chosen={
                Facet.LEVEL: frozenset({"eqf_6", "eqf_7"}),
                Facet.FORM: frozenset({"online"}),
                Facet.FIELD: frozenset({"0613"}),
                Facet.SKILL: frozenset({"http://data.europa.eu/esco/skill/1"}),
            },
            min_ects=Decimal("2.5"),
            price_max=Decimal(450),
            starts_from=date(2027, 1, 31),
        ),
        after=(3, "x"),
        compared=(ONE,),
    )


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("level", "eqf_99", "Level"),
        ("language", "xq", "Language"),
        ("region", "NL-XX", "Province"),
        ("field", "4711", "Field of study"),
        ("skill", "javascript:alert(1)", "Skill"),
        ("skill", "https://" + "x" * 300, "Skill"),
        ("size", "<script>", "Size"),
        ("provider", "nobody", "Provider"),
        ("minEcts", "much", "from ECTS"),
        ("minEcts", "NaN", "from ECTS"),
        ("maxEcts", "-1", "up to ECTS"),
        ("maxEcts", "1e9", "up to ECTS"),
        ("priceMax", "Infinity", "at most euros"),
        ("priceMax", "0.001", "at most euros"),
        ("startsFrom", "2027-02-30", "starts from"),
        ("startsUntil", "soon", "starts until"),
        ("cursor", "xx", "the place in the list"),
        ("cursor", "x" * 9000, "the place in the list"),
        ("compare", "7", "a number that does not exist"),
        ("q", "x" * 500, "part of your words"),
    ],
)
def test_what_cannot_be_is_left_out_and_named(key: str, value: str, named: str) -> None:
    asked = read([(key, value)])

    assert [english for _, english in asked.ignored] == [named]
    if key != "q":
        assert asked.is_open
        assert (asked.after, asked.compared) == (None, ())


def test_an_empty_field_of_a_form_asks_nothing() -> None:
    names = ["q", "provider", "cursor", "compare", *Facet, *(bound.key for bound in BOUNDS)]

    assert read([(name, "  ") for name in names]) == Asked(question=Question())


def test_no_more_is_compared_or_chosen_than_anybody_means() -> None:
    asked = read([("compare", str(each)) for each in (ONE, TWO, ONE, THREE, FOUR)])
    skills = read([("skill", f"https://example.nl/{number}") for number in range(200)])
    words = read([("q", "x" * 500)])

    assert asked.compared == (ONE, TWO, THREE)
    assert len(asked.compared) == MOST_COMPARED
    assert len(skills.question.chosen[Facet.SKILL]) == MOST_CHOSEN
    assert len(words.question.words or "") == LONGEST_WORDS


def test_a_chip_drops_what_it_names_and_begins_at_the_start() -> None:
    asked = read([("q", "zorg"), ("form", "online"), ("form", "hybrid"), ("cursor", "WzFd")])

    assert asked.browse(without=[("form", "online")]) == [("q", "zorg"), ("form", "hybrid")]
    assert asked.browse(without=[("q", "zorg")]) == [("form", "hybrid"), ("form", "online")]


def test_what_is_compared_is_put_aside_and_taken_back() -> None:
    asked = read([("q", "zorg"), ("compare", str(ONE))])

    assert asked.comparing(TWO)[1:] == [("compare", str(ONE)), ("compare", str(TWO))]
    assert asked.comparing(ONE) == [("q", "zorg")]


def _values(facet: Facet) -> st.SearchStrategy[str]:
    known = closed_values(facet)
    return st.sampled_from(sorted(known)) if known else st.just("https://example.nl/skill")


QUERIES = st.lists(
    st.one_of(
        st.sampled_from(list(Facet)).flatmap(
            lambda facet: st.tuples(st.just(facet.value), _values(facet))
        ),
        st.tuples(
            st.sampled_from(["q", "cursor", "compare", "provider", "minEcts", "startsFrom", "x"]),
            st.text(max_size=40),
        ),
    ),
    max_size=20,
)


@given(QUERIES)
def test_an_address_reads_back_as_itself(query: list[tuple[str, str]]) -> None:
    asked = read(query)
    again = read(asked.browse())

    assert (again.question, again.compared) == (asked.question, asked.compared)
    assert again.ignored == ()
    assert again.browse() == asked.browse()
