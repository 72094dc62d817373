"""What pages make of records: offerings in order, documents without code, schema.org, DCAT."""

import json
import re
from datetime import date
from typing import Any

import pytest
from pyld import jsonld
from rdflib import Graph
from rdflib.compare import isomorphic

from services.catalog.pages import telling, words
from services.catalog.pages.compare import Column, compare
from services.catalog.pages.datasets import describe
from services.catalog.pages.markdown import read_document
from services.catalog.pages.runs import Runs, arrange
from services.catalog.pages.structured import describe_course
from services.catalog.pages.turtle import write_turtle
from shared.contracts.microcredential import Microcredential
from shared.contracts.vocabulary import LocalText
from shared.runtime.language import Language
from shared.runtime.pages import Pages
from tests.unit.catalog.builders import an_organisation, content
from tests.unit.catalog.offers import a_microcredential, an_offering

TODAY = date(2026, 12, 10)
NAME = LocalText(nl="Kader", en="Framework")
BASE = "https://catalog.example.nl"
# What schema.org 29 lets one say of each type we use; facts, checked by hand.
THING = {"name", "description", "url"}
SCHEMA: dict[str, set[str]] = {
    "Course": THING
    | {
        "courseCode",
        "coursePrerequisites",
        "educationalCredentialAwarded",
        "hasCourseInstance",
        "numberOfCredits",
        "about",
        "audience",
        "datePublished",
        "educationalLevel",
        "inLanguage",
        "offers",
        "provider",
        "teaches",
        "timeRequired",
    },
    "CourseInstance": THING
    | {
        "courseMode",
        "courseWorkload",
        "endDate",
        "eventStatus",
        "inLanguage",
        "location",
        "maximumAttendeeCapacity",
        "offers",
        "startDate",
    },
    "Offer": THING
    | {"availability", "category", "price", "priceCurrency", "validFrom", "validThrough"},
    "EducationalOccupationalCredential": THING
    | {"competencyRequired", "credentialCategory", "educationalLevel", "publisher"},
    "EducationalOrganization": THING,
    "EducationalAudience": THING | {"audienceType"},
    "DefinedTerm": THING | {"inDefinedTermSet", "termCode"},
    "QuantitativeValue": THING | {"unitText", "value"},
    "Place": THING | {"address"},
    "PostalAddress": {"addressCountry", "addressLocality"},
}


def runs(*offered: dict[str, Any]) -> Runs:
    return arrange([an_offering(**each) for each in offered], today=TODAY)


def days(first: str, last: str | None = None) -> dict[str, str]:
    return {"firstDay": first, **({"lastDay": last} if last else {})}


def test_what_can_be_joined_comes_first_and_what_is_over_is_apart() -> None:
    arranged = runs(
        {"primaryCode": "over", "runs": days("2026-01-01", "2026-02-01"), "enrolmentPeriods": []},
        {"primaryCode": "older", "runs": days("2025-01-01", "2025-02-01"), "enrolmentPeriods": []},
        {"primaryCode": "later", "enrolmentPeriods": [days("2027-01-01", "2027-01-15")]},
        {"primaryCode": "full", "placesLeft": 0},
        {"primaryCode": "open"},
        {"primaryCode": "running", "runs": days("2026-12-01", "2027-02-01")}
        | {"enrolmentPeriods": [days("2026-10-01", "2026-11-01")]},
    )

    assert [run.offering.primary_code for run in arranged.ahead] == [
        "open",
        "later",
        "full",
        "running",
    ]
    assert [run.offering.primary_code for run in arranged.over] == ["over", "older"]
    assert arranged.next is not None
    assert arranged.next.primary_code == "open"
    assert runs({"placesLeft": 0}).next is None


def test_enrolment_that_is_over_is_not_shown() -> None:
    periods = [days("2026-11-01", "2026-11-30"), days("2026-12-05", "2027-01-15")]

    [run] = runs({"enrolmentPeriods": periods}).ahead

    assert run.enrolment == ((date(2026, 12, 5), date(2027, 1, 15)),)


def test_a_document_runs_nothing_and_fetches_nothing() -> None:
    text = (
        "# Kader\n\n<script>alert(1)</script> <b onclick=x>vet</b>\n\n"
        "[a](javascript:alert(1)) [b](data:text/html,x) ![p](https://evil.example/p.png)\n\n"
        "[lees](https://example.nl/?a=1&b=2)\n\n1. een\n2. twee\n"
    )

    [part] = read_document(text.encode(), NAME)

    assert "<h3>Kader</h3>" in part.text
    assert "<ol>" in part.text
    assert '<a href="https://example.nl/?a=1&amp;b=2" rel="noreferrer nofollow">' in part.text
    for bad in ("<script", "<b ", "<img", 'href="javascript', 'href="data'):
        assert bad not in part.text


def test_a_document_in_two_parts_is_dutch_and_english() -> None:
    parts = read_document(b"# Kader\n\nEen.\n\n---\n\n# Framework\n\nOne.\n", NAME)
    whole = read_document(b"# Framework\n\nOne.\n\n---\n\nTwo.\n", LocalText(en="Framework"))

    assert [(part.language, "One." in part.text) for part in parts] == [("nl", False), ("en", True)]
    assert [part.language for part in whole] == ["en"]
    assert read_document(b"\xff\xfe", NAME)[0].language == "nl"


def nodes(value: Any) -> list[dict[str, Any]]:
    """Return every node of a JSON-LD document."""
    if isinstance(value, list):
        return [node for each in value for node in nodes(each)]
    if not isinstance(value, dict):
        return []
    return [value, *(node for each in value.values() for node in nodes(each))]


def read_json_ld(document: dict[str, Any]) -> Graph:
    """Read a document that needs nothing from elsewhere as the graph it is."""
    triples = jsonld.to_rdf(document, {"format": "application/n-quads"})
    return Graph().parse(data=triples, format="nt")


def a_course(language: str = "nl", **changed: Any) -> dict[str, Any]:
    one = a_microcredential(
        content=content(
            skills=[{"uri": "http://data.europa.eu/esco/skill/1", "label": {"en": "programming"}}],
            fieldOfStudy="0613",
            targetGroup={"nl": "Ingenieurs"},
            primaryCode="QC",
        )
    )
    offered = runs({}, {"price": {"amount": "0"}, "state": "active"} | changed)
    return describe_course(one, an_organisation(), offered, language=language, public_url=BASE)


def test_search_engines_are_told_in_words_that_schema_org_has() -> None:
    found = nodes(a_course())

    for node in found:
        if "@type" in node:
            said = {name for name in node if not name.startswith("@")}
            assert said <= SCHEMA[node["@type"]], node["@type"]
    assert {node["@type"] for node in found if "@type" in node} == set(SCHEMA)


def test_search_engines_get_a_graph_that_is_one_course() -> None:
    context = {"@vocab": "https://schema.org/"}
    course = a_course("en") | {"@context": context}

    expanded = jsonld.expand(course)
    graph = read_json_ld(course)

    assert expanded[0]["@type"] == ["https://schema.org/Course"]
    assert not [
        node for node in nodes(expanded) if any(":" not in key for key in node if key[0] != "@")
    ]
    asked = "SELECT ?price WHERE { ?c a s:Course; s:hasCourseInstance/s:offers/s:price ?price }"
    prices = graph.query(asked, initNs={"s": "https://schema.org/"})
    assert sorted(str(row[0]) for row in prices) == ["0.00", "450.00"]  # type: ignore[index]


def test_what_a_record_does_not_say_is_not_said_of_a_course() -> None:
    bare = a_microcredential(content={"title": {"en": "Bare"}})

    course = describe_course(bare, an_organisation(), Runs((), ()), language="nl", public_url=BASE)

    assert course["name"] == "Bare"
    assert {"description", "offers", "hasCourseInstance", "educationalLevel"}.isdisjoint(course)
    assert None not in [value for node in nodes(course) for value in node.values()]


def column(one: Microcredential, offered: Runs) -> Column:
    return Column(one, an_organisation(), offered)


def test_a_difference_is_found_and_what_nobody_states_is_left_out() -> None:
    dearer = runs({"price": {"amount": "1234.50"}})
    first = a_microcredential(content=content("stackability"))
    second = a_microcredential(
        content=content("stackability", level={"value": "eqf_6", "basis": "accredited-programme"})
    )

    rows = {row.label[1]: row for row in compare([column(first, runs({})), column(second, dearer)])}

    assert "Stacking" not in rows
    assert [name for name, row in rows.items() if row.differs] == ["Level", "Price"]
    assert rows["Price"].cells == (("€\xa0450", "€450"), ("€\xa01.234,50", "€1,234.50"))
    assert rows["Hours of work"].cells[0] == ("ongeveer 140", "about 140")
    assert rows["First start"].cells[0] == date(2027, 2, 1)


def test_one_who_states_nothing_differs_from_one_who_does() -> None:
    silent = a_microcredential(content=content("supervision"))

    rows = compare([column(a_microcredential(), runs()), column(silent, runs())])

    [row] = [row for row in rows if row.differs]
    assert (row.label[1], row.cells[1]) == ("Supervision", None)


@pytest.mark.parametrize("name", [NAME, LocalText(nl='Met "tekens" \\ en\n\tregels')])
def test_turtle_and_json_ld_say_the_same(name: LocalText) -> None:
    document = describe(BASE, operator="00000099000000000000", name=name)

    as_turtle = Graph().parse(data=write_turtle(document), format="turtle")

    assert len(as_turtle) > 150
    assert isomorphic(as_turtle, read_json_ld(document))


def test_no_text_breaks_out_of_where_it_stands() -> None:
    evil = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"
    one = a_microcredential(content=content(title={"nl": evil}, learningOutcomes=[{"nl": evil}]))
    provider = an_organisation(name={"nl": evil})
    course = describe_course(one, provider, runs(), language="nl", public_url=BASE)

    html = Pages("services.catalog").render(
        "microcredential.html",
        language=Language.NL,
        root="",
        here="/",
        addresses=None,
        words=words,
        telling=telling,
        one=one,
        latest=one,
        provider=provider,
        behalf=provider,
        recognised=True,
        runs=runs({}),
        statements=(),
        readings=(),
        parts=read_document(evil.encode(), NAME),
        course=course,
        today=TODAY,
    )

    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert json.loads(block) == course
    assert html.count("<script") == 1
    assert "<img" not in html
    assert "<!--" not in html
